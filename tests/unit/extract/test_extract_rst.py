"""reStructuredText: titles, roles, directives, literals: `codegraph.extract.languages.rst`."""

from __future__ import annotations

import pytest

from codegraph.core.facts import FileFacts
from codegraph.extract.extractor import Limits, extract


def facts(text: str) -> FileFacts:
    return extract(text.encode(), "rst", Limits())


def chains(text: str) -> list[str]:
    return [".".join(one.chain) for one in facts(text).occurrences.references]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One\n===\n\nTwo\n---\n\nThree\n~~~~~\n\nFour\n----\n", ["one:", "one:two:", "one:two:three:", "one:four:"]),
        ("===\nOne\n===\n\nTwo\n===\n", ["one:", "one:two:"]),
        ("=====\n Mid\n=====\ntext\n", ["mid:"]),
        ("text\n\n----\n\ntext\n", []),
        ("a paragraph\nof two lines\n====\n", []),
        ("=====  =====\nA      B\n=====  =====\n1      2\n=====  =====\n", []),
        ("Long title\n==\n", []),
        ("text::\n\n  Code\n  ====\n\nOne\n===\n", ["one:"]),
        (".. _label:\n\nOne\n===\n", ["one:"]),
        ("Überlang\n========\n", ["`überlang`:"]),
    ],
)
def test_titles(text: str, expected: list[str]) -> None:
    """Levels follow the order in which styles appear; tables, rules and literal blocks have no titles."""
    assert [one.descriptor for one in facts(text).outline.definitions[1:]] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (":func:`a.get` :py:class:`~a.Client` :c:func:`uv_run()`", ["a.get", "a.Client", "uv_run"]),
        (":meth:`the method <Client.get>` :ref:`a.b` :attr:`timeout`", ["Client.get"]),
        ("``a.b`` `c.d` `link <http://e.f>`_ ``plain``", ["a.b", "c.d"]),
        (".. autofunction:: a.get\n.. automethod:: get", ["a.get"]),
        (".. c:function:: int uv_run(uv_loop_t* loop, int mode)\n.. c:type:: uv_loop_t", ["uv_run", "uv_loop_t"]),
        (
            ".. class:: Client(url)\n\n   .. method:: get(url)\n\n.. function:: get(url)",
            ["Client", "Client.get", "get"],
        ),
        ("Code::\n\n    ``a.b``\n\n``c.d``", ["c.d"]),
        (".. code-block:: python\n\n    ``a.b``\n\n``c.d``", ["c.d"]),
        (".. note:: see ``a.b``\n\n   and ``c.d``", ["a.b", "c.d"]),
        (".. a comment with ``a.b``\n   and ``c.d``\n\n``e.f``", ["e.f"]),
    ],
)
def test_names(text: str, expected: list[str]) -> None:
    """Roles, directives that describe code, and literals name it; literal blocks and comments do not."""
    assert chains(text) == expected
