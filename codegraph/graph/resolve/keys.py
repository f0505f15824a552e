"""The keys of the symbol table: a kind and its parts, joined by the unit separator.

*Private* keys hold the path of the only file that may contribute to them:

    mod   path                 the file exists               ((language,),)
    def   path, name           what the name is defined as in the file's outermost scope
    imp   path, name           the imports that bind the name there
    star  path                 the star imports of the file
    exp   path, name           an explicit export of that name
    all   path                 the file lists its exports    ((),)
    mem   path, class, name    a class's own member          (class: its descriptor)
    base  path, class          the chains of a class's bases
    ret   path, function       the chains that a function returns
    elem  path, owner, name    the chains of the elements of a variable (owner: descriptor, "" for the module)

*Shared* keys collect entries from many files; their value is the sorted tuple of distinct entries, or
`MANY` when there are more than the kind's cap. The cap keeps a popular name from linking thousands of
files again whenever somebody uses it once more:

    dir   family, directory    some file of the family lives in or below it   ((),)
    top   family, name         directories that hold a module or package of that name
    name  family, name         definitions of that name, anywhere             ((path, descriptor, kind),)
    own   family, name         the sorts of methods of that name              ((sort, ...), ...) as the scheme has them

A scheme fills the values of `def`, `imp`, `star`, `exp`, `mem`, `base`, `ret`, `elem` and `top` as it
likes, because no other scheme reads them; it may also add kinds of its own with `make_key`. The shared ones
`unit`, `file`, `pkg`, `pmem`, `ifm` and `emb` are those of languages whose packages have many files (`go/names.py`).
The keys `any` and `path` have no value in the table: `graph/defined.py` answers them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

SEPARATOR = "\x1f"
ANY = "any"
PATH = "path"

SHARED_KINDS: Mapping[str, int] = MappingProxyType(
    {
        "dir": 1,
        "top": 16,
        "name": 1,
        "unit": 8,
        "file": 64,
        "pkg": 8,
        "pmem": 8,
        "ifm": 48,
        "emb": 64,
        "cdef": 64,
        "cns": 64,
        "nso": 256,
        "nsm": 8,
        "own": 8,
    }
)
"""Kind -> how many distinct entries a value shows before it becomes `MANY`."""


def make_key(kind: str, *parts: str) -> str:
    """Join a kind and its parts; for a private kind the first part is the contributing file's path."""
    return SEPARATOR.join((kind, *parts))


def kind_of(key: str) -> str:
    """Return the kind of a key."""
    return key.partition(SEPARATOR)[0]


def module_key(path: str) -> str:
    """Ask whether a file exists."""
    return f"mod\x1f{path}"


def definition_key(path: str, name: str) -> str:
    """Ask what a name is defined as at the top of a file."""
    return f"def\x1f{path}\x1f{name}"


def import_key(path: str, name: str) -> str:
    """Ask which imports bind a name at the top of a file."""
    return f"imp\x1f{path}\x1f{name}"


def star_key(path: str) -> str:
    """Ask for the star imports (or `export *`) of a file."""
    return f"star\x1f{path}"


def export_key(path: str, name: str) -> str:
    """Ask for a file's explicit export of a name."""
    return f"exp\x1f{path}\x1f{name}"


def export_list_key(path: str) -> str:
    """Ask whether a file lists its exports at all."""
    return f"all\x1f{path}"


def member_key(path: str, class_descriptor: str, name: str) -> str:
    """Ask for a class's own member, bases left aside."""
    return f"mem\x1f{path}\x1f{class_descriptor}\x1f{name}"


def base_key(path: str, class_descriptor: str) -> str:
    """Ask for the bases of a class."""
    return f"base\x1f{path}\x1f{class_descriptor}"


def return_key(path: str, function_descriptor: str) -> str:
    """Ask what a function returns."""
    return f"ret\x1f{path}\x1f{function_descriptor}"


def element_key(path: str, owner_descriptor: str, name: str) -> str:
    """Ask for the elements of a variable of the module (owner "") or of a class."""
    return f"elem\x1f{path}\x1f{owner_descriptor}\x1f{name}"


def directory_key(family: str, directory: str) -> str:
    """Ask whether any file of a family lives in or below a directory ("" is the project's root)."""
    return f"dir\x1f{family}\x1f{directory}"


def top_key(family: str, name: str) -> str:
    """Ask which directories hold a module or package of that name."""
    return f"top\x1f{family}\x1f{name}"


def own_key(family: str, name: str) -> str:
    """Ask how the project's methods of a name are declared, for what a library hands back may have one."""
    return f"own\x1f{family}\x1f{name}"


def name_key(family: str, name: str) -> str:
    """Ask for the only definition of a name; use `TableReader.named`."""
    return f"name\x1f{family}\x1f{name}"
