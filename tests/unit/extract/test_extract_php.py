"""Extraction of PHP: definitions, full names, types, chains and branches (`languages.php`)."""

from __future__ import annotations

import random

import pytest

from codegraph.core.facts import SPELLED, FileFacts, Role
from codegraph.core.symbols import SymbolKind
from codegraph.extract.extractor import Limits, extract

SOURCE = r"""<?php
namespace A\B;
use X\Y as Z, Q;
use G\{P, function go, const LIMIT};
/** A box. */
#[Mark(1)]
final class Box extends \D\Base implements Thing {
  use T, S { S::hi insteadof T; T::hi as protected other; }
  const ONE = 1, TWO = self::ONE;
  private ?Part $part = null, $more;
  /** @var P[] */
  private $all = [];
  public function __construct(private readonly Z|Q $z, int ...$n) { $this->late = new P(); }
  /** @param P $p
   *  @return array<int, Q> */
  function fill(Part $part, $p): static {
    $part->move()->go(); $p->run(); $unknown->run(); static::ONE; parent::fill(); go(); bar(); \strlen(LIMIT);
    foreach ($this->all as $one) { $one->x?->run(); }
    return new static;
  }
}
enum Suit: string { case Up = 'u'; const X = self::Up; }
function out() { return new class extends Box { function own() {} function f() { $this->own(); $this->fill(); } }; }
define('NAME', 1);
require __DIR__ . '/other.php';
"""


def facts(source: str) -> FileFacts:
    return extract(source.encode(), "php", Limits())


def mentions(code: str) -> set[str]:
    """Return the mentions of the body of a function, as text."""
    found = facts(f"<?php function f(A $a, $x) {{ {code} }}").occurrences.references
    return {f"{one.role.name} {'|'.join(one.chain)}" for one in found}


def test_definitions() -> None:
    """Properties have their sign; promoted ones belong to the class; an anonymous class defines nothing."""
    definitions = facts(SOURCE).outline.definitions
    assert {each.descriptor: each.kind for each in definitions[1:]} == {
        "Box#": SymbolKind.CLASS,
        "Box#ONE.": SymbolKind.CONSTANT,
        "Box#TWO.": SymbolKind.CONSTANT,
        "Box#$part.": SymbolKind.CONSTANT,
        "Box#$more.": SymbolKind.CONSTANT,
        "Box#$all.": SymbolKind.CONSTANT,
        "Box#__construct().": SymbolKind.METHOD,
        "Box#$z.": SymbolKind.CONSTANT,
        "Box#fill().": SymbolKind.METHOD,
        "Suit#": SymbolKind.ENUM,
        "Suit#Up.": SymbolKind.CONSTANT,
        "Suit#X.": SymbolKind.CONSTANT,
        "out().": SymbolKind.FUNCTION,
        "NAME.": SymbolKind.CONSTANT,
    }


def test_mentions_are_full_names_and_members() -> None:
    """Names are full ones, local names are replaced by their types, and what nobody knows is an open receiver."""
    found = {f"{one.role.name} {'|'.join(one.chain)}" for one in facts(SOURCE).occurrences.references}
    expected = r"""
        DECORATOR \A\B\Mark; INHERIT \D\Base; IMPLEMENT \A\B\Thing; INHERIT \A\B\T; INHERIT \A\B\S
        READ \A\B\S|hi(); READ \A\B\T|hi(); READ @class|ONE; TYPE \A\B\Part; TYPE \X\Y; TYPE \Q; CALL \G\P|<new>
        READ @self|$late; CALL \A\B\Part|()|move(); CALL \A\B\Part|()|move()|()|go(); CALL \G\P|()|@guess|run()
        CALL ()|run(); CALL @super|fill(); CALL f:G\go; CALL f?A\B\bar; CALL f:strlen; READ c:G\LIMIT
        READ @self|$all; READ @self|$all|[]|$x; CALL @self|$all|[]|$x|run(); CALL @class|<new>; READ @class|Up
        CALL \A\B\Box|<new>; CALL \A\B\Box|()|fill(); CALL f?A\B\define"""
    assert found == {each.strip() for line in expected.strip().splitlines() for each in line.split(";")}


