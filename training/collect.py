"""Fetches the packages of `packages.txt` from Debian and npm and lays their sources out, one directory a package.

    python -m training.collect DIRECTORY

A line of the list is `language kind name version`; kind `deb` is a binary package that ships sources (Go, Rust, Ruby,
PHP, Python, Lua, headers of C++), `src` a source package, `npm` a package of npm. apt and npm do the fetching and
check signatures and checksums. What is there already is not fetched again. The licence of each package lies beside its
sources: the directory `usr/share/doc/NAME` of a binary package, the top directory of the others.
Tests: tests/unit/training/test_training_collect.py.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from training.exclusions import Exclusions

KINDS = ("deb", "src", "npm")
BATCH = 40
SOURCES = """Types: deb-src
URIs: http://deb.debian.org/debian
Suites: bookworm
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
"""


class Package(NamedTuple):
    """One line of the list."""

    language: str
    kind: str
    name: str
    version: str

    def directory(self, root: Path) -> Path:
        """Return where its sources are laid out."""
        return root / self.language / self.name.replace("/", "+")

    @property
    def archives(self) -> str:
        """What its archives' names begin with."""
        return self.name.removeprefix("@").replace("/", "-") + ("-" if self.kind == "npm" else "_")


def read_packages(file: Path | None = None) -> list[Package]:
    """Read the list; raises ValueError for a package that must not be learnt from."""
    file = file or Path(__file__).with_name("packages.txt")
    exclusions = Exclusions.read()
    packages = [Package(*line.split()) for line in file.read_text(encoding="utf-8").splitlines()]
    for package in packages:
        if package.kind not in KINDS or exclusions.holds(package.name):
            raise ValueError(f"{package.name} is not a package to learn from")
    return packages


def collect(packages: Iterable[Package], root: Path) -> list[Package]:
    """Fetch and unpack what is not there; return what could not be had."""
    archives = root / ".archives"
    archives.mkdir(parents=True, exist_ok=True)
    wanted = [package for package in packages if not package.directory(root).exists()]
    for kind in KINDS:
        of_kind = [package for package in wanted if package.kind == kind]
        for some in (of_kind[at : at + BATCH] for at in range(0, len(of_kind), BATCH)):
            _fetch(kind, some, archives)
            for package in some:
                _unpack(package, archives, package.directory(root))
    return [package for package in wanted if not package.directory(root).exists()]


def _fetch(kind: str, packages: Iterable[Package], archives: Path) -> None:
    between = "@" if kind == "npm" else "="
    names = [f"{package.name}{between}{package.version}" for package in packages]
    command = ["apt-get", "-qq", "download", *names]
    if kind == "src":
        command = ["apt-get", "-qq", *_own_lists(archives), "source", "--download-only", *names]
    elif kind == "npm":
        command = ["npm", "pack", "--silent", "--ignore-scripts", *names]
    if subprocess.run(command, cwd=archives, capture_output=True, check=False).returncode and len(names) > 1:
        for package in packages:  # one that is gone fails its whole batch
            _fetch(kind, [package], archives)


def _own_lists(archives: Path) -> list[str]:
    """Return apt's options for an index of source packages that leaves the machine's own configuration alone."""
    lists, sources = archives / "lists", archives / "bookworm.sources"
    options = [f"Dir::State::lists={lists}", f"Dir::Etc::sourcelist={sources}", "Dir::Etc::sourceparts=-"]
    arguments = [part for option in options for part in ("-o", option)]
    if not lists.exists():
        (lists / "partial").mkdir(parents=True)
        sources.write_text(SOURCES, encoding="utf-8")
        subprocess.run(["apt-get", "-qq", *arguments, "update"], capture_output=True, check=True)
    return arguments


def _unpack(package: Package, archives: Path, place: Path) -> None:
    """Unpack into a directory that appears when it is complete, and remove the archives."""
    part = place.with_name(f".{place.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    endings = {"deb": "*.deb", "src": "*.tar.*", "npm": "*.tgz"}
    found = archives.glob(package.archives + endings[package.kind])
    files = [file for file in found if ".debian.tar" not in file.name and file.suffix != ".asc"]
    for file in files:
        deb = ["dpkg-deb", "-x", str(file), str(part)]
        tar = ["tar", "-xf", str(file), "-C", str(part)]
        subprocess.run(deb if package.kind == "deb" else tar, capture_output=True, check=False)
    for inner in part.rglob("src.zip"):
        if not inner.is_symlink():
            zipfile.ZipFile(inner).extractall(part / "src")
            inner.unlink()
    for file in archives.glob(f"{package.archives}*"):
        file.unlink()
    if files:
        place.parent.mkdir(parents=True, exist_ok=True)
        part.rename(place)


def main() -> None:
    """Collect into the directory given."""
    missing = collect(read_packages(), Path(sys.argv[1]))
    print(f"{len(missing)} packages could not be had: {' '.join(package.name for package in missing)}")


if __name__ == "__main__":
    main()
