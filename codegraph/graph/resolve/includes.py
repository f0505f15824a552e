"""Which file an include of C or C++ means: one beside the including file, or the nearest whose path ends so.

    top   c:file, name   paths of files of that name

An include in angle brackets means a file of the project if a directory is written before the file's name, or it stands
in a directory "include" or "src"; else the only file of that name or the one beside it, unless systems have such a
header. The names of the standard library are never the project's.
Tests: tests/unit/graph/test_graph_c.py, test_graph_cpp.py.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from posixpath import basename, dirname, join, normpath
from typing import Final, NamedTuple, Protocol

from codegraph.core.facts import Import, Role
from codegraph.core.symbols import Confidence, DependencyKind, symbol_id
from codegraph.core.words import words
from codegraph.graph.resolve.edges import EdgeCollector
from codegraph.graph.resolve.keys import import_key, module_key, top_key
from codegraph.graph.resolve.scheme import MANY, TableReader, Value

MAX_INCLUDED = 400
"""Files that are followed through includes from one file."""

_MOST_REMEMBERED = 4_096
"""Files of which it is remembered what they include."""
_ROOTS = frozenset({"", "include", "inc", "src", "source"})
_STANDARD = words(
    """
    assert.h complex.h ctype.h errno.h fcntl.h fenv.h float.h inttypes.h limits.h locale.h math.h memory.h
    pthread.h setjmp.h signal.h stdarg.h stdatomic.h stdbool.h stddef.h stdint.h stdio.h stdlib.h string.h strings.h
    tgmath.h threads.h time.h uchar.h unistd.h wchar.h wctype.h
    """
)
_SYSTEM = words(
    """
    aio.h alloca.h atomic.h byteswap.h config.h conio.h curses.h direct.h dirent.h dlfcn.h elf.h endian.h err.h error.h
    execinfo.h features.h fmtmsg.h fnmatch.h ftw.h getopt.h glob.h grp.h iconv.h ieeefp.h ifaddrs.h intrin.h io.h
    langinfo.h libgen.h libintl.h link.h malloc.h mntent.h mqueue.h ncurses.h netdb.h nl_types.h obstack.h paths.h
    poll.h process.h pty.h pwd.h queue.h regex.h resolv.h sched.h search.h semaphore.h shadow.h spawn.h stropts.h
    sysexits.h syslog.h tar.h tchar.h termio.h termios.h tree.h ucontext.h ulimit.h util.h utime.h utmp.h utmpx.h
    values.h varargs.h windows.h winsock.h winsock2.h wordexp.h ws2tcpip.h
    """
)
"""Headers that systems have: a project's own of such a name is for systems that lack it."""


class _Table(Protocol):
    def get(self, key: str) -> Value | None:
        """Return the value of a key."""


class _Asked:
    """A table that writes down what it is asked for, and what it answers."""

    def __init__(self, table: TableReader) -> None:
        self._table = table
        self.answers: dict[str, Value | None] = {}

    def get(self, key: str) -> Value | None:
        """Return the value of a key."""
        value = self.answers[key] = self._table.get(key)
        return value


class _Includes(NamedTuple):
    """The files that one includes itself, and all that this rests on."""

    files: tuple[str, ...]
    asked: Mapping[str, Value | None]


_remembered: Final[dict[str, _Includes]] = {}
"""By path. Each is checked before it is used, so whose table it was made with does not matter."""


def file_name_key(path: str) -> str:
    """Ask which files have the name of this one."""
    return top_key("c:file", basename(path))


def included_file(table: _Table, path: str, module: str, *, is_angled: bool) -> str | None:
    """Return the path of the file that `path` includes as `module`, None if it is none of the project's."""
    if not is_angled:
        beside = normpath(join(dirname(path), module))
        if table.get(module_key(beside)) is not None:
            return beside
    if is_angled and module in _STANDARD:
        return None
    value = table.get(file_name_key(module))
    ending = "/" + module.lstrip("./")
    paths = [found for (found,) in value if ("/" + found).endswith(ending)] if value and value != MANY else []
    if is_angled and "/" not in module:
        paths = [found for found in paths if basename(dirname(found)) in _ROOTS] or _only(paths, path, module)
    if not paths:
        return None
    return max(paths, key=lambda found: (shared_directories(found, path), -len(found)))


def _only(paths: list[str], path: str, module: str) -> list[str]:
    """Return the file that no rule of builds leads to, where it can hardly be another one."""
    if module in _SYSTEM or "." not in module:
        return []
    return paths if len(paths) == 1 else [found for found in paths if dirname(found) == dirname(path)]


def link_include(collector: EdgeCollector, table: TableReader, path: str, each: Import) -> None:
    """Add the edge of an include, or say that it is external."""
    target = included_file(table, path, each.module, is_angled=each.name == "<")
    if target is None:
        collector.miss(each.owner, each.module, Role.READ, "external", each.line, each.column)
        return
    found = symbol_id(target, "")
    collector.add(each.owner, found, DependencyKind.IMPORTS, Confidence.EXACT, each.line, each.column)


class Included:
    """What one file sees of others by its includes."""

    def __init__(self, table: TableReader, path: str) -> None:
        self.table = table
        self.path = path
        self._seen: dict[str, None] | None = None

    def sees(self, path: str) -> bool:
        """Say whether a file is this one or one that it includes, directly or not."""
        if path == self.path:
            return True
        if self._seen is None:
            self._seen = self._found()
        return path in self._seen

    def _found(self) -> dict[str, None]:
        seen: dict[str, None] = {self.path: None}
        waiting = deque(seen)
        while waiting and len(seen) < MAX_INCLUDED:
            for found in self._includes(waiting.popleft()):
                if found not in seen:
                    seen[found] = None
                    waiting.append(found)
        return seen

    def _includes(self, path: str) -> Sequence[str]:
        """Look up what a file includes, unless that would ask for what was asked for last, and be told the same."""
        known = _remembered.get(path)
        if known is not None and self.table.repeats(known.asked):
            return known.files
        asked = _Asked(self.table)
        includes = asked.get(import_key(path, "")) or ()
        found = (included_file(asked, path, module, is_angled=bracket == "<") for module, bracket in includes)
        known = _Includes(tuple(dict.fromkeys(filter(None, found))), asked.answers)
        if len(_remembered) >= _MOST_REMEMBERED:
            _remembered.clear()
        _remembered[path] = known
        return known.files


def shared_directories(one: str, other: str) -> int:
    """Count the directories that two paths start with in common."""
    count = 0
    for left, right in zip(one.split("/")[:-1], other.split("/")[:-1], strict=False):
        if left != right:
            break
        count += 1
    return count
