"""Methods of Java's containers, streams, optionals and futures that call a lambda, by what they call it with.

A name is enough: what the receiver's type is shows when it is followed, and only a type of the standard library whose
type arguments are known has elements, keys and values. Tests: tests/resolving/java.txt.
"""

from __future__ import annotations

from codegraph.core.words import words

PER_ELEMENT = words(
    """
    allMatch anyMatch dropWhile filter findFirst flatMap flatMapToInt forEachOrdered forEachRemaining handle ifPresent
    ifPresentOrElse iterate map mapMulti mapToDouble mapToInt mapToLong mapToObj max min noneMatch peek reduce removeIf
    sort sorted takeWhile thenAccept thenApply thenCompose tryAdvance whenComplete
    """
)
"""An element; of comparators and reductions two."""

PER_PAIR = words("forEach compute computeIfPresent merge replaceAll")
"""A map's key and its value; `forEach` and `replaceAll` of other containers an element."""

PER_KEY = words("computeIfAbsent")
"""A map's key."""
