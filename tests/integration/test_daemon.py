"""The daemon's whole API, over its socket, from a real daemon that follows real files."""

from __future__ import annotations

import itertools
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import psutil
import pytest
from installation import PATIENCE, Installation, clock_of, indexed, wait_for_end

from codegraph.client import Client
from codegraph.core.symbols import CloneKind, Freshness
from codegraph.daemon.lifecycle import running_daemon
from codegraph.daemon.messages import Bound, EmptyReason, Filters, Match, Wait
from codegraph.daemon.operations import CacheAction
from codegraph.daemon.searching import TRIED_OUT
from codegraph.errors import (
    AmbiguousSymbol,
    DaemonError,
    DaemonNotRunning,
    ProjectError,
    SymbolNotFound,
    SyncTimeout,
    UsageError,
)
from codegraph.events import Committed

SHOP = {
    "shop/__init__.py": '"""A shop."""\n',
    "shop/prices.py": '''"""What things cost."""

RATE = 0.2


def with_tax(amount: float) -> float:
    """Add the value added tax to an amount."""
    return amount * (1 + RATE)


def total(amounts):
    """Sum up what is to be paid."""
    return sum(with_tax(each) for each in amounts)
''',
    "shop/orders.py": '''"""Who buys what."""

from shop.prices import total, with_tax


class Order:
    """Some things that somebody buys."""

    def __init__(self, amounts):
        self.amounts = amounts

    def to_pay(self):
        return total(self.amounts)


class ExpressOrder(Order):
    def to_pay(self):
        return with_tax(super().to_pay())


def checkout(order: Order):
    return order.to_pay()
''',
    "tests/test_prices.py": "from shop.prices import total\n\n\ndef test_total():\n    assert total([]) == 0\n",
    "web/cart.ts": "export function addToCart(item: string): number {\n  return item.length;\n}\n",
}

TOTAL = "shop/prices.py/total()."
TESTED = "tests/test_prices.py/test_total()."
TAX = "shop/prices.py/with_tax()."


@pytest.fixture(scope="module")
def shop() -> Iterator[Installation]:
    """A small shop with a daemon; its tests only read."""
    with indexed(SHOP) as home:
        yield home


@pytest.fixture
def client(shop: Installation) -> Iterator[Client]:
    """A client of the shop's daemon."""
    with shop.client() as client:
        yield client


# --- questions -------------------------------------------------------------------------------------


def test_search_finds_by_words_and_says_why(client: Client) -> None:
    """The function that is described comes first, fresh, with the parts of its score."""
    found = client.search("add value added tax", limit=3)
    assert found.results[0].symbol.id == TAX
    assert found.results[0].symbol.state is Freshness.FRESH
    assert {"lexical", "vector"} <= found.results[0].signals.keys()
    assert len(found.results) <= 3


def test_search_for_nothing_finds_nothing(client: Client) -> None:
    """Blanks and signs are no question, though empty files have vectors that are near to them."""
    for blank in ("", " ", "\t\n", "???"):
        assert client.search(blank).results == ()


def test_search_filters(client: Client) -> None:
    """Kind, language and path narrow the results; a filter that leaves nothing is the reason given."""
    found = client.search("cart", filters=Filters(languages=("typescript",)))
    assert {hit.symbol.language for hit in found.results} == {"typescript"}
    found = client.search("total", filters=Filters(paths=("tests/**",)))
    assert {hit.symbol.file for hit in found.results} == {"tests/test_prices.py"}
    assert client.search("lang:klingon total").understood.not_filters == ("lang:klingon",)
    nothing = client.search("total", filters=Filters(paths=("nowhere/**",)))
    assert (nothing.results, nothing.reason) == ((), EmptyReason.FILTERED)


def test_similar_excludes_the_symbol_itself(client: Client) -> None:
    """Neighbours of a symbol do not include it; neighbours of a text are found as well."""
    assert TOTAL not in [hit.symbol.id for hit in client.similar(TOTAL).results]
    assert client.similar(text="def total(amounts): return sum(amounts)").results[0].symbol.id == TOTAL


