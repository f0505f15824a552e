"""Symbol identifiers: SCIP descriptors, unique and free of positions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegraph.core.symbols import CONTEXT_KINDS, DependencyKind, SymbolKind, descriptor_of, symbol_id

_NAMED_KINDS = [kind for kind in SymbolKind if kind is not SymbolKind.MODULE]
_SUFFIX_GROUPS = [{SymbolKind.CLASS, SymbolKind.INTERFACE, SymbolKind.ENUM}, {SymbolKind.FUNCTION, SymbolKind.METHOD}]


@pytest.mark.parametrize(
    ("container", "name", "kind", "ordinal", "expected"),
    [
        ("", "Cls", SymbolKind.CLASS, 0, "Cls#"),
        ("", "Shape", SymbolKind.INTERFACE, 0, "Shape#"),
        ("", "Color", SymbolKind.ENUM, 0, "Color#"),
        ("", "run", SymbolKind.FUNCTION, 0, "run()."),
        ("Cls#", "method", SymbolKind.METHOD, 0, "Cls#method()."),
        ("Cls#", "method", SymbolKind.METHOD, 1, "Cls#method(+1)."),
        ("Cls#Inner#", "m", SymbolKind.METHOD, 12, "Cls#Inner#m(+12)."),
        ("", "LIMIT", SymbolKind.CONSTANT, 0, "LIMIT."),
        ("", "LIMIT", SymbolKind.CONSTANT, 1, "LIMIT.(+1)"),
        ("", "Cls", SymbolKind.CLASS, 1, "Cls(+1)#"),
        ("", "with space", SymbolKind.FUNCTION, 0, "`with space`()."),
        ("", "tick`tick", SymbolKind.FUNCTION, 0, "`tick``tick`()."),
        ("", "größe", SymbolKind.CONSTANT, 0, "`größe`."),
        ("", "$jq_1", SymbolKind.CONSTANT, 0, "$jq_1."),
        ("", "#private", SymbolKind.METHOD, 0, "`#private`()."),
        ("", "", SymbolKind.FUNCTION, 0, "``()."),
        ("", "line\n", SymbolKind.FUNCTION, 0, "`line\n`()."),
    ],
)
def test_descriptors_follow_the_grammar(container, name, kind, ordinal, expected):
    """Each kind has SCIP's suffix, other names than SCIP's simple ones are escaped, repetitions are numbered."""
    assert descriptor_of(container, name, kind, ordinal) == expected


def test_module_has_no_descriptor_of_its_own():
    """A module's descriptor is empty; asking for another is a mistake."""
    with pytest.raises(KeyError):
        descriptor_of("", "mod", SymbolKind.MODULE, 0)
    assert symbol_id("src/pkg/mod.py", "") == "src/pkg/mod.py/"


def _same_suffix(one: SymbolKind, other: SymbolKind) -> bool:
    return one is other or any({one, other} <= group for group in _SUFFIX_GROUPS)


_NAMES = st.text(max_size=4) | st.sampled_from(["a", "`", "a`", "#", "().", "a(+1).", "a#b"])


@given(
    _NAMES, _NAMES, st.sampled_from(_NAMED_KINDS), st.sampled_from(_NAMED_KINDS), st.integers(0, 3), st.integers(0, 3)
)
def test_different_definitions_have_different_descriptors(one, other, kind, other_kind, ordinal, other_ordinal):
    """Name, suffix and ordinal can be told apart, whatever characters the names have."""
    same = (one, ordinal) == (other, other_ordinal) and _same_suffix(kind, other_kind)
    assert (descriptor_of("", one, kind, ordinal) == descriptor_of("", other, other_kind, other_ordinal)) == same


def test_one_name_in_all_roles_has_as_many_descriptors():
    """A name that is bound as a constant, a class and a function, each several times, has no descriptor twice."""
    kinds = (SymbolKind.CONSTANT, SymbolKind.CLASS, SymbolKind.FUNCTION)
    descriptors = [descriptor_of("", "name", kind, ordinal) for kind in kinds for ordinal in range(4)]
    assert len(set(descriptors)) == len(descriptors)


@given(_NAMES, _NAMES, _NAMES)
def test_nesting_cannot_be_forged_by_a_name(outer, inner, name):
    """No top-level name gives the descriptor of something nested."""
    container = descriptor_of("", outer, SymbolKind.CLASS, 0)
    assert descriptor_of(container, inner, SymbolKind.METHOD, 0) != descriptor_of("", name, SymbolKind.METHOD, 0)


def test_context_follows_only_interfaces_that_the_source_relies_on():
    """The kinds that feed embeddings are these four."""
    assert (
        frozenset({DependencyKind.CALLS, DependencyKind.INHERITS, DependencyKind.IMPLEMENTS, DependencyKind.USES_TYPE})
        == CONTEXT_KINDS
    )
