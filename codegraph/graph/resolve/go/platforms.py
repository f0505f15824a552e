"""What the names of Go's files say of the platforms that they are built for (`go help buildconstraint`).

Two files of which no platform has both do not see each other: `open_linux.go` never calls what `open_windows.go` has.
What `//go:build` says is not known here. Tests: tests/unit/graph/test_graph_go.py.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from codegraph.core.words import words

_SYSTEMS: Final = words(
    """
    aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris wasip1 windows zos
    """
)
_PROCESSORS: Final = words(
    """
    386 amd64 amd64p32 arm arm64 arm64be armbe loong64 mips mips64 mips64le mips64p32 mips64p32le mipsle ppc ppc64
    ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm
    """
)
_ALSO: Final = {"android": "linux", "illumos": "solaris", "ios": "darwin"}
"""Systems that files of another one are built for, too."""


def may_meet(one: str, other: str) -> bool:
    """Say whether some platform has both files, by their names."""
    (system, processor), (second, another) = _platform(one), _platform(other)
    systems_fit = (
        not system or not second or system == second or _ALSO.get(system) == second or _ALSO.get(second) == system
    )
    return systems_fit and (not processor or not another or processor == another)


@lru_cache(1 << 12)
def _platform(path: str) -> tuple[str, str]:
    """Return the system and the processor that a file's name ends with, each "" if it names none."""
    _, *parts = path.rpartition("/")[2].removesuffix(".go").removesuffix("_test").split("_")
    processor = parts.pop() if parts and parts[-1] in _PROCESSORS else ""
    return parts[-1] if parts and parts[-1] in _SYSTEMS else "", processor
