"""Keys of Rust's scheme beside those of `resolve.keys`, and what the standard library's containers give.

A *module* is a file and the inline modules in it, `a::b`; a name in one is "a::b::name", "::name" at the top. What is
written in an impl or a trait has its descriptor behind the module and an at sign; that is the `around` of a `Place`.
A block with items of its own is the last module of what stands in it, in braces (`extract.languages.rust.blocks`).

    mod   path                    (("rust",),)
    own   rust, name              (sort, trait of the impl or "") of functions of types and traits              (shared)
    name  rust:declared, name     (path, descriptor, trait) of a function that a trait declares                (shared)
    def   path, name in module    (kind, descriptor): "t" type, "f" function, "c" constant, "m" inline module,
                                  "M" module in another file (the path of its attribute)
    def   path, "!" name          ("f", descriptor) of a macro
    imp   path, name in module    the parts of an imported path
    star  path, module            ("pub" or "", parts) of a path of which everything is imported
    emb   rust:offered, name      (path, sort) of a file that defines the name in a module, or imports it for
                                  others; of one that may itself be the module of that name                    (shared)
    unit  rust:child, path        (declaring file, its modules, name, style) of `mod` that may mean a file     (shared)
    top   rust:crate, name        (directory, path of the library) of a Cargo.toml                             (shared)
    top   rust:macro, name        (path, descriptor) of a macro, "imports" behind it if its invocation does    (shared)
    cfg   path of a Cargo.toml    settings
    self  path, impl              (around, chain) of the type that it is for
    mem   path, type, name        (kind, descriptor, "i" in a trait's impl), kinds as of `def` and "e" variant; of a
                                  field, ".name": ("v", around, chain)
    pmem  rust, type, name        (path, descriptor, kind, impl) of an impl in another file than its type's    (shared)
    base  path, type              (around, chain) of the traits that it implements or requires
    emb   rust, type              (path, impl) of impls of traits in another file than the type's              (shared)
    bnd   path, impl, number      (around, chain) of an argument of the type that it is for
    emb   rust:bound, type, number  (path, impl) of impls for a type of that name that know that argument      (shared)
    und   path, type              (around, chain) of what an alias stands for
    ret   path, function          (around, number, chain) of its results
    val   path, constant          (around, chain) of its type
"""

from __future__ import annotations

from codegraph.core.facts import LOCAL
from codegraph.core.words import words

FAMILY = "rust"
DECLARATIONS = "rust:declared"
"""The family of the names of functions that traits declare."""
CRATES = "rust:crate"
MACROS = "rust:macro"
IMPORTING = "imports"
"""What stands behind a macro without parameters in which something is imported."""

VALUE_OFFERED = "v"
"""The sort of a name that may be one of a function or a constant."""

TYPE_OFFERED = "t"
"""The sort of a name of a type or a module."""

FILE_OFFERED = "f"
"""The sort of a file that may be a module."""

PUBLIC = "pub"
"""What a wildcard import begins with that gives its names to whoever imports everything from its module."""

DECLARED = "declared"
"""The sort of a function that a trait declares: it may be called on types of a library."""
IMPLEMENTED = "implemented"
"""The sort of a function in the impl of a trait: who knows the trait alone may call it."""


def in_module(module: str, name: str) -> str:
    """Return a name in a module as keys have it."""
    return f"{module}::{name}"


def type_name(descriptor: str) -> str:
    """Return the name of a type; of a local one, to which no name leads, what chains have for it."""
    bare = descriptor.rstrip("#").rpartition("#")[2].partition("(")[0].strip("`")
    return f"{LOCAL}{descriptor}" if "." in descriptor else bare


def around_block(module: str) -> str | None:
    """Return the module, or the block, around a block; None for what is none."""
    if module[-1:] != "}":
        return None
    outer, _, block = module.rpartition("::")
    above = block.rpartition("/")[0]
    return in_module(outer, f"{above}}}").removeprefix("::") if above else outer


