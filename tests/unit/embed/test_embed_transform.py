"""Transforms fitted on vectors: `codegraph.embed.transform`."""

from __future__ import annotations

import numpy as np
import pytest

from codegraph.embed.transform import Transform, all_but_the_top, centre, pca, soft_zca, unit, whiten
from codegraph.errors import EncoderError


def skewed(rows: int = 800, dimensions: int = 16, seed: int = 5) -> np.ndarray:
    """Unit vectors with a large common part and a few dominant directions, as raw models give them."""
    random = np.random.default_rng(seed)
    spread = random.standard_normal((rows, dimensions)) * np.linspace(3, 0.1, dimensions)
    turned = spread @ np.linalg.qr(random.standard_normal((dimensions, dimensions)))[0]
    return unit((turned + 4).astype(np.float32))


def mean_cosine(vectors: np.ndarray) -> float:
    products = vectors @ vectors.T
    return float((products.sum() - len(vectors)) / (len(vectors) * (len(vectors) - 1)))


def test_full_pca_keeps_every_cosine_of_centred_vectors() -> None:
    """A rotation changes no cosine: PCA to all dimensions equals centring alone."""
    vectors = skewed()
    ours = pca(vectors, 16).apply(vectors)
    theirs = centre(vectors).apply(vectors)
    assert np.abs(ours @ ours.T - theirs @ theirs.T).max() < 1e-4


def test_pca_keeps_the_largest_variances() -> None:
    """The variance that PCA to k keeps is that of the k largest eigenvalues of the covariance matrix."""
    vectors = skewed()
    transform = pca(vectors, 4)
    kept = ((vectors - transform.mean) @ transform.matrix).var(axis=0).sum()
    expected = np.sort(np.linalg.eigvalsh(np.cov(vectors.T, bias=True)))[-4:].sum()
    assert kept == pytest.approx(expected, rel=1e-4)
    assert transform.apply(vectors).shape == (800, 4)


@pytest.mark.parametrize("fit", [centre, all_but_the_top, whiten, soft_zca])
def test_anisotropy_goes(fit: object) -> None:
    """Vectors that all point one way stop doing so: their mean cosine falls from near one to near zero."""
    vectors = skewed()
    assert callable(fit)
    assert mean_cosine(vectors) > 0.6
    assert abs(mean_cosine(fit(vectors).apply(vectors))) < 0.05


def test_whitened_variances_are_equal() -> None:
    """Before scaling to length one, whitening without shrinkage gives every direction the same variance."""
    vectors = skewed()
    transform = whiten(vectors, shrinkage=0.0)
    variances = ((vectors - transform.mean) @ transform.matrix).var(axis=0)
    assert variances == pytest.approx(np.ones(16), rel=1e-2)


def test_fitting_is_deterministic_and_survives_writing() -> None:
    """The same vectors give the same bytes, and what was written comes back equal, with the same digest."""
    first, second = whiten(skewed(), 8), whiten(skewed(), 8)
    assert first.digest == second.digest
    back = Transform.from_bytes(first.to_bytes())
    assert np.array_equal(back.matrix, first.matrix)
    assert back.digest == first.digest
    assert first.digest != whiten(skewed(seed=6), 8).digest


def test_damage_is_refused() -> None:
    """Cut, changed or foreign bytes raise EncoderError."""
    data = pca(skewed(), 4).to_bytes()
    for broken in (b"", data[:-1], data[:20] + b"\xff" + data[21:], b"x" * len(data), data + b"\0"):
        with pytest.raises(EncoderError):
            Transform.from_bytes(broken)


def test_too_few_vectors_are_refused() -> None:
    """Ten rows per direction are needed; fewer would fit chance."""
    with pytest.raises(ValueError, match="too few"):
        pca(skewed(rows=39), 4)
    with pytest.raises(ValueError, match="cannot be taken"):
        pca(skewed(), 17)
