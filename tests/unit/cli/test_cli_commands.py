"""Every command against a fake daemon: what is asked, what is printed, how it ends."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from fake_project import GET, LOAD, OTHER_LOAD, SYMBOLS

from codegraph.cli.records import signature_text
from codegraph.cli.status import status_record
from codegraph.daemon.operations import Progress
from codegraph.errors import StoreFull
from codegraph.events import FilesChanged, WatchTrouble


def asked(console: Any) -> Any:
    """Return the parameters of the last request."""
    return console.daemon.service.calls[-1]


def test_search_json_has_the_promised_format(console: Any) -> None:
    """{"clock", "results": [{id, name, kind, file, start_line, end_line, score, state, signals}]}, lines from 1."""
    found = console.json("search", "get", "things", "-n", "1")
    assert found.pop("understood").keys() >= {"text", "kinds", "phrases"}
    assert found == {
        "clock": "fake:7",
        "folded": [],
        "results": [
            {
                "id": "pkg/store.py/Store#get().",
                "name": "get",
                "kind": "method",
                "file": "pkg/store.py",
                "start_line": 5,
                "end_line": 7,
                "score": 1.0,
                "state": "stale",
                "signals": {"vector_rank": 1.0},
            }
        ],
    }
    assert console.out.count("\n") == 1


def test_search_passes_everything_on(console: Any) -> None:
    """Words, filters, limit and waiting reach the daemon."""
    console.run(
        *("search", "retry", "back off", "--kind", "class", "--kind", "method", "--language", "python"),
        *("--path", "pkg/**", "--wait", "embedded", "--timeout", "2.5", "--limit", "7"),
    )
    params = asked(console)
    assert params.query == "retry back off"
    assert params.filters.kinds == ("class", "method")
    assert params.filters.languages == ("python",)
    assert params.filters.paths == ("pkg/**",)
    assert (params.wait, params.timeout, params.limit) == ("embedded", 2.5, 7)


def test_queries_wait_for_the_index_by_default(console: Any) -> None:
    """What was noticed before a command is in its answer, unless one says otherwise."""
    console.run("search", "x")
    console.run("callers", "get", "--wait", "none")
    assert console.daemon.service.waits == ["indexed"]


def test_search_for_people(console: Any) -> None:
    """Without a terminal: aligned columns, no colour, the state as a word, file:line."""
    assert console.run("search", "get") == 0
    lines = console.out.splitlines()
    assert lines[0].split() == ["SCORE", "STATE", "KIND", "SYMBOL", "PLACE"]
    assert lines[1].split() == ["1.000", "stale", "method", "pkg.store.Store.get", "pkg/store.py:5"]
    assert "\x1b" not in console.out
    assert console.run("search", "get", "--why") == 0
    lines = console.out.splitlines()
    assert [lines[0].split()[5:], lines[1].split()[5:]] == [["BECAUSE", "OF"], ["vector_rank=1"]]


def test_an_empty_answer_says_why(console: Any) -> None:
    """The reason of an empty answer is printed, in JSON too."""
    assert console.run("search", "nothing") == 0
    assert console.out == "nothing matches\n"
    found = console.json("search", "nothing")
    assert (found["clock"], found["results"], found["reason"]) == ("fake:7", [], "no_match")
    assert console.run("callers", "Store") == 0
    assert console.out == "pkg.store.Store: none in this project\n"


def test_copies_are_folded_unless_all_are_wanted(console: Any) -> None:
    """`--all` asks for copies as results; else they are counted beside the result that they repeat."""
    console.run("search", "things", "--all")
    assert asked(console).fold is False
    console.run("search", "copies")
    assert asked(console).fold is True
    assert [line.split()[5:] for line in console.out.splitlines()[:3]] == [["COPIES"], [], ["1"]]
    assert "1 copies of these are folded: --all shows them" in console.out
    folded = console.json("search", "copies")["folded"]
    assert [(each["id"], each["folded_under"]) for each in folded] == [(OTHER_LOAD.id, LOAD.id)]


def test_similar(console: Any) -> None:
    """A symbol, or a piece of code, is compared; one of them must be given."""
    assert len(console.json("similar", "get")["results"]) == 3
    assert asked(console).symbol == "get"
    assert len(console.json("similar", "--text", "def f(): pass")["results"]) == 3
    assert (asked(console).symbol, asked(console).text) == ("", "def f(): pass")
    assert console.run("similar") == 2


def test_similar_reads_code_from_standard_input(console: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dash stands for standard input, as the symbol and as the code, under either name of the option."""
    for argv in (("-",), ("--code", "-"), ("--text", "-")):
        monkeypatch.setattr("sys.stdin", io.StringIO("def piped(): pass"))
        console.run("similar", *argv)
        assert (asked(console).text, asked(console).symbol) == ("def piped(): pass", "")


