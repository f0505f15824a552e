"""The trained table that ships with codegraph, and tables of any content."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codegraph.core.symbols import SymbolKind
from codegraph.embed import registry, trained
from codegraph.embed.bags import CODE, CONTEXT, DOCSTRING, FIELDS, LITERALS, NAME, SIGNATURE, bags, query_bag
from codegraph.embed.pieces import Pieces
from codegraph.embed.render import EncoderInput
from codegraph.embed.trained import TrainedEncoder
from codegraph.errors import EncoderError
from training.pack import write_model

SHIPPED = registry.describe("codegraph-static")
WORDS = ("", "read", "file", "line", "write", "socket")


def source(name: str, *tokens: str, docstring: str = "", context: tuple[str, ...] = ()) -> EncoderInput:
    """Make a function's input."""
    return EncoderInput("python", SymbolKind.FUNCTION, name, "", f"def {name} ( )", docstring, tokens, context)


INPUTS = st.builds(
    source,
    st.sampled_from(WORDS),
    st.sampled_from(["read", "file", "'line'", "write_socket", "readFiles", "unknownWord", "("]),
    docstring=st.text(max_size=30),
    context=st.lists(st.sampled_from(["def read ( line )", "class File"])).map(tuple),
)


def model(directory: Path, **changed: np.ndarray) -> TrainedEncoder:
    """Write a small model and load it."""
    arrays = {
        "table": np.random.default_rng(1).integers(-127, 128, (len(WORDS), 16)).astype(np.int8),
        "scales": np.linspace(0.5, 2, len(WORDS)).astype(np.float32),
        "weights": np.random.default_rng(2).random((len(WORDS), len(FIELDS)), np.float32),
        "powers": np.linspace(-0.3, 1, 3 * len(FIELDS)).reshape(3, -1).astype(np.float32),
    }
    write_model(directory, WORDS, {**arrays, **changed})
    return TrainedEncoder.load(SHIPPED, directory, b"identity")


@pytest.fixture(scope="module")
def shipped() -> TrainedEncoder:
    """The model in the package."""
    found = registry.load(SHIPPED)
    assert isinstance(found, TrainedEncoder)
    return found


def test_bags_tell_fields_apart() -> None:
    """A sub-token is counted once for every field that it occurs in, literals for themselves."""
    known = Pieces({word: number for number, word in enumerate(WORDS) if word})
    one = source("read_file", "read", "read", "'read'", docstring="Read.", context=("def read ( )",))
    found = bags(known, [source("socket"), one])
    rows = zip(*(column.tolist() for column in found), strict=True)
    counted = {(number, field): count for row, number, field, count in rows if row == 1}
    expected = {NAME: 1, SIGNATURE: 1, DOCSTRING: 1, CODE: 2, LITERALS: 1, CONTEXT: 1}
    assert {field: count for (number, field), count in counted.items() if number == 1} == expected
    assert query_bag(known, "read the files").numbers.tolist() == [1, 2]


@settings(max_examples=25)
@given(st.lists(INPUTS, min_size=1, max_size=8))
def test_batches_never_show(tmp_path_factory: pytest.TempPathFactory, inputs: list[EncoderInput]) -> None:
    """An input has the same vector, bit for bit, alone, in any batch, and after anything else."""
    encoder = model(tmp_path_factory.mktemp("model"))
    together = encoder.encode(inputs)
    assert np.array_equal(np.concatenate([encoder.encode([one]) for one in inputs]), together)
    assert np.array_equal(encoder.encode(inputs[::-1])[::-1], together)


def test_sums_are_exact_at_their_largest(tmp_path: Path) -> None:
    """Even where all rows are extreme and all words occur, a sum is an integer that float32 holds."""
    encoder = model(tmp_path, table=np.full((len(WORDS), 16), 127, np.int8))
    everything = source("read_file", *WORDS * 100)
    assert np.array_equal(encoder.encode([everything, source("line")])[0], encoder.encode([everything])[0])
    assert encoder.encode([everything])[0] == pytest.approx(np.full(16, 0.25))


@settings(max_examples=50)
@given(text=st.text(max_size=200), name=st.text(max_size=50))
def test_any_content_has_a_unit_vector(shipped: TrainedEncoder, text: str, name: str) -> None:
    """Nothing that text can hold makes an encoder fail; what has no known word has a direction, too."""
    vectors = [*shipped.encode([source(name, *text.split(), docstring=text)]), shipped.encode_query(text)]
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_nothing_and_many(shipped: TrainedEncoder) -> None:
    """No inputs give no rows; more than one portion of inputs give a row each, in order."""
    assert shipped.encode([]).shape == (0, shipped.dimensions)
    many = [source(f"read_{number}", "file") for number in range(trained.ROWS + 1)]
    assert np.array_equal(shipped.encode(many)[-1], shipped.encode(many[-1:])[0])


def test_meaning_is_learnt(shipped: TrainedEncoder) -> None:
    """Words that mean alike are near each other although no letter of them is the same."""
    inputs = [source("delete_folder", "rmtree"), source("sort_rows", "sorted"), source("open_socket", "connect")]
    vectors = shipped.encode(inputs)
    queries = ("remove a directory", "put a list in order", "network connection")
    assert [int((vectors @ shipped.encode_query(query)).argmax()) for query in queries] == [0, 1, 2]


def test_identity_follows_the_weights(tmp_path: Path) -> None:
    """Other weights under the same name are another model, and the shipped one's are checked."""
    model(tmp_path / "mine")
    mine = msgspec.structs.replace(SHIPPED, path=str(tmp_path / "mine"), sha256="")
    before = registry.identity(mine)
    assert before != registry.identity(SHIPPED)
    model(tmp_path / "mine", powers=np.zeros((3, len(FIELDS)), np.float32))
    assert registry.identity(mine) != before
    with pytest.raises(EncoderError, match="checksum"):
        registry.identity(msgspec.structs.replace(mine, sha256=SHIPPED.sha256))


def test_queries_are_embedded_without_a_worker(shipped: TrainedEncoder) -> None:
    """The daemon embeds queries itself, with the same vectors as the worker."""
    embed = registry.query_encoder(SHIPPED)
    assert embed is not None
    assert np.array_equal(embed("parse a file"), shipped.encode_query("parse a file"))


@pytest.mark.parametrize(
    "changed",
    [
        {"scales": np.ones(3, np.float32)},
        {"scales": np.full(len(WORDS), np.nan, np.float32)},
        {"weights": np.ones(3, np.float32)},
        {"weights": np.full((len(WORDS), len(FIELDS)), -1, np.float32)},
        {"powers": np.full((3, len(FIELDS)), 1e9, np.float32)},
        {"table": np.ones((len(WORDS), 2_000), np.int8)},
        {"table": np.ones((2, 16), np.int8)},
    ],
)
def test_parts_that_do_not_fit_are_refused(tmp_path: Path, changed: dict[str, np.ndarray]) -> None:
    """A model that was put together wrongly is an error with advice, not a wrong vector."""
    with pytest.raises(EncoderError) as raised:
        model(tmp_path, **changed)
    assert raised.value.advice


def test_damaged_weights_are_refused(tmp_path: Path) -> None:
    """Weights that end early are an error, as are weights without a part."""
    shutil.copytree(registry.directory_of(SHIPPED), tmp_path / "cut")
    weights = tmp_path / "cut" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(EncoderError):
        TrainedEncoder.load(SHIPPED, tmp_path / "cut", b"")