def real_module(module: str) -> str:
    """Return the module around a block, whatever blocks are around that; of a module, itself."""
    return module.rpartition("::")[0] if module[-1:] == "}" else module


def child_key(path: str) -> str:
    """Ask which `mod` declarations may mean a file."""
    return f"unit\x1frust:child\x1f{path}"


def star_in_key(path: str, module: str) -> str:
    """Ask of which paths a module imports everything."""
    return f"star\x1f{path}\x1f{module}"


def offered_key(name: str) -> str:
    """Ask which files have modules with a name that wildcards of other files can give."""
    return f"emb\x1frust:offered\x1f{name}"


def self_key(path: str, descriptor: str) -> str:
    """Ask which type an impl is for."""
    return f"self\x1f{path}\x1f{descriptor}"


def elsewhere_key(type_name: str, name: str) -> str:
    """Ask for members of a type that stand in impls outside of its file."""
    return f"pmem\x1f{FAMILY}\x1f{type_name}\x1f{name}"


def traits_elsewhere_key(type_name: str) -> str:
    """Ask for impls of traits outside of the type's file."""
    return f"emb\x1f{FAMILY}\x1f{type_name}"


def alias_key(path: str, descriptor: str) -> str:
    """Ask what an alias stands for."""
    return f"und\x1f{path}\x1f{descriptor}"


def bound_key(path: str, descriptor: str, number: str) -> str:
    """Ask what is known of an argument of the type that an impl is for."""
    return f"bnd\x1f{path}\x1f{descriptor}\x1f{number}"


def bounds_elsewhere_key(type_name: str, number: str) -> str:
    """Ask which impls for types of a name know something of an argument."""
    return f"emb\x1frust:bound\x1f{type_name}\x1f{number}"


def value_key(path: str, descriptor: str) -> str:
    """Ask for the type of a constant."""
    return f"val\x1f{path}\x1f{descriptor}"


GIVE_INNER = words(
    """
    unwrap unwrap_or unwrap_or_else unwrap_or_default unwrap_unchecked expect into_inner get_or_insert_with
    get_or_insert get_or_init borrow borrow_mut force
    """
)
"""Methods of containers that give what is inside."""

GIVE_SAME = words(
    """
    iter iter_mut into_iter lock read write get get_mut first last first_mut last_mut next next_back pop pop_front
    pop_back as_ref as_mut as_deref as_deref_mut ok ok_or ok_or_else map_err or or_else take replace insert remove rev
    skip step_by take_while skip_while filter peekable peek peek_mut chain by_ref to_vec to_owned clone cloned copied
    collect values values_mut into_values drain find nth max min max_by_key min_by_key max_by min_by fuse inspect
    context with_context as_slice as_mut_slice upgrade recv try_recv front back swap_remove flatten_ok
    """
)
"""Methods of containers that give a container of the same: an iterator, an option of an element, ..."""

GIVE_SELF = words("clone to_owned as_ref as_mut borrow borrow_mut by_ref deref deref_mut into_iter iter")
"""Methods that a type has from the standard library's traits, and that give the value itself."""

MAKE_SELF = words("default from try_from from_str from_iter")
"""Functions that a type has from the standard library's traits, and that make one."""

STRUCTS = words(
    """
    Arc BTreeMap BTreeSet BinaryHeap Cell Command CString Cow Duration File HashMap HashSet Instant Mutex NonZero
    OnceCell OnceLock OsStr OsString Path PathBuf PhantomData RefCell RwLock Stderr Stdin Stdout String SystemTime
    TcpStream Vec VecDeque
    """
)
"""Types of the standard library that are no traits."""

MARKERS = words("Clone Copy Send Sync Sized Debug Display Default Eq PartialEq Ord PartialOrd Hash Unpin From Into")
"""Traits of the standard library that give no methods a call of which could mean something of the project."""
