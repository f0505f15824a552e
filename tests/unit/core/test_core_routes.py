"""Routes: the first that fits a definition wins, and facts that cannot tell are undecided."""

from __future__ import annotations

import pytest

from codegraph.core.facts import Definition, FlowState, Outline, SyntaxProblem
from codegraph.core.routes import UNDECIDED, Routes
from codegraph.core.symbols import OwnDigest, Range, SignatureDigest, SymbolKind

CODE, FALLBACK, TEXT, LONG = (letter * 16 for letter in (b"c", b"f", b"t", b"l"))
EVERYTHING = Routes(CODE, FALLBACK, TEXT, LONG, long_tokens=100, reads_data_flow=True, expects_data_flow=True)


def definition(
    kind: SymbolKind = SymbolKind.FUNCTION, flow: FlowState = FlowState.PRESENT, length: int = 10
) -> Definition:
    place = Range(0, 0, 0, 0, 0, 0)
    own, signature = OwnDigest(b"o" * 16), SignatureDigest(b"s" * 16)
    return Definition("f().", kind, "f", 0, place, place, own, "def f ( )", signature, False, length, flow)


@pytest.mark.parametrize(
    ("kind", "flow", "length", "model"),
    [
        (SymbolKind.FUNCTION, FlowState.PRESENT, 100, CODE),
        (SymbolKind.FUNCTION, FlowState.EMPTY, 10, CODE),
        (SymbolKind.FUNCTION, FlowState.FAILED, 10, FALLBACK),
        (SymbolKind.METHOD, FlowState.NO_LANGUAGE, 10, FALLBACK),
        (SymbolKind.METHOD, FlowState.TIME, 101, LONG),
        (SymbolKind.CLASS, FlowState.NOT_CALLABLE, 10, FALLBACK),
        (SymbolKind.MODULE, FlowState.NOT_CALLABLE, 1_000, TEXT),
        (SymbolKind.FUNCTION, FlowState.OFF, 10, UNDECIDED),
        (SymbolKind.CLASS, FlowState.OFF, 10, FALLBACK),
    ],
)
def test_first_route_that_fits(kind: SymbolKind, flow: FlowState, length: int, model: bytes) -> None:
    """Text before long before fallback before code; a function whose flow is not known yet has no model."""
    assert EVERYTHING.model_of(definition(kind, flow, length)) == model


def test_one_model_embeds_everything() -> None:
    """Without other routes every definition goes to the code model, and facts with data flow are undecided."""
    routes = Routes(CODE)
    assert {routes.model_of(definition(kind, FlowState.OFF, 10_000)) for kind in SymbolKind} == {CODE}
    assert routes.model_of(definition(flow=FlowState.PRESENT)) == UNDECIDED
    assert routes.models == (CODE,)


def test_same_model_without_nodes_when_there_is_no_fallback() -> None:
    """A code model that reads data flow takes the rest, too, if the fallback is missing or "same"."""
    routes = Routes(CODE, reads_data_flow=True, expects_data_flow=True)
    assert {routes.model_of(definition(flow=flow)) for flow in FlowState if flow is not FlowState.OFF} == {CODE}


def test_files_are_accepted_when_they_were_extracted_as_expected() -> None:
    """One definition of the other kind is enough to refuse, also in a file that was read by its lines."""
    followed, not_followed = definition(), definition(flow=FlowState.OFF)
    assert EVERYTHING.accept(Outline("python", (followed,)))
    assert not EVERYTHING.accept(Outline("python", (followed, not_followed)))
    assert not Routes(CODE).accept(Outline("python", (followed,)))
    unread = definition(flow=FlowState.NO_LANGUAGE)
    assert EVERYTHING.accept(Outline("python", (unread,), (SyntaxProblem("depth", 0),)))
    assert not Routes(CODE).accept(Outline("python", (unread,), (SyntaxProblem("depth", 0),)))


def test_digests_tell_sets_apart() -> None:
    """Whatever changes a symbol's route or key changes the digest; an unset route equals the code model's."""
    others = [
        Routes(CODE),
        Routes(TEXT),
        Routes(CODE, FALLBACK),
        Routes(CODE, text=FALLBACK),
        Routes(CODE, long=LONG, long_tokens=1),
        Routes(CODE, long=LONG, long_tokens=2),
        Routes(CODE, reads_data_flow=True),
        Routes(CODE, expects_data_flow=True),
    ]
    assert len({routes.digest for routes in others}) == len(others)
    assert Routes(CODE).digest == Routes(CODE, fallback=CODE).digest
