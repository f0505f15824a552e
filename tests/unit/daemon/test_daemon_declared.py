"""Functions that C and C++ declare in one file and define in another, asked about as one."""

from __future__ import annotations

from typing import Any

import pytest

from codegraph.core.symbols import SymbolKind
from codegraph.daemon.edges import CALL_KINDS, answer_edges, incoming
from codegraph.daemon.messages import Bound, CalleesParams
from codegraph.daemon.targets import find_target, find_targets
from codegraph.daemon.view import View
from codegraph.errors import AmbiguousSymbol

FILES = {
    "box.h": """
namespace shop {
class Shelf {
 public:
  virtual void fill(int count);
};
class Box : public Shelf {
 public:
  Box(int size);
  void fill(int count) override;
  void fill(const char* name, int count = 1);
  void close();
};
}
""",
    "box.cpp": """
#include "box.h"
namespace shop {
Box::Box(int size) { close(); }
void Box::fill(int count) { close(); }
void Box::fill(const char* name, int count) { fill(count); }
void Box::close() {}
}
""",
    "shelf.cpp": """
#include "box.h"
void shop::Shelf::fill(int count) {}
void use(shop::Shelf* shelf) { shelf->fill(1); }
""",
    "loop.h": "int loop_run(int mode);\nint loop_stop(void);\nint reset(void);\n",
    "unix/loop.c": '#include "../loop.h"\nint loop_run(int mode) { return 1; }\nint loop_stop() { return 0; }\n',
    "win/loop.c": '#include "../loop.h"\nint loop_run(int mode) { return 2; }\nint main(void) { loop_run(1); }\n',
    "a.c": "static int reset(void) { return 1; }\nint own(void) { return reset(); }\n",
}
CLOSED, CLOSES = "box.cpp/Box#close().", "box.h/Box#close()."


@pytest.fixture
def view(project_of: Any) -> View:
    """Two classes and three functions, each declared in a header."""
    found: View = project_of(FILES).view
    return found


def meant(view: View, **fields: Any) -> list[str]:
    """Return the ids of what a target means."""
    return [each.id for each in find_targets(view, CalleesParams(**fields))]


@pytest.mark.parametrize("name", ["shop::Box::close", "Box.close", "close", CLOSED])
def test_a_name_means_the_definition_and_its_declaration(view: View, name: str) -> None:
    """However it is named: by its class, by its last name, by the definition's id; the definition comes first."""
    assert meant(view, symbol=name) == [CLOSED, CLOSES]


def test_a_declaration_that_is_pointed_at_means_its_definition_too(view: View) -> None:
    """By id and by place it comes first itself."""
    assert meant(view, symbol=CLOSES) == [CLOSES, CLOSED]
    line = FILES["box.h"].splitlines().index("  void close();")
    assert meant(view, file="box.h", line=line) == [CLOSES, CLOSED]


def test_callers_of_a_declaration_are_those_of_its_definition(view: View) -> None:
    """Calls lead to the definition; who stands in the header gets them all the same."""
    way = incoming(view.snapshot, CALL_KINDS)
    answers = [
        answer_edges(view, find_targets(view, CalleesParams(symbol=name)), way, 1, 50) for name in (CLOSES, CLOSED)
    ]
    callers = [{each.symbol.qualified_name for each in answer.edges} for answer in answers]
    assert callers == [{"shop.Box.Box", "shop.Box.fill"}] * 2


def test_a_definition_says_what_its_declaration_overrides(view: View) -> None:
    """A call of the base may run it: so its callers are a lower bound, though the override stands in the header."""
    targets = find_targets(view, CalleesParams(symbol="box.cpp/Box#fill()."))
    answer = answer_edges(view, targets, incoming(view.snapshot, CALL_KINDS), 1, 50)
    assert answer.bound is Bound.LOWER_BOUND
    assert "overridden" in {cause.reason for cause in answer.causes}


def test_overloads_are_told_apart_by_their_parameters(view: View) -> None:
    """Each definition has its own declaration, also where only that says a default."""
    assert meant(view, symbol="box.cpp/Box#fill().") == ["box.cpp/Box#fill().", "box.h/Box#fill()."]
    assert meant(view, symbol="box.cpp/Box#fill(+1).") == ["box.cpp/Box#fill(+1).", "box.h/Box#fill(+1)."]
    assert len(meant(view, symbol="Box.fill")) == 4


def test_all_definitions_of_a_c_function_are_meant(view: View) -> None:
    """One for each system; `(void)` has no parameters."""
    assert meant(view, symbol="loop_run") == ["unix/loop.c/loop_run().", "win/loop.c/loop_run().", "loop.h/loop_run()."]
    assert meant(view, symbol="loop.h/loop_stop().") == ["loop.h/loop_stop().", "unix/loop.c/loop_stop()."]


def test_what_only_its_file_sees_is_nobodys_definition(view: View) -> None:
    """A static function of the declared one's name is another function: the name alone fits both."""
    assert meant(view, symbol="loop.h/reset().") == ["loop.h/reset()."]
    with pytest.raises(AmbiguousSymbol):
        meant(view, symbol="reset")


def test_one_symbol_is_the_definition(view: View) -> None:
    """Where one symbol is wanted, as for what is like it, that is what has a body, if there is one."""
    assert find_target(view, CalleesParams(symbol="Box.close")).id == CLOSED
    with pytest.raises(AmbiguousSymbol):
        find_target(view, CalleesParams(symbol="loop_run"))


def test_a_class_is_found_before_its_constructors(view: View) -> None:
    """Those that stand outside of it, too, which are called like it."""
    found = find_target(view, CalleesParams(symbol="Box"))
    assert (found.id, found.kind) == ("box.h/Box#", SymbolKind.CLASS)
