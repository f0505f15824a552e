"""Keys of C#'s scheme beside those of `resolve.keys`, and what the containers of the standard library give.

A type has a *full name*: namespace, outer types and its own name, with a grave accent and the number of its type
parameters behind each that has any, "A.B.Outer.Inner`1". Partial types have several parts, each a definition. What is
written somewhere has the namespace, and the full name and the descriptor of the type around it, as its place.

    mod   path                    (("c_sharp",),)
    unit  c_sharp, namespace      (("",),) for a namespace with types, and for those above it     (shared)
    unit  c_sharp, "." name       (("",),) for the last part of each type's and namespace's name  (shared)
    file  c_sharp, "", directory  (form, alias, target) of global usings in its files             (shared)
    file  c_sharp, full name      (path, descriptor, "partial" or "", kind) of a type's parts     (shared)
    ifm   c_sharp, name           (path, descriptor, least, most, type, types) of extension methods      (shared)
    own   c_sharp, method         ("derived" or "", least, most) of methods that are not static or private  (shared)
    imp   path, ""                every using: (form, alias, target); "*" namespace, "s" type, "a" alias
    mem   path, type, name        (kind, descriptor, least, most, flags, types); "m" method, "v" value, "c" constructor
                                  (as "<new>"); ("a", around, chain) of what has no definition
    base  path, type              (around, chain) of its bases
    ret   path, member            (around, chain) of its result or its type
"""

from __future__ import annotations

from codegraph.core.words import words

FAMILY = "c_sharp"


def namespace_key(name: str) -> str:
    """Ask whether there is a namespace of that name."""
    return f"unit\x1f{FAMILY}\x1f{name}"


def last_part_key(name: str) -> str:
    """Ask whether the name of any type or namespace, wherever it stands, ends so."""
    return f"unit\x1f{FAMILY}\x1f.{name}"


def type_key(full_name: str) -> str:
    """Ask for the parts of a type."""
    return f"file\x1f{FAMILY}\x1f{full_name}"


def global_usings_key(directory: str) -> str:
    """Ask for the global usings that the files of a directory have."""
    return f"file\x1f{FAMILY}\x1f\x1f{directory}"


def extension_key(name: str) -> str:
    """Ask for the extension methods of a name."""
    return f"ifm\x1f{FAMILY}\x1f{name}"


GIVE_INNER = words(
    """
    Current Dequeue ElementAt ElementAtOrDefault Find First FirstOrDefault GetOrAdd GetValueOrDefault Last Max Min
    LastOrDefault Peek Pop Single SingleOrDefault Value Item
    """
)
"""Members of containers that give an element."""

GIVE_SAME = words(
    """
    Append AsEnumerable AsMemory AsSpan Cast Concat Distinct Except FindAll GetEnumerator Intersect OfType OrderBy
    OrderByDescending Prepend Reverse Skip SkipWhile Slice Take TakeWhile ThenBy ThenByDescending ToArray ToHashSet
    ToImmutableArray ToList Union Values Where Span Memory AsReadOnly ConfigureAwait
    """
)
"""Members of containers that give a container of the same."""

GIVE_SELF = words("Value Result ConfigureAwait GetAwaiter GetResult Target")
"""Members of what an instance is wrapped in: a task, something nullable or lazy, an entry of a dictionary."""

CONTAINER_TYPES = words("IEnumerable`1 IList`1 List`1 ICollection`1 IReadOnlyList`1 [] IQueryable`1")
OBJECT_METHODS = words("ToString Equals GetHashCode GetType MemberwiseClone ReferenceEquals Finalize")
NOT_VIRTUAL = words("GetType MemberwiseClone ReferenceEquals")
"""Methods that every type has and none can override."""
