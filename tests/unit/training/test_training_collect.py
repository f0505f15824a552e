"""The list of packages, and how they are fetched and laid out."""

from __future__ import annotations

import subprocess
import tarfile
from pathlib import Path

import pytest

from training import collect
from training.collect import Package, read_packages


def test_list_is_pinned_and_keeps_clear_of_benchmarks() -> None:
    """Every package has a version, none is excluded, none stands there twice."""
    packages = read_packages()
    assert len(packages) == len({(package.language, package.name) for package in packages}) > 1_000
    assert all(package.version[0].isdigit() for package in packages)


def test_excluded_package_is_refused(tmp_path: Path) -> None:
    """A list with a package that is measured on is an error."""
    (tmp_path / "list").write_text("python deb python3-requests 2.28.1\n")
    with pytest.raises(ValueError, match="python3-requests"):
        read_packages(tmp_path / "list")


def test_sources_are_laid_out_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was fetched is unpacked and its archive removed; what is there is not fetched; what fails is said."""
    fetched: list[str] = []

    def run(command: list[str], **settings: object) -> subprocess.CompletedProcess[bytes]:
        if command[0] != "npm":
            return subprocess.CompletedProcess(command, real(command, **settings).returncode)  # type: ignore[call-overload]
        names = command[4:]
        fetched.extend(names)
        if "gone@1.0" in names:
            return subprocess.CompletedProcess(command, 1)
        (tmp_path / "a.js").write_text("let a\n")
        with tarfile.open(Path(str(settings["cwd"])) / "scope-mine-1.0.tgz", "w:gz") as archive:
            archive.add(tmp_path / "a.js", "package/a.js")
        return subprocess.CompletedProcess(command, 0)

    real = subprocess.run
    monkeypatch.setattr(collect.subprocess, "run", run)
    packages = [Package("javascript", "npm", name, "1.0") for name in ("@scope/mine", "gone")]
    root = tmp_path / "sources"
    assert collect.collect(packages, root) == packages[1:]
    assert (root / "javascript" / "@scope+mine" / "package" / "a.js").is_file()
    assert not list((root / ".archives").glob("*.tgz"))
    fetched.clear()
    collect.collect(packages[:1], root)
    assert not fetched
