"""From sources to pairs of sentence and code, by codegraph's own pipeline."""

from __future__ import annotations

from pathlib import Path

from training.collect import Package
from training.exclusions import Exclusions
from training.pairs import examples, make, prune, read_examples

CODE = '''\
def read(path):
    """Read a whole file. It is closed again."""
    return clean(path.read_text())


def clean(text):
    return text.strip()
'''


def test_pairs_are_what_the_daemon_renders(tmp_path: Path) -> None:
    """The sentence is taken out of the documentation, context signatures are there, functions without one stay."""
    (tmp_path / "a.py").write_text(CODE)
    read, clean = sorted(examples(tmp_path), key=lambda example: example.source.name, reverse=True)
    assert (read.sentence, read.source.docstring) == ("Read a whole file.", "It is closed again.")
    assert read.source.context == ("def clean ( text )",)
    assert "file" not in " ".join(read.source.tokens)
    assert (clean.sentence, clean.source.name) == ("", "clean")


def test_what_must_not_be_learnt_is_removed(tmp_path: Path) -> None:
    """Excluded and vendored directories, tests and files too many go before anything is read."""
    kept = tmp_path / "lib"
    for name in ("lib/a.py", "lib/b.py", "lib/requests/c.py", "tests/d.py", "lib/vendor/e.py", "lib/test_f.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(CODE)
    prune(tmp_path, Exclusions.read(), 100)
    assert sorted(tmp_path.rglob("*.py")) == [kept / "a.py", kept / "b.py"]
    prune(tmp_path, Exclusions.read(), 1)
    assert len(list(tmp_path.rglob("*.py"))) == 1


def test_pairs_are_made_once(tmp_path: Path) -> None:
    """A package's pairs are read back as they were made, and are not made again."""
    package = Package("python", "deb", "mine", "1.0")
    (tmp_path / "sources/python/mine").mkdir(parents=True)
    (tmp_path / "sources/python/mine/a.py").write_text(CODE)
    make([package], tmp_path / "sources", tmp_path / "pairs")
    file = tmp_path / "pairs/python/mine.msgpack.zst"
    assert {example.sentence for example in read_examples(file)} == {"Read a whole file.", ""}
    file.write_bytes(b"kept")
    make([package], tmp_path / "sources", tmp_path / "pairs")
    assert file.read_bytes() == b"kept"
