"""Keys of Java's scheme beside those of `resolve.keys`, and what the containers of the standard library give.

    mod   path                    (("java", package),)
    unit  java, package           (("",),) for a package with files, and for those above it      (shared)
    pkg   java, package, name     (path, descriptor, kind) of its types                          (shared)
    imp   path, ""                every import: (form, name, module); "n" type, "*" all of a package or type, "s" and
                                  "S" the static ones
    mem   path, type, name        ("v", descriptor of the field or "", chain), ("t", descriptor) of a type
    mem   path, type, name "()"   (descriptor, arity, flags, types of parameters); "<new>()" for constructors
    base  path, type              chains of its bases, with type arguments
    ret   path, method            ("0", chain)
    own   java, method            ("derived" or "", arity) of methods that are not static or private           (shared)

Flags of a method are letters: s static, p private.
"""

from __future__ import annotations

from types import MappingProxyType

from codegraph.core.words import words

FAMILY = "java"


def package_key(package: str, name: str) -> str:
    """Ask which types of a name a package has."""
    return f"pkg\x1f{FAMILY}\x1f{package}\x1f{name}"


def unit_key(package: str) -> str:
    """Ask whether there is a package of that name, or one below it."""
    return f"unit\x1f{FAMILY}\x1f{package}"


GIVE_LAST = words(
    """
    ceiling cast computeIfAbsent computeIfPresent element first firstElement floor get getAndSet getDeclaredConstructor
    getFirst getLast getNow getOrDefault getPlain getValue higher join last lastElement lower merge newInstance next
    nextElement orElse orElseGet orElseThrow peek peekFirst peekLast poll pollFirst pollLast pop previous putIfAbsent
    remove removeFirst removeLast set take call apply
    """
)
"""Methods of the standard library's generic types that give their last type argument: an element, a map's value."""

GIVE_SAME = words(
    """
    asReverseOrder descendingIterator descendingSet distinct dropWhile elements entrySet filter findAny findFirst
    headSet iterator limit listIterator max min or parallelStream peek reversed skip sorted spliterator stream subList
    subSet tailSet takeWhile toList
    """
)
"""Methods that give another container of the same; a map's entries have its type arguments."""

OBJECT_METHODS = words("clone equals finalize getClass hashCode notify notifyAll toString wait")
"""Methods that every type has."""

FINAL = words(
    """
    Array Arrays Boolean Byte Character Class Collections Constructor Double Duration Field Float Instant Integer
    LocalDate LocalDateTime LocalTime Locale Long Matcher Math Method Objects OffsetDateTime Optional OptionalDouble
    OptionalInt OptionalLong Parameter Pattern Period Scanner Short StackTraceElement String StringBuffer
    StringBuilder StringJoiner System TimeUnit URI URL UUID Void Year YearMonth ZonedDateTime
    """
)
"""Types of the standard library that nothing can be derived from."""

CODE = words(
    """
    BiConsumer BiFunction BiPredicate BinaryOperator BooleanSupplier Callable Comparator Consumer
    DoubleFunction DoubleUnaryOperator Function IntBinaryOperator IntConsumer IntFunction IntPredicate IntSupplier
    IntUnaryOperator LongFunction LongSupplier ObjIntConsumer Predicate Runnable Supplier
    ToDoubleFunction ToIntFunction ToLongFunction UnaryOperator
    """
)
"""Types of the standard library whose instances are code: what calling them calls nobody says."""

REFLECTION = MappingProxyType({"Method": "invoke", "Constructor": "newInstance", "MethodHandle": "invokeExact"})
"""Types of the standard library that stand for code, and the method that runs it."""