def test_similar_to_nothing_is_refused(console: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blank code is no question; nobody is asked."""
    monkeypatch.setattr("sys.stdin", io.StringIO(" \n"))
    for argv in (("-",), ("--code", ""), ("--code", "  ")):
        assert console.run("similar", *argv) == 4
        assert "no code" in console.err


def test_similar_to_what_stands_at_a_place(console: Any) -> None:
    """FILE:LINE, counted from 1."""
    console.run("similar", "pkg/store.py:9")
    assert (asked(console).file, asked(console).line, asked(console).text) == ("pkg/store.py", 8, "")


def test_symbols(console: Any) -> None:
    """Symbols by name, by file, and at a place; JSON holds the name's place and the extent."""
    found = console.json("symbols", "load")
    assert [symbol["id"] for symbol in found["symbols"]] == ["pkg/other.py/load().", "pkg/store.py/load()."]
    assert found["symbols"][1] == {
        "id": LOAD.id,
        "name": "load",
        "qualified_name": "pkg.store.load",
        "kind": "function",
        "language": "python",
        "file": "pkg/store.py",
        "line": 9,
        "column": 4,
        "start_line": 9,
        "end_line": 11,
        "state": "fresh",
        "signature": "def load ( key )",
        "parse_error": False,
    }
    console.run("symbols", "--file", "pkg/store.py", "--kind", "class")
    assert (asked(console).file, asked(console).kinds) == ("pkg/store.py", ("class",))
    console.run("symbols", "--at", "pkg/store.py:5:4", "--match", "prefix")
    assert (asked(console).line, asked(console).character, asked(console).match) == (4, 4, "prefix")


@pytest.mark.parametrize("text", ["pkg/store.py/Store#get().", "pkg.store.Store.get", "get", "pkg/store.py:5"])
def test_a_symbol_can_be_named_in_four_ways(console: Any, text: str) -> None:
    """Id, qualified name, bare name and place mean the same symbol."""
    assert [symbol["id"] for symbol in console.json("definition", text)["symbols"]] == [GET.id]


def test_an_unknown_symbol(console: Any) -> None:
    """Exit 5, and standard error says what happened and what to do next."""
    assert console.run("callers", "nobody") == 5
    assert console.out == ""
    assert console.err == "codegraph: no symbol nobody\n  next: `codegraph search` finds symbols by words\n"


def test_an_ambiguous_symbol(console: Any) -> None:
    """Exit 5, and all candidates are listed."""
    assert console.run("callers", "load") == 5
    assert "pkg/other.py/load()." in console.err
    assert "pkg/store.py/load()." in console.err


def test_errors_with_json(console: Any) -> None:
    """With --json an error is an object on standard output as well."""
    assert console.run("callers", "nobody", "--json") == 5
    error = json.loads(console.out)["error"]
    assert error["kind"] == "SymbolNotFound"
    assert error["advice"]


def test_an_error_of_the_daemon_has_its_exit_code(console: Any) -> None:
    """The kind of an error decides the exit code, wherever it arose."""
    console.daemon.service.failures["search"] = StoreFull("no room on /state", "free some space")
    assert console.run("search", "x") == 6
    assert "no room on /state" in console.err


@pytest.mark.parametrize(
    ("argv", "other"),
    [
        (("callers", "get"), "load"),
        (("references", "get"), "load"),
        (("callees", "pkg.store.load"), "get"),
        (("dependencies", "pkg.store.load"), "get"),
        (("dependencies", "get", "--reverse"), "load"),
    ],
)
def test_edges(console: Any, argv: tuple[str, ...], other: str) -> None:
    """Each edge is shown with its other end, kind, confidence and place."""
    found = console.json(*argv)
    (edge,) = found["edges"]
    assert edge["symbol"]["name"] == other
    assert (edge["kind"], edge["confidence"], edge["distance"]) == ("calls", "exact", 1)
    assert edge["at"] == {"file": "pkg/store.py", "line": 10, "column": 11}
    assert found["reason"] == ""
    assert console.run(*argv) == 0
    assert "pkg/store.py:10" in console.out


def test_edges_pass_their_options_on(console: Any) -> None:
    """Depth, kinds, direction and limit reach the daemon."""
    console.run("dependencies", "get", "--depth", "3", "--kind", "calls", "--kind", "imports", "--reverse", "-n", "5")
    params = asked(console)
    assert (params.depth, params.kinds, params.reverse, params.limit) == (3, ("calls", "imports"), True, 5)
    console.run("impact", "get", "--depth", "2")
    assert asked(console).depth == 2
    console.run("impact", "get")
    assert asked(console).depth is None


def test_impact_says_whether_it_is_all(console: Any) -> None:
    """A lower bound is named as one, with its causes."""
    found = console.json("impact", "get")
    assert found["bound"] == "lower_bound"
    assert found["causes"] == [
        {"reason": "dynamic", "count": 2, "examples": [{"file": "pkg/other.py", "line": 4, "column": 0}]}
    ]
    assert found["affected"][0]["route"] == [LOAD.id, GET.id]
    console.run("impact", "get")
    assert "1 symbols in 1 files" in console.out
    told = "dynamic (2): calls of what is computed or handed on as a value, for example at pkg/other.py:4"
    assert f"this may not be all:\n    {told}\n" in console.out


def test_explain(console: Any) -> None:
    """The summary, the rule, the origin and the route are shown."""
    found = console.json("explain", "get")
    assert (found["outcome"], found["rule"], found["origin"]) == ("cut_off", "signature", "pkg/store.py/Store#")
    assert found["symbol"]["id"] == GET.id
    console.run("explain", "get")
    assert "The signature of Store changed" in console.out
    assert "pkg/store.py/Store#get().  ->  pkg/store.py/Store#" in console.out


def test_embed(console: Any) -> None:
    """Vectors of symbols and texts, whole in JSON."""
    found = console.json("embed", "get", "--text", "a b")
    assert [e["source"] for e in found["embeddings"]] == [GET.id, "text:0"]
    assert found["embeddings"][1]["vector"] == [0.6, 0.8]
    assert console.run("embed", "get") == 0
    assert "+0.6000 +0.8000" in console.out


def test_status_shows_everything(console: Any) -> None:
    """Every figure that the issue of this command names has its place."""
    assert console.run("status") == 0
    for text in (
        "! watching by polling",
        "2 files, 5 symbols, 1 edges",
        "fake:7",
        "lane cold",
        "1 pending, 0 stale",
        "90.0% hits of 10",
        "0 evictions",
        "12 avoided",
        "1 touched, 2 marked, 1 cut off, 0 reused, 1 embedded",
        "extract 4.5, link 0.8 ms",
        "native, healthy",
        "idle, process 4712",
        "lexical, 256 dimensions",
        "daemon 47.7 MiB",
        "binary 1",
        "dynamic 2",
        "up 1 h 1 min",
        "failed), P50",
    ):
        assert text in console.out, text


def test_status_json(console: Any) -> None:
    """The API's fields, and the hit rates."""
    found = console.json("status")
    assert found["symbols"] == 5
    assert found["lanes"] == [
        {"lane": "own", "pending": 0, "stale": 1},
        {"lane": "cold", "pending": 1, "stale": 0},
    ]
    assert found["hot"]["hit_rate"] == pytest.approx(0.9)
    assert found["last_change"]["milliseconds"] == {"extract": 4.5, "link": 0.8}
    assert found["requests"]["count"] >= 1
    assert callable(status_record)


def test_status_does_not_start_a_daemon(console: Any) -> None:
    """Looking must not change anything: without a daemon status ends with 8 and says how to start one."""
    console.daemon.stop()
    assert console.run("status") == 8
    assert "codegraph start" in console.err


def test_index_goes_through_the_daemon(console: Any) -> None:
    """With a daemon running the index is built there; JSON ends with one line of figures."""
    console.daemon.service.progress = (Progress(stage="embed", done=1, total=2),)
    assert console.json("index", "--rebuild", "--no-embed") == {
        "files": 2,
        "symbols": 5,
        "edges": 1,
        "embedded": 4,
        "reused": 1,
        "seconds": {"extract": 0.2, "total": 0.3},
    }
    assert (asked(console).rebuild, asked(console).embed) == (True, False)
    assert console.run("index") == 0
    assert "4 vectors computed, 1 reused" in console.out
    assert console.err == ""


def test_settings_do_not_go_to_a_running_daemon(console: Any) -> None:
    """`index --set` beside a running daemon would be ignored, so it is refused."""
    assert console.run("index", "--set", "cascade.depth=1") == 2
    assert "codegraph restart" in console.err


def test_nothing_to_embed_is_refused(console: Any) -> None:
    """Without a symbol or a text there is no answer, so there is an error."""
    assert console.run("embed") == 2
    assert "--text" in console.err


def test_verify(console: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """{"equal", "differences"}; exit 0 when equal, 1 when not."""
    assert console.json("verify") == {"equal": True, "differences": {}}
    console.run("verify")
    assert "equal" in console.out
    from codegraph.daemon.operations import VerifyResult

    async def different(params: object) -> VerifyResult:
        lines = {"edges": ("a -> b: only on disk",)}
        return VerifyResult(clock="fake:7", equal=False, differences=lines, counts={}, seconds=0.1)

    monkeypatch.setattr(console.daemon.service, "verify", different)
    assert console.run("verify", "--json") == 1
    assert json.loads(console.out) == {"equal": False, "differences": {"edges": ["a -> b: only on disk"]}}
    assert console.run("verify") == 1
    assert "only on disk" in console.out


def test_events(console: Any) -> None:
    """Events are printed one a line, the remembered ones first with --recent."""
    console.daemon.service.publish(WatchTrouble(reason="overflow", detail="queue", at=0.0))
    assert console.json("events", "--recent", "--count", "1", "--type", "watch_trouble") == {
        "type": "watch_trouble",
        "at": 0.0,
        "reason": "overflow",
        "detail": "queue",
    }
    console.run("events", "--recent", "--count", "1")
    assert "watch_trouble" in console.out
    assert "reason=overflow  detail=queue" in console.out
    console.daemon.service.publish(FilesChanged(written=("a.py", "b.py"), deleted=()))
    console.run("events", "--recent", "--count", "2")
    assert "written=a.py,b.py  deleted=" in console.out


def test_the_small_commands(console: Any) -> None:
    """sync, skipped, cache, models and metrics print what the daemon says."""
    assert console.json("sync") == {"clock": "fake:7", "pending": 1, "seconds": 0.01}
    assert console.json("skipped")["files"] == [{"file": "logo.png", "reason": "binary", "detail": ""}]
    assert console.run("skipped", "--reason", "binray") == 0
    assert console.out == "no file is left out for the reason binray; the reasons here are: binary\n"
    assert console.json("cache", "prune")["hot"]["entries"] == 5
    assert asked(console).action == "prune"
    assert console.json("models")["models"][0]["name"] == "lexical"
    assert console.json("models", "lexical")["models"][0]["active"] is True
    assert console.run("models", "nothing") == 3
    assert console.run("metrics") == 0
    assert console.out.startswith("# TYPE codegraph_symbols gauge\n")
    for argv in (("sync",), ("skipped",), ("cache", "clear"), ("models",), ("models", "lexical")):
        assert console.run(*argv) == 0
        assert console.out


def test_a_query_starts_the_daemon(console: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """When none runs, a query starts one for the project and is then answered."""
    from codegraph.daemon import lifecycle

    console.daemon.stop()
    started = []

    def start(root: object, locations: object, settings: object) -> int:
        started.append(str(root))
        console.daemon.__enter__()
        return 1

    monkeypatch.setattr(lifecycle, "start_daemon", start)
    assert len(console.json("symbols")["symbols"]) == len(SYMBOLS)
    assert started == [console.daemon.service.root]


def test_wrong_usage_ends_with_2(console: Any) -> None:
    """argparse's own errors have the documented exit code."""
    for argv in (("search",), ("frobnicate",), ("search", "x", "-n", "0"), ("search", "x", "--timeout", "-1"), ()):
        assert console.run(*argv) == 2


def test_models_use(console: Any) -> None:
    """`models use NAME` asks the daemon for another model and says what waits; anything else is wrong usage."""
    assert console.run("models", "use", "codebert") == 0
    assert [call.name for call in console.daemon.service.calls if call.method == "use_model"] == ["codebert"]
    assert console.out == "codebert is in use; 5 keys wait, old vectors are served as stale until then\n"
    assert console.json("models", "use", "codebert")["changed"] is True
    for words in (("use",), ("list", "codebert"), ("use", "a", "b")):
        assert console.run("models", *words) == 2


def test_a_directory_as_a_model_is_seen_from_the_working_directory(console: Any) -> None:
    """The daemon stands elsewhere, so it is told the whole path; a name with a slash that is no directory stays one."""
    (Path.cwd() / "models" / "ours").mkdir(parents=True)
    for name in ("models/ours", "./models/ours", "org/ours"):
        assert console.run("models", "use", name) == 0
    ours = str(Path.cwd() / "models" / "ours")
    assert [call.name for call in console.daemon.service.calls if call.method == "use_model"] == [
        ours,
        ours,
        "org/ours",
    ]


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        ("def of ( cls , * names : str , key : t . Any ) -> URL", "def of(cls, *names: str, key: t.Any) -> URL"),
        ("@ property def size ( self ) -> dict [ str , int ]", "@property def size(self) -> dict[str, int]"),
        ("def f ( a , * , b = ' , a : b' , c = 2 * 3 )", "def f(a, *, b = ' , a : b', c = 2 * 3)"),
        ("const std :: string & name ( int a ) const", "const std::string & name(int a) const"),
        ("func ( c * Client ) Do ( more ... string ) error", "func(c * Client) Do(more ... string) error"),
    ],
)
def test_signatures_are_shown_as_people_write_them(tokens: str, text: str) -> None:
    """What stands in a string stays as it is; programs get the tokens."""
    assert signature_text(tokens) == text


@pytest.mark.parametrize(
    ("command", "typed"),
    [
        *((name, GET.name) for name in ("callers", "callees", "references", "dependencies", "impact", "explain")),
        *((name, GET.name) for name in ("symbols", "definition", "embed")),
        ("clones", "."),
        ("skipped", ""),
    ],
)
def test_the_manual_names_every_field_of_the_json(console: Any, command: str, typed: str) -> None:
    """docs/cli.md and what is printed do not drift apart: nothing listed is missing, nothing printed unlisted."""
    manual = (Path(__file__).parents[3] / "docs" / "cli.md").read_text(encoding="utf-8")
    (listed,) = re.findall(rf"^\|[^|]*`{command}`[^|]*\| `(\{{.*?\}})`", manual, re.MULTILINE)
    while (flat := re.sub(r":(\[[^][]*\]|\{[^{}]*\})", "", re.sub(r":\[\{[^][{}]*\}\]", "", listed))) != listed:
        listed = flat
    named = set(re.findall(r'"(\w+)"', listed))
    printed = set(console.json(command, *filter(None, [typed])))
    assert printed - {"is_fresh_instance"} <= named, printed - named
    assert named - {"reason"} <= printed, named - printed
