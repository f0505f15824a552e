"""Groups of clones: what is one, what is told once, and what does not matter."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from codegraph.core.facts import decode_own_tokens
from codegraph.core.symbols import CloneKind
from codegraph.extract.extractor import Limits, extract
from codegraph.search.clones import CloneBounds, CloneGroup, Clones, FileUnits, find_clones
from codegraph.search.fingerprints import FileTokens, fingerprints

AVERAGE = '''
def average(values, weights):
    """Doc."""
    total = 0.0
    count = 0
    for value in values:
        if value is None:
            continue
        total += value * weights.get(value, 1.0)
        count += 1
    return total / max(count, 1)
'''
RENAMED = AVERAGE.replace("total", "summed").replace("value", "item").replace("average", "mean").replace("Doc", "Else")
NEAR = AVERAGE.replace("    count = 0\n", "    count = 0\n    print('begin')\n").replace("average", "almost")
INCONSISTENT = AVERAGE.replace("total / max(count", "count / max(total").replace("average", "wrong")
ANOTHER = """
def connect(host, port):
    with lock:
        for attempt in range(5):
            try:
                socket.open(host, port, timeout=attempt)
            except OSError as error:
                log.warning("no %s", error)
            else:
                return socket
    raise Unreachable(host)
"""
BOUNDS = CloneBounds(min_lines=3, min_tokens=20)


def units(sources: Mapping[str, str]) -> list[FileUnits]:
    """Return what `find_clones` takes, from texts."""
    made = []
    for path, text in sources.items():
        facts = extract(text.encode(), "python", Limits())
        definitions = facts.outline.definitions
        owns = [decode_own_tokens(facts.inputs[each.own]) for each in definitions]
        prints = next(fingerprints([FileTokens([own.name for own in owns], [bytes(own.tokens) for own in owns])]))
        assert prints is not None
        made.append(FileUnits(path, definitions, prints))
    return made


def names(sources: Mapping[str, str], group: CloneGroup) -> list[str]:
    """Return the names of a group's members; a module is its path."""
    files = {file.path: file for file in units(sources)}
    return [files[each.path].definitions[each.definition].name or each.path for each in group.members]


def found(sources: Mapping[str, str], bounds: CloneBounds = BOUNDS) -> list[tuple[str, list[str]]]:
    """Return kind and names of each group."""
    return [(group.kind, names(sources, group)) for group in find_clones(units(sources), bounds).groups]


def test_each_kind_is_told_for_what_it_is() -> None:
    """Equal, renamed and nearly equal functions; another function belongs to none."""
    other = {"b.py": "B = 1\n" + ANOTHER}
    assert found({"a.py": "A = 1\n" + AVERAGE, "c.py": "import c\n" + AVERAGE} | other) == [
        ("exact", ["average", "average"])
    ]
    assert found({"a.py": AVERAGE + RENAMED} | other) == [("renamed", ["average", "mean"])]
    assert found({"a.py": AVERAGE + NEAR} | other) == [("near", ["average", "almost"])]


def test_an_inconsistent_renaming_is_not_renamed() -> None:
    """Where two names change places in one statement the code says something else: near at best."""
    assert found({"a.py": AVERAGE + INCONSISTENT}, CloneBounds(frozenset({CloneKind.RENAMED}), 0.7, 3, 20)) == []


def test_one_group_holds_all_kinds_and_members_say_which_they_are() -> None:
    """A function is in one group at most; each member's kind is what it is to the first."""
    sources = {"a.py": AVERAGE, "b.py": "import b\n" + AVERAGE + NEAR, "c.py": "import c, d\n" + RENAMED + "C = 1\n"}
    groups = find_clones(units(sources), BOUNDS).groups
    assert [group.kind for group in groups] == [CloneKind.NEAR]
    kinds = dict(zip(names(sources, groups[0]), [each.kind for each in groups[0].members], strict=True))
    assert kinds["almost"] is CloneKind.NEAR
    assert kinds["mean"] is CloneKind.RENAMED
    assert 0.7 <= groups[0].similarity < 1


def test_asking_for_kinds_narrows_the_groups() -> None:
    """Only exact: the exact pairs alone, not the larger group that they are part of."""
    sources = {"a.py": AVERAGE, "b.py": "import b\n" + AVERAGE + NEAR}
    assert found(sources, CloneBounds(frozenset({CloneKind.EXACT}), 0.7, 3, 20)) == [("exact", ["average", "average"])]
    assert found(sources, CloneBounds(frozenset({CloneKind.RENAMED}), 0.7, 3, 20)) == []


CLASS = "class {0}:\n" + "\n".join(
    "    " + line for part in (AVERAGE, ANOTHER) for line in part.strip().replace("(", "(self, ", 1).splitlines()
)


def test_the_methods_of_equal_classes_are_not_told_again() -> None:
    """One group for the classes; a third copy of a method elsewhere makes a group of its own."""
    twice = {"a.py": CLASS.format("Store") + "\nA = 1\n", "b.py": "import b\n" + CLASS.format("Store")}
    assert found(twice) == [("exact", ["Store", "Store"])]
    loose = "import c, d, e\nclass Odd:\n    x = 1\n" + "\n".join(
        "    " + line for line in AVERAGE.strip().replace("(", "(self, ", 1).splitlines()
    )
    kinds = {("exact", ("Store", "Store")), ("exact", ("average", "average", "average"))}
    assert {(kind, tuple(members)) for kind, members in found(twice | {"c.py": loose})} == kinds