def test_bindings_say_what_members_are() -> None:
    """Declared types first, then documented ones; what is assigned and returned; names, kinds and bases."""
    bound = {(one.owner, one.name): one.chain for one in facts(SOURCE).occurrences.bindings}
    assert bound[1, "@name"] == ("A\\B\\Box",)
    assert bound[1, "$part"] == ("\\A\\B\\Part", "()")
    assert bound[1, "$all"] == ("\\G\\P", "()", "@of", "@guess")
    assert bound[1, "$z"] == ("|\\X\\Y|\\Q",)
    assert bound[1, "=$late"] == ("\\G\\P", "()")
    assert bound[9, "()"] == ("@static",)
    assert bound[10, "Up"] == ("@class", "()")
    assert bound[1, "@alias other()"] == ("\\A\\B\\T", "hi()")
    bases = [one.chain for one in facts(SOURCE).occurrences.bindings if one.name == "@base"]
    assert bases == [("inherit", "\\D\\Base"), ("implement", "\\A\\B\\Thing"), ("use", "\\A\\B\\T", "hi()"),
                     ("use", "\\A\\B\\S")]  # fmt: skip


def test_imports() -> None:
    """One each of a class, of a function (level 1), of a constant (level 2), and a file whose path is written out."""
    found = [(one.module, one.name, one.alias, one.level) for one in facts(SOURCE).occurrences.imports]
    assert found == [("X", "Y", "Z", 0), ("", "Q", "Q", 0), ("G", "P", "P", 0), ("G", "go", "go", 1),
                     ("G", "LIMIT", "LIMIT", 2), ("./other.php", "", "", 0)]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("$b = new B; $b->go();", "CALL \\B|()|go()"),
        ("if ($q) { $a = new B; } $a->go();", "CALL |\\A|\\B|go()"),
        ("if ($q) { $a = new B; return; } $a->go();", "CALL \\A|()|go()"),
        ("if ($x instanceof B) { $x->go(); }", "CALL \\B|()|go()"),
        ("if (!$x instanceof B) { return; } $x->go();", "CALL \\B|()|go()"),
        ("if ($x instanceof B) { } $x->go();", "CALL ()|go()"),
        ("$x instanceof B && $x->go();", "CALL \\B|()|go()"),
        ("$x = $q ? new B : null; $x->go();", "CALL \\B|()|go()"),
        ("/** @var B[] $x */ foreach ($x as $y) { $y->go(); }", "CALL \\B|()|@of|@guess|[]|go()"),
        ("/** @var B */ $y = q(); $y->go();", "CALL \\B|()|@guess|go()"),
        ("try { } catch (B | C $e) { $e->go(); }", "CALL |\\B|\\C|go()"),
        ("$f = fn(B $b): C => $b; $f()->go();", "CALL \\C|()|go()"),
        ("q()->make(B::class)->go();", "CALL f?q|()|make()|()|@or\\B|go()"),
        ("g([$this, 'go'], [B::class, 'run']);", "READ \\B|@guess|run()"),
        ("g($a->go(...));", "READ \\A|()|go()"),
    ],
)
def test_simple_flow(code: str, expected: str) -> None:
    """Assignments, branches, conditions, loops, comments and closures say what a local name is."""
    assert expected in mentions(code)


def test_documented_types() -> None:
    """Unions, containers, shapes and callables are read; scalars and null have no members."""
    comment = "/** @return {} */"
    for written, chain in {
        "B|null": ("\\B", "()", "@guess"),
        "?B": ("\\B", "()", "@guess"),
        "list<array<int, B>>": ("\\B", "()", "@of", "@of", "@guess"),
        "Collection<int, B>|C": ("|\\Collection|\\C", "@guess"),
        "$this": ("@static", "@guess"),
        "(B|C)[]": ("|\\B|\\C", "@of", "@guess"),
    }.items():
        bound = facts("<?php " + comment.replace("{}", written) + " function f() {}").occurrences.bindings
        assert [one.chain for one in bound if one.name == "()"] == [chain]
    for written in ("int|string", "array{a: B}", "callable(B): C", "mixed"):
        bound = facts("<?php " + comment.replace("{}", written) + " function f() {}").occurrences.bindings
        assert [one.chain for one in bound if one.name == "()"] == []


def test_documentation_of_nothing_is_no_property() -> None:
    """A tag that names no variable says nothing of any."""
    bound = facts("<?php /** @property tags array\n * @property B $b */ class A {}").occurrences.bindings
    assert [one.name for one in bound if not one.name.startswith("@")] == ["$b"]


