"""Rendering: codegraph/embed/render.py."""

from __future__ import annotations

import inspect

import msgspec

from codegraph.core.facts import OwnInput
from codegraph.core.symbols import SymbolKind
from codegraph.embed import render as module
from codegraph.embed.render import EncoderInput, render

OWN = OwnInput(
    kind=SymbolKind.METHOD,
    language="python",
    name="get",
    container="class Session :",
    signature="def get ( self , url )",
    docstring="Fetch a page.",
    tokens=("def", "get", "(", "self", ",", "url", ")", ":", "return", "url"),
    data_flow=b"rows",
)


def test_everything_of_the_own_input_and_the_context_is_rendered() -> None:
    """The encoder sees each field of the own input and the signatures in their order."""
    assert render(OWN, ["def b ( )", "def a ( )"]) == EncoderInput(
        language="python",
        kind=SymbolKind.METHOD,
        name="get",
        container="class Session :",
        signature="def get ( self , url )",
        docstring="Fetch a page.",
        tokens=OWN.tokens,
        context=("def b ( )", "def a ( )"),
        data_flow=b"rows",
    )


def test_rendering_takes_only_what_the_key_is_made_of() -> None:
    """No third argument can smuggle in a path, a position or a figure about the project."""
    assert list(inspect.signature(render).parameters) == ["own", "signatures"]
    assert not {"path", "range", "line", "revision", "blob"} & set(EncoderInput.__struct_fields__)


def test_inputs_are_bounded() -> None:
    """A generated file cannot fill a batch: every field is cut at its bound."""
    huge = msgspec.structs.replace(
        OWN, name="n" * 9_999, docstring="d" * 99_999, tokens=("t" * 5_000,) * 50_000, data_flow=b"r" * 99_999
    )
    rendered = render(huge, ["s" * 99_999])
    assert len(rendered.name) == module.MAX_TOKEN_CHARACTERS
    assert len(rendered.docstring) == module.MAX_DOCSTRING_CHARACTERS
    assert sum(map(len, rendered.tokens)) == module.MAX_TOTAL_CHARACTERS
    assert len(rendered.context[0]) == module.MAX_SIGNATURE_CHARACTERS
    assert rendered.data_flow == b""
    many = render(msgspec.structs.replace(OWN, tokens=("x",) * 50_000), [])
    assert len(many.tokens) == module.MAX_TOKENS


def test_inputs_survive_the_wire() -> None:
    """What the worker decodes equals what was rendered."""
    rendered = render(OWN, ["def a ( )"])
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(rendered), type=EncoderInput) == rendered
