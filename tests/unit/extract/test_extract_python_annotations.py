"""Python annotations as chains: `codegraph.extract.languages.python.annotations`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegraph.extract.languages.python.annotations import read_annotation


@pytest.mark.parametrize(
    ("annotation", "values", "elements"),
    [
        ("Foo", ["Foo.()"], []),
        ("a . b.Foo", ["a.b.Foo.()"], []),
        ("Optional[Foo]", ["Foo.()"], []),
        ("Union[A, 'B', None]", ["A.()", "B.()"], []),
        ("A | A | None", ["A.()"], []),
        ("typing.ClassVar[Foo]", ["Foo.()"], []),
        ("Annotated[Foo, anything(1, 'x')]", ["Foo.()"], []),
        ("Type[Foo] | type[Bar]", ["Foo", "Bar"], []),
        ("list[Foo]", ["list.()"], ["Foo.()"]),
        ("Mapping[str, list[Foo]]", ["Mapping.()"], ["list.()"]),
        ("AbstractAsyncContextManager[Foo]", ["AbstractAsyncContextManager.()"], ["Foo.()"]),
        ("Coroutine[Any, Any, Foo]", ["Foo.()"], []),
        ("Callable[[A], B]", [], []),
        ("Literal['A']", [], []),
        ("Self", ["@self"], []),
        ("", [], []),
        ("[", [], []),
        ("((A))", ["A.()"], []),
        ("x" * 3000, [], []),
    ],
)
def test_what_annotations_say(annotation: str, values: list[str], elements: list[str]) -> None:
    """An annotation gives the alternatives of the value, and of its elements."""
    read = read_annotation(annotation)
    assert ([".".join(one) for one in read.values], [".".join(one) for one in read.elements]) == (values, elements)


@given(st.text(alphabet="Aa.[](),|'\" Optionalist", max_size=60))
def test_any_text_is_read(annotation: str) -> None:
    """No text makes the reader fail, however its brackets and quotes stand."""
    read_annotation(annotation)


def test_deep_annotations_are_cut() -> None:
    """Nesting beyond the bound gives nothing instead of a stack overflow."""
    assert read_annotation("Optional[" * 200 + "A" + "]" * 200).values == ()