def test_strings_that_name_what_is_called_are_mentions() -> None:
    """A method always; a function if it is given to what takes names of functions."""
    found = facts(
        "<?php namespace App; function mine($x) {} function run($x) {"
        " usort($x, 'App\\A::f'); usort($x, 'other'); use_it('App\\mine', 'mine'); function_exists('mine');"
        " call_user_func('App\\mine');"
        " add_action('init', \"mine\"); log('self::f', 'a b', 'x::'); }"
    )
    named = [each for each in found.occurrences.references if each.role is Role.READ]
    assert [each.chain for each in named] == [
        ("\\App\\A", "@guess", "f()"),
        ("f:other",),
        ("f:init",),
        ("f:mine",),
    ]


ROUTES = r"""<?php
use App\Http\PhotoController;
Route::resource('photos', PhotoController::class)->only(['index']);
Route::get('/old', 'Admin\OldController@run');
Route::controller(PhotoController::class)->prefix('x')->group(function () {
    Route::get('/orders/{id}', 'inside');
    if (true) { Route::middleware('web')->post('/orders', 'stored'); }
});
Route::get('/none', 'outside');
view('show', PhotoController::class);
"""


def test_routes_of_laravel_name_methods() -> None:
    """The actions of a resource, `Controller@method`, and a name in a group that belongs to a controller."""
    found = extract(ROUTES.encode(), "php", Limits()).occurrences.references
    named = {("".join(each.chain[:-2]), each.chain[-1], each.role) for each in found if "@guess" in each.chain}
    actions = ("index", "create", "store", "show", "edit", "update", "destroy", "inside", "stored")
    assert named == {("\\App\\Http\\PhotoController", f"{name}()", Role.READ) for name in actions} | {
        ("\\App\\Http\\Controllers\\Admin\\OldController", "run()", Role.READ)
    }


def test_strings_that_spell_a_name_of_several_words_may_be_called() -> None:
    """As arguments; what takes names of functions, keys, elements, single words and constants are no such strings."""
    source = (
        "<?php trigger('X', 'act_now', 'actLater', 'some', 'GET_IT', $a['act_no'], ['act_no']); usort($a, 'by_size');"
    )
    named = [each.chain for each in extract(source.encode(), "php", Limits()).occurrences.references]
    assert [chain for chain in named if "act" in chain[-1]] == [(SPELLED, "act_now"), (SPELLED, "actLater")]
    assert any("by_size" in chain[-1] and chain[0] != SPELLED for chain in named)


def test_scripts_in_the_markup_are_named_but_not_parsed() -> None:
    """What a handler calls, and a script around PHP, belongs to the function that it stands in; text names nothing."""
    source = (
        '<?php function show($x) { ?>\n<div onclick="open(<?= $x ?>)">text here()</div>\n'
        "<script>\n  start(<?php f($x); ?>).run()\n</script>\n<?php g(); } ?>\n"
        "<a onclick='close()'>h()</a>\n<?php h();\n"
    )
    found = extract(source.encode(), "php", Limits())
    named = [(each.owner, each.chain[-1], each.positions[:2]) for each in found.occurrences.references]
    assert found.outline.problems == ()
    assert [each for each in named if "?" not in each[1]] == [
        (1, "open", (1, 14)),
        (1, "start", (3, 2)),
        (1, "run", (3, 25)),
        (0, "close", (6, 12)),
    ]


def test_long_and_deep_expressions_have_no_chain() -> None:
    """Chains, types and nesting are bounded."""
    for text in ("$a" + "->b()" * 3000, "$a" + "??$a" * 3000, "(" * 300 + "$a" + ")" * 300, "$a" + "[0]" * 3000):
        assert facts("<?php function f($a) { $x = " + text + "; $x->go(); }").outline.definitions
    assert facts("<?php /** @return " + "array<" * 300 + " */ function f() {}").outline.definitions


def test_damaged_sources_are_data() -> None:
    """Cut and spliced sources raise nothing, and their definitions stay well-formed."""
    draw, source = random.Random("php"), SOURCE.encode()
    for _ in range(150):
        data = bytearray(source)
        for _ in range(draw.randint(1, 4)):
            at, to = sorted((draw.randrange(len(data) + 1), draw.randrange(len(data) + 1)))
            data[at : to if draw.random() < 0.5 else at] = draw.choice([b"", source[at:to], draw.randbytes(3)])
        definitions = extract(bytes(data), "php", Limits()).outline.definitions
        assert len({each.descriptor for each in definitions}) == len(definitions)
        assert all(each.container < index for index, each in enumerate(definitions))