def test_similar_puts_the_tests_of_a_symbol_later(client: Client) -> None:
    """A test that refers to the symbol loses of its score, by which results stand; asked for a test, nobody does."""
    hits = client.similar(TOTAL).results
    tests = {hit.symbol.id: hit for hit in hits if "support" in hit.signals}
    assert TESTED in tests
    assert {hit.symbol.file for hit in tests.values()} == {"tests/test_prices.py"}
    assert tests[TESTED].score == pytest.approx(tests[TESTED].signals["cosine"] - TRIED_OUT)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert not any("support" in hit.signals for hit in client.similar(TESTED).results)
    assert len(client.similar(TOTAL, limit=2).results) == 2


def test_similar_by_place_is_similar_by_name(client: Client) -> None:
    """The line of a definition means its symbol; a symbol and code at once are refused."""
    by_name = client.similar(TAX).results
    line = SHOP["shop/prices.py"].splitlines().index("def with_tax(amount: float) -> float:")
    assert client.similar(file="shop/prices.py", line=line).results == by_name
    assert by_name
    with pytest.raises(ProjectError, match="both"):
        client.similar(TAX, text="def f(): pass")


def test_clones_are_found_and_followed(home: Installation) -> None:
    """Two renamed functions are a group; after one of them is edited away there is none, at a later clock."""
    body = "def {0}({1}, limit):\n    found = []\n    for each in {1}:\n        if each.size > limit:\n"
    body += "            found.append(each.name)\n        elif not each:\n            break\n    return sorted(found)\n"
    home.write({"a.py": body.format("large", "things")})
    home.write({"b.py": "import a\n" + body.format("heavy", "parts")})
    home.start()
    with home.client() as client:
        client.sync(timeout=PATIENCE)
        found = client.clones(min_tokens=30)
        assert [each.symbol.name for each in found.groups[0].members] == ["large", "heavy"]
        assert (found.groups[0].kind, found.bound) == (CloneKind.RENAMED, Bound.EXACT)
        home.write({"b.py": "import a\n"})
        client.sync(timeout=PATIENCE)
        after = client.clones(min_tokens=30)
        assert (after.groups, after.reason) == ((), EmptyReason.NO_MATCH)
        assert after.clock != found.clock


def test_symbols_by_name_file_and_place(client: Client) -> None:
    """Symbols are listed by bare, dotted and partial name, in a file, and around a position, innermost last."""
    assert [each.id for each in client.symbols("total").symbols] == [TOTAL]
    assert [each.id for each in client.symbols("prices.total").symbols] == [TOTAL]
    assert TAX in [each.id for each in client.symbols("with_", match=Match.PREFIX).symbols]
    assert client.symbols(file="shop/prices.py").symbols[0].name == "prices"
    around = client.symbols(file="shop/orders.py", line=12, character=8).symbols
    assert [each.name for each in around] == ["orders", "Order", "to_pay"]
    assert client.symbols("nothing_of_the_kind").reason is EmptyReason.NO_MATCH


def test_definition_of_a_reference(client: Client) -> None:
    """The definition of what stands at a place is found in another file; positions are 0-based."""
    found = client.definition(file="shop/orders.py", line=12, character=16).symbols
    assert [each.id for each in found] == [TOTAL]
    assert found[0].selection_range.start.line == 10


def test_callers_and_callees(client: Client) -> None:
    """Direct callers are found across files, and deeper ones with their distance."""
    callers = {edge.symbol.id for edge in client.callers(TOTAL).edges}
    assert callers == {"shop/orders.py/Order#to_pay().", "tests/test_prices.py/test_total()."}
    deep: dict[str, int] = {}
    for edge in client.callers(TAX, depth=3).edges:  # nearest first
        deep.setdefault(edge.symbol.id, edge.distance)
    assert deep[TOTAL] == deep["shop/orders.py/ExpressOrder#to_pay()."] == 1
    assert deep["shop/orders.py/Order#to_pay()."] == 2
    assert [edge.symbol.id for edge in client.callees(TOTAL).edges] == [TAX]


