"""The soak's own logic: edits change something, and everything can be taken back."""

from __future__ import annotations

from pathlib import Path

from benchmarks.soak import Soaked


def _tree(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_every_edit_can_be_taken_back(tmp_path: Path) -> None:
    """After a hundred random edits the tree differs, and taking them back restores every byte."""
    for name in ("a.py", "b/c.py", "b/d.ts"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"def f(x):\r\n    return x\n" * 20)
    (tmp_path / ".git").mkdir()
    before = _tree(tmp_path)
    soaked = Soaked(tmp_path, seed=3)
    kinds = set()
    for number in range(100):
        if not any(path.exists() for path in soaked._files):
            break
        kinds.add(soaked.edit(number))
    assert {"delete", "rename"} & kinds
    assert _tree(tmp_path) != before
    soaked.take_back()
    assert _tree(tmp_path) == before


def test_a_seed_draws_the_same_edits(tmp_path: Path) -> None:
    """Two soaks with one seed make the same tree."""
    made = []
    for place in ("one", "two"):
        root = tmp_path / place
        root.mkdir()
        for number in range(30):
            (root / f"m{number}.py").write_bytes(b"def f(x):\n    return x\n" * 10)
        soaked = Soaked(root, seed=5)
        for number in range(20):
            soaked.edit(number)
        made.append(_tree(root))
    assert made[0] == made[1]
