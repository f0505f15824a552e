"""The symbol table: values by contribution, changes by value, readers by key."""

from __future__ import annotations

import random

from codegraph.graph.resolve.keys import definition_key, directory_key, make_key, name_key, top_key
from codegraph.graph.resolve.scheme import MANY, Value
from codegraph.graph.table import SymbolTable, TracedReader

F = definition_key("a.py", "f")
ONE: Value = (("d", "f().", "function", ""),)
TWO: Value = (("d", "f(+1).", "function", ""),)


def test_a_new_value_is_a_changed_key() -> None:
    """A key that nobody contributed to before is reported once somebody does."""
    table = SymbolTable()
    assert list(table.update({"a.py": {F: ONE}})) == [F]
    assert table.value(F) == ONE


def test_an_equal_value_is_no_change() -> None:
    """Replacing contributions by equal ones reports nothing."""
    table = SymbolTable()
    table.update({"a.py": {F: ONE}})
    assert list(table.update({"a.py": {F: ONE}})) == []


def test_a_key_that_leaves_one_file_and_enters_another_is_no_change() -> None:
    """Changes are by value over the whole update: a shared key that only moved is not reported."""
    table = SymbolTable()
    key = directory_key("python", "pkg")
    table.update({"pkg/a.py": {key: ((),)}})
    assert list(table.update({"pkg/a.py": None, "pkg/b.py": {key: ((),)}})) == []


def test_a_deleted_file_takes_its_values_along() -> None:
    """After the last contributor is gone the key is missing, and its readers are still known."""
    table = SymbolTable()
    table.update({"a.py": {F: ONE}})
    table.set_reads("b.py", [F])
    assert list(table.update({"a.py": None})) == [F]
    assert table.value(F) is None
    assert table.readers([F]) == ["b.py"]


def test_misses_have_readers() -> None:
    """A file that asked for a missing key is among the readers when the key appears."""
    table = SymbolTable()
    reader = table.reader()
    assert reader.get(F) is None
    table.set_reads("b.py", reader.reads())
    assert table.readers(table.update({"a.py": {F: ONE}})) == ["b.py"]


def test_names_show_one_candidate_or_many() -> None:
    """The value of a name is capped: a third candidate changes nothing, so its readers are left alone."""
    table = SymbolTable()
    key = name_key("python", "run")
    entries = [(f"{letter}.py", "run().", "function") for letter in "abc"]
    assert list(table.update({"a.py": {key: (entries[0],)}})) == [key]
    assert table.value(key) == (entries[0],)
    assert list(table.update({"b.py": {key: (entries[1],)}})) == [key]
    assert table.value(key) == MANY
    assert list(table.update({"c.py": {key: (entries[2],)}})) == []
    assert list(table.update({"a.py": None, "c.py": None})) == [key]
    assert table.value(key) == (entries[1],)


def test_named_reads_the_name_key() -> None:
    """`named` is logged like any other question."""
    reader = TracedReader(SymbolTable())
    assert reader.named("python", "run") is None
    assert reader.reads() == (name_key("python", "run"),)


def test_shared_values_are_sorted_whatever_the_order_of_files() -> None:
    """The entries of a shared key do not show in which order files came in."""
    key = top_key("python", "pkg")
    values = []
    for paths in (["b/pkg/x.py", "a/pkg/x.py"], ["a/pkg/x.py", "b/pkg/x.py"]):
        table = SymbolTable()
        for path in paths:
            table.update({path: {key: ((path.split("/")[0], "p"),)}})
        values.append(table.value(key))
    assert values[0] == values[1] == (("a", "p"), ("b", "p"))


def test_contributions_and_reads_come_back_as_given() -> None:
    """What was put in can be read out for storing."""
    table = SymbolTable()
    offered = {F: ONE, name_key("python", "f"): (("a.py", "f().", "function"),)}
    table.update({"a.py": offered})
    table.update({"b.py": {name_key("python", "f"): (("b.py", "f().", "function"),)}})
    table.set_reads("a.py", ["k\x1f2", "k\x1f1"])
    assert table.contributions("a.py") == offered
    assert table.reads("a.py") == ("k\x1f1", "k\x1f2")
    assert table.contributions("c.py") == {}
    assert table.reads("c.py") == ()


def test_the_table_does_not_grow_with_history() -> None:
    """Keys without value and reader leave nothing behind."""
    table = SymbolTable()
    for number in range(100):
        table.update({"a.py": {definition_key("a.py", f"f{number}"): ONE}})
        table.set_reads("b.py", [definition_key("a.py", f"f{number}"), definition_key("a.py", f"g{number}")])
    assert len(table) <= 2
    table.update({"a.py": None})
    table.set_reads("b.py", ())
    assert len(table) == 0


def test_any_history_ends_in_the_state_of_a_new_table() -> None:
    """Values, readers and contributions depend on the present alone (checked on random histories)."""
    choose = random.Random(7)
    paths = [f"{letter}.py" for letter in "abcde"]
    for _ in range(30):
        table, offered, asked = SymbolTable(), dict[str, dict[str, Value]](), dict[str, list[str]]()
        for _ in range(25):
            path = choose.choice(paths)
            keys = [definition_key(path, "x"), name_key("python", "x"), directory_key("python", "")]
            if choose.random() < 0.25:
                offered.pop(path, None)
                asked.pop(path, None)
            else:
                offered[path] = {key: ((path, choose.choice("pq")),) for key in keys if choose.random() < 0.7}
                asked[path] = [
                    key for key in [*keys, make_key("def", choose.choice(paths), "x")] if choose.random() < 0.5
                ]
            before, now = set(table.reads(path)), set(asked.get(path, ()))
            table.update({path: offered.get(path)})
            if choose.random() < 0.5:
                table.change_reads(path, sorted(now - before), sorted(before - now))
            else:
                table.set_reads(path, asked.get(path, ()))
        new = SymbolTable()
        new.update(dict(reversed(list(offered.items()))))
        for path, keys in asked.items():
            new.set_reads(path, keys)
        every = [make_key("def", path, "x") for path in paths] + [name_key("python", "x"), directory_key("python", "")]
        assert [table.value(key) for key in every] == [new.value(key) for key in every]
        assert [table.readers([key]) for key in every] == [new.readers([key]) for key in every]
        assert [table.contributions(path) for path in paths] == [new.contributions(path) for path in paths]


def test_forgetting_files_together_leaves_what_forgetting_them_one_by_one_does() -> None:
    """Keys keep their other readers, and those that nobody reads or offers are gone."""
    choose = random.Random(5)
    keys = [definition_key("a.py", f"f{number}") for number in range(12)]
    for _ in range(40):
        together, single = SymbolTable(), SymbolTable()
        files = [f"b{number}.py" for number in range(8)]
        reads = {path: choose.sample(keys, choose.randrange(len(keys))) for path in files}
        gone = choose.sample(files, choose.randrange(len(files) + 1))
        for table in (together, single):
            table.update({"a.py": dict.fromkeys(keys[:4], ONE)})
            for path, asked in reads.items():
                table.set_reads(path, asked)
        together.forget_reads(gone)
        for path in gone:
            single.set_reads(path, ())
        assert [together.readers([key]) for key in keys] == [single.readers([key]) for key in keys]
        assert [together.reads(path) for path in files] == [single.reads(path) for path in files]
        assert len(together) == len(single)