def test_references_and_dependencies(client: Client) -> None:
    """References name the place of each; dependencies go both ways and by kind."""
    places = {(edge.at.file, edge.at.position.line) for edge in client.references(TOTAL).edges}
    assert ("shop/orders.py", 12) in places
    down = {edge.symbol.name for edge in client.dependencies("ExpressOrder", kinds=("inherits",)).edges}
    assert down == {"Order"}
    up = {edge.symbol.name for edge in client.dependencies("Order", reverse=True, kinds=("inherits",)).edges}
    assert up == {"ExpressOrder"}


def test_impact_reaches_the_tests(client: Client) -> None:
    """A change of the tax may reach the test of the total, by a route that is given, and says if that is all."""
    found = client.impact(TAX)
    routes = {each.symbol.id: each.route for each in found.affected}
    assert routes["tests/test_prices.py/test_total()."] == ("tests/test_prices.py/test_total().", TOTAL, TAX)
    assert "tests/test_prices.py" in found.files
    assert found.bound in (Bound.EXACT, Bound.LOWER_BOUND)
    assert bool(found.causes) == (found.bound is Bound.LOWER_BOUND)


def test_explain_an_untouched_symbol(client: Client) -> None:
    """A symbol of the first index is said to have been embedded because it was new."""
    found = client.explain(TOTAL)
    assert found.served == found.wanted
    assert found.outcome == "recomputed"
    assert found.rule in ("new", "own")
    assert TAX in found.context


def test_embed_gives_unit_vectors_of_symbols_and_texts(client: Client) -> None:
    """Vectors have the model's width and length one; those of symbols carry their keys."""
    found = client.embed(TOTAL, texts=("sum of amounts",))
    symbol, text = found.embeddings
    assert symbol.key == client.explain(TOTAL).wanted
    for each in (symbol, text):
        assert len(each.vector) == found.dimensions
        assert sum(part * part for part in each.vector) == pytest.approx(1.0, abs=1e-2)


def test_export_gives_every_symbol_and_edge_once(client: Client) -> None:
    """Exports agree with the counts of status; lines count from one."""
    symbols, edges = list(client.export_symbols()), list(client.export_edges())
    status = client.status()
    assert len({each.id for each in symbols}) == len(symbols) == status.symbols
    assert len(edges) == status.edges
    (total,) = [each for each in symbols if each.id == TOTAL]
    assert (total.line, total.column, total.end_line) == (11, 4, 13)
    ends = {(edge.source.id, edge.target.id) for edge in edges if edge.kind == "calls"}
    assert (TOTAL, TAX) in ends


def test_index_reports_progress_and_a_summary(client: Client) -> None:
    """Indexing a tree that is in step embeds nothing and says how much there is."""
    found = client.index()
    assert (found.files, found.embedded) == (5, 0)
    assert found.seconds["total"] > 0
    stages = []
    rebuilt = client.index(lambda progress: stages.append(progress.stage), rebuild=True)
    assert rebuilt.symbols == found.symbols
    assert rebuilt.embedded == 0
    assert "extract" in stages


def test_verify_is_equal(client: Client) -> None:
    """A clean build has the same files, definitions, edges, keys and vectors."""
    found = client.verify()
    assert found.equal
    assert found.counts["vectors"] == client.status().symbols


def test_cache_models_config_and_metrics(shop: Installation, client: Client) -> None:
    """The account of the daemon is complete: tiers, models, settings, and figures for a monitoring system."""
    assert client.cache(CacheAction.STATS).cold.entries > 0
    assert client.cache(CacheAction.PRUNE).removed >= 0
    assert [model.name for model in client.models().models if model.active] == ["codegraph-static"]
    config = client.config()
    assert config.settings["cascade"]["depth"] == 1
    assert config.path == str(shop.directory / "config.toml")
    text = client.metrics().text
    assert "codegraph_symbols" in text
    assert client.skipped().files == ()


