"""Keys of C++'s scheme beside those of `resolve.keys`.

    mod   path                    (("cpp",),)
    unit  cpp, namespace          (("",),) for a namespace with a definition or a using, and those around it   (shared)
    cns   cpp, scope, name        what stands under a name in a namespace, and the members of a class that are defined
                                  outside of it: (path, descriptor, "t" type | "v" value, flags), (path, descriptor,
                                  "f", flags, arity, types), (path, "", "u", form, parts...) of a using       (shared)
    nso   cpp                     (scope,) for each namespace that a macro opens, by its spelling               (shared)
    nsm   cpp, macro              what a macro opens: (path, parameter or "()", names of namespaces...)         (shared)
    use   path, scope, name       the usings of one file, should all of them be too many
    imp   path, ""                its includes: (file, "<" or "")
    mem   path, type, name        ("v", descriptor, chain), ("t", descriptor) of a type
    mem   path, type, name "()"   (descriptor, arity, flags, types of parameters); "<new>()" for constructors
    mem   path, variable, ""      ("v", "", chain) of a variable of a namespace
    base  path, type              chains of its bases, with template arguments
    ali   path, type              the chain of what a type is another name of
    ret   path, function          ("0", chain)
    own   cpp, name               ("derived" if its type has a base, else "", arity) of methods                 (shared)
    cdef, name                    as in the scheme of C, which finds here what it calls in C++

Flags are letters: d defined, v virtual, s seen by its file only, # macro, x specialisation, t template.
"""

from __future__ import annotations

FAMILY = "cpp"


def scope_key(scope: str, name: str) -> str:
    """Ask what a namespace has under a name, or which members of a class are defined outside of it."""
    return f"cns\x1f{FAMILY}\x1f{scope}\x1f{name}"


def namespace_key(scope: str) -> str:
    """Ask whether there is a namespace of that name."""
    return f"unit\x1f{FAMILY}\x1f{scope}"


def use_key(path: str, scope: str, name: str) -> str:
    """Ask what a file's own using declarations and directives make known under a name, "*" for directives."""
    return f"use\x1f{path}\x1f{scope}\x1f{name}"


def opened_key() -> str:
    """Ask which namespaces macros open, anywhere."""
    return f"nso\x1f{FAMILY}"


def opening_key(macro: str) -> str:
    """Ask which namespaces a macro opens."""
    return f"nsm\x1f{FAMILY}\x1f{macro}"


def alias_key(path: str, descriptor: str) -> str:
    """Ask which type a type is another name of."""
    return f"ali\x1f{path}\x1f{descriptor}"


def below(scope: str, name: str) -> str:
    """Return the qualified name of something in a scope."""
    return f"{scope}::{name}" if scope else name


def scopes_of(around: str) -> list[str]:
    """Return a scope and those around it, from the inside out; a class inside a function is one part, "@" in front."""
    local = around.find("::@")
    found = []
    while local >= 0:
        found.append(around)
        nested = around.rfind("#::")
        around = around[: nested + 1 if nested > local else local]
        local = around.find("::@")
    while around:
        found.append(around)
        around = around.rpartition("::")[0]
    return [*found, ""]


def variant(scope: str, name: str, descriptor: str) -> str:
    """Return the scope that one of several classes of a name in a file is: each branch of an #if has its own."""
    return f"{scope}::@={name}={descriptor}"


def class_of(scope: str, mark: int) -> tuple[str, str]:
    """Return the descriptor and the name of the class that a scope's last part says, from the mark "::@" on."""
    part = scope[mark + 3 :]
    if not part.startswith("="):
        return part, scope
    _, name, descriptor = part.split("=", 2)
    return descriptor, below(scope[:mark], name)


def call_operator(name: str) -> tuple[str, str, str]:
    """Take the name of a call operator apart: operator()(1)."""
    return ("operator()", "(", name[len("operator()(") :]) if name.startswith("operator()(") else ("operator()", "", "")
