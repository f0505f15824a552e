"""Eight bits a dimension keep the cosines, whatever the mean, whatever the batch."""

from __future__ import annotations

import numpy as np
import pytest

from codegraph.search.quantise import Floats, from_records, quantise


def unit_vectors(rows: int, dimensions: int, seed: int, clusters: int = 0, offset: float = 0.0) -> Floats:
    """Random unit vectors; clustered, and pushed to one side by `offset`, as trained models give them."""
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(rows, dimensions))
    if clusters:
        vectors = 0.7 * vectors + 2 * random.normal(size=(clusters, dimensions))[random.integers(clusters, size=rows)]
    vectors += offset * random.normal(size=dimensions)
    unit: Floats = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit


def test_a_vector_does_not_depend_on_its_batch() -> None:
    """Quantised alone or among others, a vector gives the same record to the last bit."""
    vectors = unit_vectors(1500, 48, 1, offset=2.0)
    mean = vectors.mean(axis=0)

    together = quantise(vectors, mean).to_records()
    alone = [record for row in vectors[::97] for record in quantise(row[None, :], mean).to_records()]

    assert together[::97] == alone
    assert [b"tag" + record for record in together] == quantise(vectors, mean).to_records(b"tag")


def test_records_come_back_as_they_were() -> None:
    """What the store keeps decodes to the same codes, scales and biases."""
    quantised = quantise(unit_vectors(20, 16, 2), np.full(16, 0.1, np.float32))

    back = from_records(quantised.to_records(), 16)

    assert np.array_equal(back.codes, quantised.codes)
    assert np.array_equal(back.scales, quantised.scales)
    assert np.array_equal(back.biases, quantised.biases)
    assert len(quantised.to_records()[0]) == 24
    assert len(from_records([], 16)) == 0


def test_codes_are_within_half_a_step() -> None:
    """Decoding gives each component back within half of the vector's scale."""
    vectors = unit_vectors(200, 32, 3, offset=3.0)
    mean = vectors.mean(axis=0)
    quantised = quantise(vectors, mean)

    decoded = quantised.codes * quantised.scales[:, None] + mean

    assert np.all(np.abs(decoded - vectors) <= 0.5001 * quantised.scales[:, None] + 1e-7)


def test_a_vector_equal_to_the_mean_has_no_codes() -> None:
    """The division by a scale of zero does not happen."""
    mean = unit_vectors(1, 8, 4)[0]

    quantised = quantise(mean[None, :], mean)

    assert not quantised.codes.any()
    assert quantised.scales[0] == 0


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_vectors_that_are_not_finite_are_refused(bad: float) -> None:
    """A poisoned vector never gets into the index."""
    vectors = unit_vectors(3, 8, 5)
    vectors[1, 2] = bad

    with pytest.raises(ValueError, match="finite"):
        quantise(vectors, np.zeros(8, np.float32))


def test_foreign_records_and_shapes_are_refused() -> None:
    """A record or a mean of other dimensions is an error, not a wrong answer."""
    with pytest.raises(ValueError, match="bytes"):
        from_records([b"x" * 20], 16)
    with pytest.raises(ValueError, match="mean"):
        quantise(unit_vectors(2, 8, 6), np.zeros(9, np.float32))