def test_status_says_how_it_fares(shop: Installation, client: Client) -> None:
    """Status names process, phase, watcher, worker and memory, and warns of nothing."""
    status = client.status()
    assert (status.phase, status.root, status.warnings) == ("idle", str(shop.root), ())
    assert status.pid == client.call(_hello(client, shop)).pid
    assert status.watcher.healthy
    assert status.languages == {"python": 4, "typescript": 1}
    assert status.memory.daemon_bytes > 1 << 20


def _hello(client: Client, home: Installation) -> object:
    from codegraph import __version__
    from codegraph.daemon.protocol import PROTOCOL_VERSION
    from codegraph.daemon.reports import HelloParams

    return HelloParams(version=__version__, protocol=PROTOCOL_VERSION, root=str(home.root))


def test_the_first_answer_is_of_a_fresh_instance(home: Installation) -> None:
    """A client is told that what it remembers is void when it has no clock, and when the state was lost."""
    home.write(SHOP)
    home.start()
    with home.client() as client:
        client.sync(timeout=PATIENCE)
    with home.client() as client:
        assert client.symbols("total").is_fresh_instance
        assert not client.symbols("total").is_fresh_instance
        home.stop()
        home.start()
        assert not client.symbols("total").is_fresh_instance
        home.stop()
        shutil.rmtree(home.state)
        home.start()
        assert client.sync(timeout=PATIENCE).is_fresh_instance
        assert not client.symbols("total").is_fresh_instance


@pytest.mark.parametrize("wait", list(Wait))
def test_every_wait_mode_answers(client: Client, wait: Wait) -> None:
    """A question may wait for nothing, for the index or for the vectors."""
    assert client.search("tax", wait=wait, timeout=PATIENCE).results
    assert client.status(wait=wait, timeout=PATIENCE).files == 5


def test_errors_are_the_classes_that_they_were(client: Client) -> None:
    """Unknown, ambiguous and misplaced targets are told apart, and the connection lives on."""
    with pytest.raises(SymbolNotFound):
        client.callers("no_such_symbol")
    with pytest.raises(AmbiguousSymbol, match=r"Order#to_pay\(\)\."):
        client.callers("to_pay")
    with pytest.raises(ProjectError, match="not indexed"):
        client.definition(file="nowhere.py", line=0)
    with pytest.raises(UsageError, match="klingon"):
        client.search("total", filters=Filters(languages=("klingon",)))
    with pytest.raises(UsageError, match="no event type nonsense"):
        next(client.events("nonsense"))
    with pytest.raises(SymbolNotFound, match="lines"):
        client.definition(file="shop/prices.py", line=4_000)
    assert client.symbols("total").symbols


# --- changes ---------------------------------------------------------------------------------------


def test_a_body_edit_embeds_one_symbol_and_explains_it(home: Installation) -> None:
    """After a save of a body, that symbol alone is embedded, and `explain` names the reason."""
    home.write(SHOP)
    home.start()
    with home.client() as client:
        client.sync(Wait.EMBEDDED, timeout=PATIENCE)
        before = client.status().embedded
        home.write({"shop/prices.py": SHOP["shop/prices.py"].replace("(1 + RATE)", "(RATE + 1)")})
        client.sync(Wait.EMBEDDED, timeout=PATIENCE)
        assert client.status().embedded == before + 1
        found = client.explain(TAX)
        assert (found.outcome, found.rule, found.origin) == ("recomputed", "own", TAX)
        home.write({"shop/prices.py": SHOP["shop/prices.py"].replace("amount: float", "amount: int")})
        client.sync(Wait.EMBEDDED, timeout=PATIENCE)
        found = client.explain(TOTAL)
        assert (found.rule, found.origin, found.route) == ("signature", TAX, (TOTAL, TAX))
        assert client.verify().equal


def test_events_are_told_as_they_happen(home: Installation) -> None:
    """A subscriber hears of the commit that a save brought about."""
    home.write(SHOP)
    home.start()
    with home.client() as client, home.client() as other:
        client.sync(timeout=PATIENCE)
        stream = other.events("committed", recent=True)
        first = next(stream)
        home.write({"shop/new.py": "def fresh(): ...\n"})
        client.sync(timeout=PATIENCE)
        second = next(stream)
    assert isinstance(first, Committed)
    assert isinstance(second, Committed)
    assert second.revision > first.revision
    assert second.files == 1


