"""The table while it is trained, and what it becomes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from test_training_dataset import example, named, write

from codegraph.embed import registry
from codegraph.embed.bags import FIELDS, bags
from codegraph.embed.trained import TrainedEncoder
from training import dataset
from training.dataset import build
from training.pack import write_model

torch = pytest.importorskip("torch")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sentences that say in other words what the functions are called."""
    monkeypatch.setattr(dataset, "MIN_PACKAGES", 1)
    monkeypatch.setattr(dataset, "MAX_ALIKE", 100)
    pairs = [("Remove a folder.", "delete_directory"), ("Sort numbers.", "order_values"), ("Say hello.", "greet")]
    for number in range(4):
        some = [example(sentence, name, f"{name}{number}") for sentence, name in pairs]
        write(tmp_path / "pairs", named("train", number), *some)
    build(tmp_path / "pairs", tmp_path / "data")
    return tmp_path / "data"


def trained(directory: Path, model: Path) -> TrainedEncoder:
    """Train a small table and load it as codegraph does."""
    from training.train import Data, Recipe, start_of, train

    recipe = Recipe(dimensions=16, batch=12, epochs=60, threads=1)
    found = Data(directory)
    write_model(model, found.words, train(found, *start_of(found, directory, recipe), recipe).arrays())
    return TrainedEncoder.load(registry.describe("codegraph-static"), model, b"")


def test_training_learns_other_words(data: Path, tmp_path: Path) -> None:
    """After training a question finds the function that it shares no word with."""
    encoder = trained(data, tmp_path / "model")
    names = ("delete_directory", "order_values", "greet")
    vectors = encoder.encode([example("", name).source for name in names])
    for row, question in enumerate(("remove folder", "sort numbers", "say hello")):
        assert int((vectors @ encoder.encode_query(question)).argmax()) == row


def test_training_is_reproducible(data: Path, tmp_path: Path) -> None:
    """The same data and recipe give the same bytes."""
    trained(data, tmp_path / "one")
    trained(data, tmp_path / "two")
    weights = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("one", "two")]
    assert weights[0] == weights[1]


def test_packed_model_is_the_trained_one(tmp_path: Path) -> None:
    """Rounding to int8 hardly moves a vector."""
    from training.model import Table

    words = ["", "alpha", "beta", "gamma"]
    table = Table(np.random.default_rng(3).standard_normal((4, 64)), np.array([1.0, 0.5, 2.0, 1.0]))
    with torch.no_grad():
        table.powers.copy_(torch.tensor([[0.2], [0.5], [0.8]]))
        table.leanings.copy_(torch.linspace(-1, 1, 8).reshape(4, 2))
    write_model(tmp_path, words, table.arrays())
    encoder = TrainedEncoder.load(registry.describe("codegraph-static"), tmp_path, b"")
    source = example("", "alpha_beta", "gamma").source
    found = bags(encoder._pieces, [source])
    exact = table(
        *(torch.from_numpy(column) for column in (found.numbers, found.fields, found.counts, np.zeros(1, int)))
    )
    assert float(encoder.encode([source])[0] @ exact.detach().numpy()[0]) > 0.999
    assert table.arrays()["weights"].shape == (4, len(FIELDS))


def test_average_lies_between() -> None:
    """The average of two tables is halfway between them in every parameter, and neither is changed."""
    from training.model import Table, average

    one, other = (Table(np.random.default_rng(seed).standard_normal((4, 8)), np.ones(4)) for seed in (3, 4))
    found = average([one, other])
    assert torch.allclose(found.vectors, (one.vectors + other.vectors) / 2)
    assert not torch.equal(one.vectors, found.vectors)


def test_alike_rows_do_not_count() -> None:
    """A row with the same sentence is no negative; a teacher moves a share of the target only where it was asked."""
    from training.model import loss_of

    sentences = torch.nn.functional.normalize(torch.tensor([[1.0, 0.1], [1.0, 0.1], [0.0, 1.0]]), dim=1)
    apart = torch.zeros(3, 3, dtype=torch.bool)
    same = apart.clone()
    same[0, 1] = same[1, 0] = True
    ten = torch.tensor(10.0)
    assert loss_of(sentences, sentences, ten, same, None, 0) < loss_of(sentences, sentences, ten, apart, None, 0) / 2
    silent = torch.zeros(3, 4)
    unasked = loss_of(sentences, sentences, ten, same, silent, 0.2)
    assert torch.isclose(unasked, loss_of(sentences, sentences, ten, same, None, 0))


def test_principal_axes_are_kept() -> None:
    """What is left of a teacher's vectors keeps their angles, without what all of them have in common."""
    from training.distil import principal

    vectors = np.random.default_rng(5).standard_normal((200, 8)) * np.arange(8, 0, -1) + 3
    found = principal(vectors, 7)
    assert found.shape == (200, 7)
    assert np.allclose(found.mean(axis=0), 0, atol=1e-5)
    assert (np.diff(found.std(axis=0)) <= 1e-5).all()


def test_words_that_mean_the_same_are_found() -> None:
    """Near words are offered, forms and compounds of a word are not; a word without any stands for itself."""
    from training.distil import NEAR, nearest

    words = ["delete", "deleting", "undelete", "remove", "socket"]
    close, far = np.array([1.0, 0.1, 0]), np.array([0, 0, 9.0])
    found = nearest(np.array([close, close, close, close, far]), words)
    assert found[0].tolist() == [3] + [0] * (NEAR - 1)
    assert found[3].tolist() == [0, 1, 2]
    assert found[4].tolist() == [4] * NEAR