def test_equal_files_are_one_group() -> None:
    """Neither their classes nor their functions are told besides."""
    sources = {"a.py": CLASS.format("Store") + AVERAGE, "b.py": CLASS.format("Store") + AVERAGE}
    assert found(sources) == [("exact", ["a.py", "b.py"])]


def test_a_class_is_no_clone_of_its_method() -> None:
    """What lies in something is never grouped with it, however alike they are."""
    method = "\n".join("    " + line for line in AVERAGE.strip().splitlines())
    assert found({"a.py": f"class Only:\n{method}\n"}, CloneBounds(threshold=0.2, min_lines=3, min_tokens=10)) == []


def test_groups_of_tests_alone_come_last() -> None:
    """However much they repeat; a test that repeats the code itself is worth telling first."""
    sources = {
        **{f"tests/test_{count}.py": "import os\n" * count + AVERAGE for count in range(4)},
        "src/net.py": "N = 1\n" + ANOTHER,
        "tests/test_net.py": ANOTHER,
    }
    assert found(sources) == [("exact", ["connect"] * 2), ("exact", ["average"] * 4)]


def test_small_symbols_are_left_out() -> None:
    """By lines as well as by tokens."""
    sources = {"a.py": AVERAGE, "b.py": "import b\n" + AVERAGE}
    assert found(sources, CloneBounds(min_lines=30)) == []
    assert found(sources, CloneBounds(min_tokens=500)) == []


def test_tables_of_literals_have_no_shape() -> None:
    """Rows of numbers are equal or they are not; that both are rows says nothing."""
    table = "TABLE = [\n" + "".join(f"    {n},\n" for n in range(40)) + "]\n"
    other = "OTHER = [\n" + "".join(f"    {n * n + 1},\n" for n in range(40)) + "]\n"
    assert found({"a.py": table, "b.py": other}) == []
    assert found({"a.py": table, "b.py": "import b\n" + table}) == [("exact", ["TABLE", "TABLE"])]


PARTS = [AVERAGE, RENAMED, NEAR, INCONSISTENT, ANOTHER, ANOTHER.replace("attempt", "n"), CLASS.format("A"), "X = 1\n"]
TREES = st.dictionaries(
    st.sampled_from(["a.py", "b.py", "lib/c.py", "lib/d.py"]),
    st.lists(st.sampled_from(PARTS), max_size=4).map("\n".join),
    max_size=4,
)


@given(TREES, st.randoms(use_true_random=False), st.sampled_from([0.5, 0.7, 0.9]))
def test_order_does_not_matter_and_groups_are_sound(sources: dict[str, str], random: object, threshold: float) -> None:
    """Files in any order give the same; no unit is in two groups; a near group reaches its threshold pair by pair."""
    bounds = CloneBounds(threshold=threshold, min_lines=3, min_tokens=20)
    files = units(sources)
    expected = find_clones(files, bounds)
    random.shuffle(files)  # type: ignore[attr-defined]
    assert find_clones(files, bounds) == expected
    members = [(each.path, each.definition) for group in expected.groups for each in group.members]
    assert len(members) == len(set(members))
    for group in expected.groups:
        assert len(group.members) > 1
        assert group.members == tuple(sorted(group.members))
        assert threshold <= group.similarity <= 1
        _check_pairs(files, group, bounds)


def _check_pairs(files: list[FileUnits], group: CloneGroup, bounds: CloneBounds) -> None:
    """Any two members are clones by themselves, in a project of nothing else."""
    of_path = {file.path: file for file in files}
    for one, other in combinations({each.path for each in group.members}, 2):
        pair: Clones = find_clones([of_path[one], of_path[other]], bounds)
        assert pair.groups


SPREAD = """
def spread(graph, start, limit):
    found = []
    for node in graph.neighbours(start):
        if node.is_open() and node.distance(start) < limit:
            found.append(graph.label(node))
    graph.log("spread", len(found))
    return sorted(found)
"""
WRITTEN_ANEW = """
def reached(net, origin, most):
    if most is None:
        return []
    near = [each for each in net.neighbours(origin) if not (each.distance(origin) >= most or not each.is_open())]
    labels = [net.label(each) for each in near]
    net.log("reached", len(labels))
    labels = sorted(labels)
    return labels
"""


def test_semantic_clones_call_the_same_in_other_words() -> None:
    """They are found only if asked for, are told from near ones, and functions that call little are none."""
    sources = {"a.py": SPREAD + INCONSISTENT, "b.py": WRITTEN_ANEW + "\n\ndef g(a):\n    return a.b(a.c(a))\n"}
    everything = CloneBounds(frozenset(CloneKind), 0.7, 3, 20)
    assert found(sources, BOUNDS) == []
    assert found(sources, everything) == [("semantic", ["spread", "reached"])]
    with_copy = sources | {"c.py": SPREAD.replace("return sorted", "print(1)\n    return sorted")}
    groups = find_clones(units(with_copy), everything).groups
    kinds = {(member.path, member.kind) for group in groups for member in group.members}
    assert kinds == {("a.py", CloneKind.EXACT), ("b.py", CloneKind.SEMANTIC), ("c.py", CloneKind.NEAR)}
