"""From pairs to the arrays that training reads."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
import zstandard

from codegraph.core.symbols import SymbolKind
from codegraph.embed.bags import NAME
from codegraph.embed.render import EncoderInput
from training import dataset
from training.dataset import HeldOut, build, part_of, training_pairs
from training.pairs import Example


def example(sentence: str, name: str, body: str = "") -> Example:
    """Make a pair whose code is the name, calls and `body`."""
    tokens = ("def", name, "(", ")", *(f"{body}_{number}" for number in range(20)))
    return Example(sentence, EncoderInput("go", SymbolKind.FUNCTION, name, "", f"def {name} ( )", "", tokens))


def write(pairs: Path, package: str, *examples: Example) -> None:
    """Write a package's pairs."""
    file = pairs / "go" / f"{package}.msgpack.zst"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(zstandard.compress(msgspec.msgpack.encode(list(examples))))


def named(part: str, number: int = 0) -> str:
    """Return the name of a package that falls into a part."""
    names = (f"package{at}" for at in range(10_000))
    return [name for name in names if part_of(name) == part][number]


def test_parts_are_of_the_size_they_should_be() -> None:
    """The split is by the package's name only, and holds out about as many as it says."""
    parts = [part_of(f"package-{number}") for number in range(5_000)]
    assert 0.06 < parts.count("test") / 5_000 < 0.10
    assert 0.04 < parts.count("validation") / 5_000 < 0.08


def test_held_out_code_and_sentences_are_known() -> None:
    """The same sentence, or nearly the same code under another sentence, must not be trained on."""
    held = HeldOut([example("Open the door.", "open_door", "door"), example("", "undocumented", "other")])
    assert held.knows(example("open the DOOR", "x", "y"))
    assert held.knows(example("Something else entirely.", "renamed", "door"))
    assert not held.knows(example("Something else entirely.", "x", "y"))


def test_training_sees_training_packages_only(tmp_path: Path) -> None:
    """Held-out packages give nothing, copies of them elsewhere nothing, and of equal sentences a few stay."""
    write(tmp_path, named("test"), example("Open the door.", "open_door", "door"))
    many = [example("Count the sheep.", f"count_{number}", f"sheep{number}") for number in range(20)]
    write(tmp_path, named("train"), example("Open a door.", "copy", "door"), example("", "plain"), *many)
    [(name, chosen)] = list(training_pairs(tmp_path))
    assert name == f"go/{named('train')}"
    assert [one.sentence for one in chosen] == ["Count the sheep."] * dataset.MAX_ALIKE


def test_data_set_is_what_the_encoder_would_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Words of enough packages make the vocabulary; a row's entries are the encoder's own bags."""
    monkeypatch.setattr(dataset, "MIN_PACKAGES", 2)
    for number in (0, 1):
        pair = example(f"Shut gate {number}.", "shut_gate", f"body{number}")
        write(tmp_path / "pairs", named("train", number), pair, example(f"Shut rare{number} gate.", "shut", "z"))
    build(tmp_path / "pairs", tmp_path / "data")
    words = (tmp_path / "data" / "words.txt").read_text().split("\n")
    assert (words[0], "gate" in words, "rare" in words) == ("", True, True)
    arrays = np.load(tmp_path / "data" / "train.npz")
    starts, numbers, fields = arrays["code_starts"], arrays["code_numbers"], arrays["code_fields"]
    first = slice(starts[0], starts[1])
    assert {words[number] for number in numbers[first][fields[first] == NAME]} == {"shut", "gate"}
    assert len(starts) == len(arrays["package"]) + 1 == 5
    assert len(set(arrays["sentence"].tolist())) == 4