def test_sync_times_out_with_the_number_of_pending_keys(home: Installation) -> None:
    """A sync that may take no time says that it did not get there."""
    home.copy("json")
    home.start()
    with home.client() as client, pytest.raises(SyncTimeout):  # noqa: PT012 - one of many is bound to be late
        for number in itertools.count():
            home.write({"json/more.py": f"def more():\n    return {number}\n"})
            client.sync(Wait.EMBEDDED, timeout=0.0)


@pytest.mark.parametrize("times", [30, pytest.param(1_000, marks=pytest.mark.slow)])
def test_sync_means_seen(home: Installation, times: int) -> None:
    """What was written before a sync is in the next answer, every time, while others write and ask (I8)."""
    home.copy("json", "http")
    home.start()
    done = threading.Event()

    def disturb(number: int) -> None:
        with home.client() as client:
            for turn in itertools.count():
                if done.is_set():
                    return
                home.write({f"noise/part_{number}.py": f"def noise_{number}():\n    return {turn}\n"})
                client.search(f"noise {turn}", limit=5)

    with ThreadPoolExecutor(2) as others, home.client() as client:
        working = [others.submit(disturb, number) for number in range(2)]
        try:
            for number in range(times):
                home.write({"json/probe.py": f"def probe_{number}():\n    return {number}\n"})
                client.sync(timeout=PATIENCE)
                found = client.symbols(f"probe_{number}").symbols
                assert [each.file for each in found] == ["json/probe.py"]
                assert not client.symbols(f"probe_{number - 1}").symbols
        finally:
            done.set()
        for each in working:
            each.result(PATIENCE)
        assert client.verify().equal


def test_a_branch_and_back_embeds_nothing(home: Installation) -> None:
    """Switching to a branch embeds what is new there; switching back embeds nothing and leaves an equal index."""
    home.copy("json", "http")
    home.git("init", "--quiet", "--initial-branch", "main")
    home.git("add", ".")
    home.git("commit", "--quiet", "--message", "first")
    home.git("checkout", "--quiet", "-b", "topic")
    home.write({"json/decoder.py": "def decode(text): return text\n", "json/extra.py": "def extra(): ...\n"})
    (home.root / "http/cookies.py").unlink()
    home.git("add", ".")
    home.git("commit", "--quiet", "--message", "second")
    home.git("checkout", "--quiet", "main")
    home.start("cache.cold_bytes=0")
    with home.client() as client:
        client.sync(Wait.EMBEDDED, timeout=PATIENCE)
        home.git("checkout", "--quiet", "topic")
        client.sync(Wait.EMBEDDED, timeout=PATIENCE)
        assert [each.file for each in client.symbols("extra").symbols] == ["json/extra.py"]
        before = client.status()
        home.git("checkout", "--quiet", "main")
        client.sync(Wait.EMBEDDED, timeout=PATIENCE)
        after = client.status()
        assert not client.symbols("extra").symbols
        assert after.embedded == before.embedded
        assert client.verify().equal
        home.git("checkout", "--quiet", "topic")
        client.sync(Wait.EMBEDDED, timeout=PATIENCE)
        assert client.status().embedded == before.embedded
        assert client.verify().equal


# --- life and death --------------------------------------------------------------------------------


def test_one_daemon_for_all_starters(home: Installation) -> None:
    """Starters who race all get the same daemon, and it answers them."""
    home.write(SHOP)

    def start_and_ask() -> int:
        process = home.start()
        with home.client() as client:
            assert client.status().pid == process.pid
        return process.pid

    with ThreadPoolExecutor(4) as starters:
        found = {one.result(PATIENCE) for one in [starters.submit(start_and_ask) for _ in range(4)]}
    assert len(found) == 1
    assert home.start().pid in found


