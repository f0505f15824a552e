"""All of training by one command."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from test_training_dataset import named

from codegraph.embed.spec import ModelSpec
from training.collect import Package

torch = pytest.importorskip("torch")

THINGS = ("folder", "socket", "matrix", "password", "window", "ticket", "river", "engine")


def package(place: Path, part: str, number: int = 0) -> Package:
    """Lay out a package of that part, as if it had been fetched."""
    found = Package("python", "deb", named(part, number), "1.0")
    directory = found.directory(place / "sources")
    directory.mkdir(parents=True)
    verbs = ("make", "open", "paint") if part == "train" else ("drop", "copy", "lend")
    lines = [
        f'def {verb}_{thing}():\n    """{verb.title()} the {thing}s of {number}."""\n    return {thing}.{verb}()\n'
        for thing in THINGS
        for verb in verbs
    ]
    (directory / "a.py").write_text("\n\n".join(lines))
    return found


def test_one_command_makes_a_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From sources on disk to a model that codegraph loads, scored on the held-out package; twice gives equal bytes."""
    from codegraph.embed.trained import TrainedEncoder
    from training.__main__ import everything
    from training.train import Recipe

    def teacher(texts: list[str]) -> np.ndarray:
        return np.array([np.random.default_rng(len(text)).standard_normal(12) for text in texts], np.float16)

    packages = [package(tmp_path, "train", number) for number in range(4)] + [package(tmp_path, "test")]
    recipes = [Recipe(batch=8, epochs=2)]
    checksum = everything(tmp_path, packages, teacher, recipes)
    encoder = TrainedEncoder.load(ModelSpec(name="made", engine="trained"), tmp_path / "model", b"")
    assert encoder.encode_query("create a folder").shape == (encoder.dimensions,)
    assert "0 packages could not be had" in capsys.readouterr().out
    assert everything(tmp_path, packages, teacher, recipes) == checksum


def test_share_is_a_fixed_draw() -> None:
    """A share is the same packages every time, whatever order they come in."""
    from training.__main__ import drawn

    packages = [Package("go", "deb", f"package{number}", "1") for number in range(100)]
    assert drawn(packages, 10) == drawn(packages[::-1], 10)
    assert len(drawn(packages, 10)) == 10
    assert len(drawn(packages, 1)) == 100