def test_relative_directories_are_those_of_who_starts(home: Installation) -> None:
    """The daemon, which stands elsewhere, keeps its state and looks for its model where the command would."""
    home.write(SHOP)
    relative = {"CODEGRAPH_STATE_DIR": "../elsewhere", "CODEGRAPH_EMBEDDING_MODEL": "./no-model"}
    try:
        assert home.run("start", "--set", "embedding.text=./neither", environment=relative).code == 0
        assert [place.name for place in (home.directory / "elsewhere").iterdir()] == [home.state.name]
        status = home.run("status", "--json", environment=relative).record
        warnings = "\n".join(status["warnings"])
        assert f"{home.root}/no-model is not a directory" in warnings
        assert f"{home.root}/neither is not a directory" in warnings
    finally:
        assert home.run("stop", environment=relative).out.startswith("stopped")


def test_a_part_that_was_indexed_by_itself_is_told_and_forgotten(home: Installation) -> None:
    """Its commands say that they see a part only, and what makes it part of its repository again."""
    home.write(SHOP)
    home.git("init", "-q")
    part = home.root / "shop"
    told = f"{part} is indexed by itself: commands in it see nothing of the rest of {home.root}"
    assert told in home.run("start", ".", where=part).err
    assert told in home.run("status", where=part).out
    assert f"codegraph forget {part}" in home.run("doctor", where=part).out
    assert home.run("forget", ".", where=part).out == f"forgotten: {part}\n"
    assert running_daemon(part, home.locations) is None
    assert list(home.locations.state_home.iterdir()) == []
    assert home.run("forget", ".", where=part).code == 4
    started = home.run("start", where=part)
    assert (started.out.startswith(f"started: {home.root} "), started.err) == (True, "")


def test_stop_and_start_keep_everything(home: Installation) -> None:
    """A stopped daemon is gone with its socket; the next one has the same instance and has nothing to do."""
    home.write(SHOP)
    first = home.start()
    with home.client() as client:
        before = clock_of(client.sync(Wait.EMBEDDED, timeout=PATIENCE).clock)
    home.stop()
    wait_for_end(first, seconds=0.0)
    assert not home.locations.socket(home.root).exists()
    with home.client() as client, pytest.raises(DaemonNotRunning):
        client.status()
    home.start()
    with home.client() as client:
        after = clock_of(client.sync(Wait.EMBEDDED, timeout=PATIENCE).clock)
        assert client.status().embedded == 0
    assert after == before


def test_shutdown_ends_the_daemon(home: Installation) -> None:
    """A client may end the daemon; the answer still comes."""
    home.write(SHOP)
    process = home.start()
    with home.client() as client:
        assert client.shutdown().clock
    wait_for_end(process)


def test_waiting_clients_are_told_of_the_end(home: Installation) -> None:
    """A request that is under way when the daemon is stopped gets an error, not silence."""
    home.copy("json")
    home.start("embedding.retry_seconds=60")
    with home.client() as client:
        client.sync(timeout=PATIENCE)
        waiting = threading.Thread(target=home.stop)
        with pytest.raises(DaemonError):  # noqa: PT012 - the loop is what is under test
            waiting.start()
            for _ in itertools.count():
                client.sync(Wait.EMBEDDED, timeout=PATIENCE)
        waiting.join()


def test_an_idle_daemon_ends(home: Installation) -> None:
    """Without clients and changes the daemon ends by itself, and a later start finds everything."""
    home.write(SHOP)
    with suppress(psutil.NoSuchProcess):  # it may have ended before it was looked at
        wait_for_end(home.start("daemon.idle_exit_seconds=0.3"))
    assert "idle for" in home.log
    home.start()
    with home.client() as client:
        assert client.sync(Wait.EMBEDDED, timeout=PATIENCE).pending == 0
        assert client.status().embedded == 0


def test_a_daemon_ended_by_a_signal_leaves_a_sealed_store(home: Installation) -> None:
    """SIGTERM ends the daemon as a request does."""
    home.write(SHOP)
    process = home.start()
    with home.client() as client:
        client.sync(Wait.EMBEDDED, timeout=PATIENCE)
    process.terminate()
    wait_for_end(process)
    assert (home.state / "sealed.json").exists()
    assert (home.state / "daemon.lock").stat().st_size == 0
