"""Bad input: a clear error (what, where, what next), the right exit code, and nothing lost.

Each test puts one thing in the way of a real daemon or of the command line, looks at what is said, takes
it out of the way again, and looks whether the index equals a clean build.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import msgspec
import psutil
import pytest
from installation import PATIENCE, Installation, indexed, small_disk, wait_for_end

from codegraph.cli.main import main
from codegraph.client import Client
from codegraph.daemon.inputs import FILES_KEPT
from codegraph.daemon.messages import Wait
from codegraph.daemon.notice import LOCK_NAME, own_notice
from codegraph.errors import CodegraphError, VersionMismatch

CODE = {
    "pkg/__init__.py": "",
    "pkg/base.py": "class Base:\n    def run(self):\n        return 1\n",
    "pkg/use.py": "from pkg.base import Base\n\n\ndef use():\n    return Base().run()\n",
    "pkg/twice.py": "def run():\n    return 2\n",
}


@pytest.fixture
def project(home: Installation) -> Installation:
    """A few files, and no daemon."""
    home.write(CODE)
    return home


@pytest.fixture
def running(project: Installation) -> Installation:
    """The same with a daemon that is up to date."""
    project.start()
    with project.client() as client:
        client.sync(Wait.EMBEDDED, timeout=PATIENCE)
    return project


def settled(home: Installation) -> None:
    """Fail unless the index follows the tree and equals a clean build."""
    with home.client() as client:
        client.sync(Wait.EMBEDDED, timeout=PATIENCE)
        found = client.verify()
        assert found.equal, found.differences


def warnings_of(home: Installation) -> str:
    """Return what status warns of."""
    with home.client() as client:
        return "\n".join(client.status().warnings)


def refusal(client: Client) -> str:
    """Ask for what cannot come; return what is said."""
    with pytest.raises(CodegraphError) as caught:
        client.sync(timeout=0.5)
    return caught.value.message


# --- the tree --------------------------------------------------------------------------------------


def test_an_unreadable_file_is_left_out_and_listed(project: Installation) -> None:
    """A file that may not be read is skipped with its reason; when it may be read it is indexed."""
    secret = project.root / "pkg/secret.py"
    project.write({"pkg/secret.py": "def hidden(): ...\n"})
    secret.chmod(0)
    assert project.run("start", mortal=True).code == 0
    settled(project)
    listed = project.run("skipped", "--json").record
    assert [(each["file"], each["reason"]) for each in listed["files"]] == [("pkg/secret.py", "unreadable")]
    assert "Permission denied" in listed["files"][0]["detail"]
    secret.chmod(0o600)
    settled(project)
    assert project.run("definition", "hidden").code == 0
    secret.chmod(0)
    settled(project)
    assert project.run("definition", "hidden").code == 5


def test_a_file_that_is_missed_is_explained(project: Installation) -> None:
    """Links and ignored files are counted by `skipped`; asked about one, it says which rule keeps it out."""
    project.write({".gitignore": "made/\n", "made/parser.py": "def made(): ...\n"})
    (project.root / "pkg/link.py").symlink_to("base.py")
    assert project.run("start", mortal=True).code == 0
    settled(project)
    listed = project.run("skipped")
    assert "counted, not listed: symlink 1" in listed.out
    assert {"file": "made", "reason": "ignored", "detail": ""} in project.run("skipped", "--json").record["files"]
    missed = project.run("symbols", "--file", "made/parser.py")
    assert missed.code == 4
    assert "made/parser.py is not indexed: ignored (made/)" in missed.err
    for file, reason, detail in (("made/parser.py", "ignored", "made/"), ("pkg/link.py", "symlink", "")):
        told = project.run("skipped", file, "--json").record["files"]
        assert told == [{"file": file, "reason": reason, "detail": detail}]
    assert "nothing keeps pkg/base.py out" in project.run("skipped", "pkg/base.py").out


def test_a_file_that_its_parser_is_stuck_in(running: Installation) -> None:
    """It is read by its lines, counted and listed; others are indexed as ever, and mended it is whole again."""
    stuck = (Path(__file__).parents[1] / "unit/extract/stuck/kotlin.txt").read_text()
    running.write({"orders.kt": stuck, "pkg/other.py": "def other(): ...\n"})
    with running.client() as client:
        client.sync(Wait.EMBEDDED, timeout=PATIENCE)
        assert client.status().unread == {"time": 1}
        (listed,) = client.skipped(reason="time").files
        assert (listed.file, listed.reason) == ("orders.kt", "time")
        assert listed.detail.endswith("indexed by its lines")
        assert client.search("orders of one customer").results[0].symbol.name == "ordersOf"
    assert running.run("definition", "ordersOf").code == 0
    assert running.run("definition", "other").code == 0
    assert "read in part" in running.run("status").out
    assert "time" in running.run("skipped", "orders.kt").out
    running.write({"orders.kt": stuck.replace("]       //", "}       //")})
    settled(running)
    with running.client() as client:
        assert client.status().unread == {}
        assert client.skipped().files == ()


def test_a_file_of_too_many_definitions(running: Installation) -> None:
    """Those beyond the bound are missing, which is counted and listed with the line where they begin."""
    running.write({"pkg/many.py": "x = 1\n" * 20_000 + "def beyond(): ...\n"})
    with running.client() as client:
        client.sync(timeout=PATIENCE)
        assert client.status().unread == {"symbols": 1}
        (listed,) = client.skipped(reason="symbols").files
        assert (listed.file, listed.detail) == (
            "pkg/many.py",
            "more than 20000 definitions; left out from line 20001 on",
        )
    assert "20001" in running.run("skipped", "pkg/many.py").out


def test_an_unreadable_directory_is_left_out_and_listed(project: Installation) -> None:
    """The same holds for a whole directory."""
    project.write({"closed/inner.py": "def inner(): ...\n"})
    (project.root / "closed").chmod(0)
    try:
        assert project.run("start", mortal=True).code == 0
        settled(project)
        listed = project.run("skipped", "--json").record["files"]
        assert [(each["file"], each["reason"]) for each in listed] == [("closed", "unreadable")]
    finally:
        (project.root / "closed").chmod(0o700)
    settled(project)
    assert project.run("definition", "inner").code == 0


def test_a_vanished_project_is_said_and_comes_back(running: Installation) -> None:
    """Without its directory the daemon says so and keeps what it has; when it is back, all is well again."""
    away = running.directory / "away"
    running.root.rename(away)
    with running.client() as client:
        while "tree" not in refusal(client):
            continue
        assert client.symbols("use").symbols
    assert str(running.root) in warnings_of(running)
    away.rename(running.root)
    running.write({"pkg/late.py": "def late(): ...\n"})
    settled(running)
    assert running.run("definition", "late").code == 0
    assert not warnings_of(running) or "cannot" not in warnings_of(running)


def test_a_project_deleted_for_good(running: Installation) -> None:
    """A daemon whose project was deleted can be stopped, and what is left to say is said by the next command."""
    shutil.rmtree(running.root)
    found = running.run("status", "--project", str(running.root), where=running.directory)
    assert found.code == 4
    assert "no such directory" in found.err
    assert f"codegraph stop {running.root}" in found.err
    crooked = f"{running.root}/../{running.root.name}"
    assert running.run("stop", crooked, where=running.directory).code == 0
    assert running.running() is None


NASTY = {
    "one_line": b"x = [" + b"1, " * 350_000 + b"]\n",
    "deep": b"x = " + b"(" * 50_000 + b")" * 50_000 + b"\n",
    "nested": b"\n".join(b" " * depth + b"if x:" for depth in range(2_000)) + b"\n",
    "nul": b"def nul(): return '\0'\n",
    "invalid": b"def invalid(): return '\xff\xfe\xc0'\n",
    "surrogate": b"def surrogate(): return '\\ud800'\n" + b"# \xed\xa0\x80\n",
    "empty": b"",
    "no_end": b"def no_end(",
    "crlf": b"def crlf():\r\n    return 1\r\n",
    "bom": b"\xef\xbb\xbfdef bom(): ...\n",
    "long_name": b"def " + b"n" * 100_000 + b"(): ...\n",
    "many": b"".join(b"def f%d(): return f%d()\n" % (number, number + 1) for number in range(5_000)),
}


def test_pathological_files_neither_hang_nor_kill(running: Installation) -> None:
    """Whatever is saved while the daemon runs, it answers, and what it holds equals a clean build."""
    process = running.running()
    for name, data in NASTY.items():
        running.write({f"pkg/{name}.py": data, f"pkg/{name}.ts": data})
    settled(running)
    assert running.run("definition", "use").code == 0
    assert running.run("search", "nul invalid surrogate").code == 0
    assert running.run("export", "symbols", "--format", "jsonl").code == 0
    assert running.running() == process
    for name in NASTY:
        (running.root / f"pkg/{name}.py").unlink()
        (running.root / f"pkg/{name}.ts").unlink()
    settled(running)


def test_names_in_another_encoding_are_whole(running: Installation) -> None:
    """Files in Latin-1 are indexed with all letters, and found by them, also by a reference in UTF-8."""
    running.write({"pkg/old.py": "def größe(): ...\ndef grün(): ...\n".encode("latin-1")})
    running.write({"pkg/new.py": "from pkg.old import größe\n\ndef use(): return größe()\n".encode()})
    settled(running)
    assert "pkg.new.use" in running.run("callers", "pkg.old.größe").out
    assert "pkg.old.grün" in running.run("symbols", "grün").out


def test_odd_file_names(running: Installation) -> None:
    """A file may have any name that the system allows; every command still answers, also after a restart."""
    names = (b"new\nline.py", b'quo"te.py', "ä€😀.py".encode(), b"n" * 252 + b".py")
    places = [running.root / "pkg" / os.fsdecode(name) for name in names]
    for number, place in enumerate(places):
        place.write_text(f"def oddly_named_{number}(): ...\n")
    settled(running)
    listing = ("symbols", "oddly_named_", "--match", "prefix")
    for command in (("search", "oddly named"), listing, ("export", "symbols", "--format", "jsonl")):
        found = running.run(*command)
        assert found.code == 0, found.err
        assert [number for number in range(len(names)) if f"oddly_named_{number}" not in found.out] == []
    assert running.run("skipped").code == 0
    running.kill()
    running.start()
    settled(running)
    for place in places:
        place.unlink()
    settled(running)


def test_a_file_name_that_is_no_text(running: Installation) -> None:
    """A name that is not UTF-8 is left out and listed; nothing else suffers."""
    (running.root / "pkg" / os.fsdecode(b"bad\xff.py")).write_text("def oddly_named(): ...\n")
    assert running.run("index").code == 0
    settled(running)
    listed = running.run("skipped", "--json").record["files"]
    assert [(each["file"], each["reason"]) for each in listed] == [("pkg/bad\\xff.py", "undecodable")]


# --- the state -------------------------------------------------------------------------------------


def test_a_full_disk_under_the_store(project: Installation) -> None:
    """On a full disk questions are answered, the state warns, and with room again everything is written."""
    with small_disk(project.locations.state_home, "3m"):
        project.copy("json")
        project.start("daemon.log_level=error")
        with project.client() as client:
            client.sync(Wait.EMBEDDED, timeout=PATIENCE)
        ballast = project.locations.state_home / "ballast"
        fill(ballast)
        project.copy("email")
        with project.client() as client:
            client.sync(Wait.EMBEDDED, timeout=PATIENCE)
            assert client.symbols(file="email/message.py").symbols
            warned = "\n".join(client.status().warnings)
            assert "could not be written" in warned
            assert "space" in warned
            assert client.verify().equal
        project.kill()
        refused = project.run("start")
        if refused.code:
            assert refused.code == 6
            assert "room" in refused.err
        project.kill()
        ballast.unlink()
        shutil.rmtree(project.root / "email")
        project.start()
        settled(project)
        project.write({"json/more.py": "def more(): ...\n"})
        settled(project)
        assert "could not be written" not in warnings_of(project)
        project.stop()


def fill(place: Path) -> None:
    """Take all the room that is left."""
    with place.open("wb", buffering=0) as stream:
        while True:
            try:
                if not stream.write(b"\0" * 4_096):
                    return
            except OSError:
                return


def test_room_that_comes_back_is_used(project: Installation) -> None:
    """What could not be written is written with the next revision, and a kill after that costs nothing."""
    with small_disk(project.locations.state_home, "4m"):
        project.start("cache.cold_bytes=0")
        with project.client() as client:
            client.sync(Wait.EMBEDDED, timeout=PATIENCE)
        ballast = project.locations.state_home / "ballast"
        fill(ballast)
        project.copy("json")
        with project.client() as client:
            client.sync(Wait.EMBEDDED, timeout=PATIENCE)
            assert "could not be written" in "\n".join(client.status().warnings)
        project.write({"pkg/base.py": CODE["pkg/base.py"].replace("run(self)", "run(self, fast=True)")})
        settled(project)
        ballast.unlink()
        project.write({"pkg/more.py": "def more(): ...\n"})
        settled(project)
        assert "could not be written" not in warnings_of(project)
        project.kill()
        project.start("cache.cold_bytes=0")
        settled(project)
        with project.client() as client:
            assert client.status().embedded == 0
        project.stop()


def test_a_full_disk_under_the_cold_tier(project: Installation) -> None:
    """Without room for the cold tier nothing stops; the tier's failures are counted and logged."""
    with small_disk(project.locations.cache_directory, "200k"):
        fill(project.locations.cache_directory / "ballast")
        project.copy("email")
        project.start()
        settled(project)
        project.stop()
        assert "cold tier" in project.log or "vectors are not kept on disk" in project.log


def test_the_limit_of_the_map(project: Installation) -> None:
    """A state that has reached its limit is said with the setting to raise, and raising it mends all."""
    for number in range(FILES_KEPT + 6):  # more than stay in memory anyhow
        body = "".join(f"def work_{number}_{each}(value):\n    return value + {each}\n\n\n" for each in range(30))
        project.write({f"many/part_{number}.py": body})
    found = project.run("index", "--set", "store.map_bytes=1048576")
    assert found.code == 6
    assert "store.map_bytes" in found.err
    project.start("store.map_bytes=1048576")
    settled(project)
    project.write({"pkg/base.py": CODE["pkg/base.py"].replace("run(self)", "run(self, fast=True)")})
    settled(project)
    assert "store.map_bytes" in warnings_of(project)
    project.stop()
    project.start()
    settled(project)
    assert not warnings_of(project)


def test_a_corrupt_store_is_rebuilt_and_said(running: Installation) -> None:
    """Garbage in the store's file is noticed, set aside and said; the index is built again by itself."""
    running.stop()
    damage(running.state / "data.mdb")
    running.start()
    settled(running)
    assert "store rebuilt" in warnings_of(running)
    assert list(running.state.glob("data.mdb.corrupt-*"))


def test_a_store_that_is_no_store(running: Installation) -> None:
    """A file of something else in the store's place is set aside."""
    running.stop()
    (running.state / "data.mdb").write_text("hello")
    running.start()
    settled(running)
    assert "store rebuilt" in warnings_of(running)


def test_a_corrupt_cold_tier_is_rebuilt_and_said(running: Installation) -> None:
    """Garbage in the cold tier's database is noticed and said, and costs nothing but vectors."""
    running.stop()
    (database,) = running.locations.cache_directory.rglob("cache.db")
    database.write_bytes(b"garbage " * 4_096)
    running.start()
    settled(running)
    assert "cold tier rebuilt" in warnings_of(running)


def test_a_corrupt_lexical_segment_is_rebuilt_and_said(running: Installation) -> None:
    """Garbage in the lexical index is noticed and said, and words are found all the same."""
    running.stop()
    segments = [file for file in (running.state / "lexical").iterdir() if file.is_file()]
    assert segments
    for file in segments:
        damage(file)
    running.start()
    settled(running)
    assert "lexical index rebuilt" in warnings_of(running)
    assert "use" in running.run("search", "use").out


def damage(file: Path) -> None:
    """Overwrite the middle of every page behind the first two (or of a small file); the size stays."""
    data = bytearray(file.read_bytes())
    for start in range(8_192, len(data), 4_096) if len(data) > 12_288 else (len(data) // 2 - 2_048,):
        place = slice(max(0, start + 2_048), start + 2_560)
        data[place] = b"\xa5" * len(data[place])
    file.write_bytes(data)


def test_a_read_only_state_directory(project: Installation) -> None:
    """A state that cannot be written is an error that names the directory and the variable to set."""
    project.locations.state_home.mkdir()
    project.locations.state_home.chmod(0o500)
    for command in (("index",), ("start",), ("search", "use")):
        found = project.run(*command, mortal=True)
        assert found.code == 6, found.err
        assert str(project.locations.state_home) in found.err
        assert "CODEGRAPH_STATE_DIR" in found.err


def test_a_state_directory_that_became_read_only(running: Installation) -> None:
    """So is one that could be written once."""
    running.stop()
    for place in (running.state, *running.state.rglob("*")):
        place.chmod(0o500 if place.is_dir() else 0o400)
    for command in (("index",), ("start",)):
        found = running.run(*command, mortal=True)
        assert found.code == 6, found.err
        assert str(running.state) in found.err
        assert "next:" in found.err


# --- processes -------------------------------------------------------------------------------------


def test_a_second_daemon_gives_way(running: Installation) -> None:
    """A daemon in the foreground beside another one ends with an error that names the first."""
    found = running.run("start", "--foreground")
    assert found.code == 8
    process = running.running()
    assert process is not None
    assert str(process.pid) in found.err
    settled(running)


def test_indexing_beside_a_daemon_goes_through_it(running: Installation) -> None:
    """The one-shot command leaves the store to the daemon."""
    running.write({"pkg/more.py": "def more(): ...\n"})
    assert running.run("index", "--json").record["files"] == len(CODE) + 1
    settled(running)


def test_a_stale_socket_and_a_stale_lock(running: Installation) -> None:
    """What a killed daemon leaves behind stops nobody: no socket answers, and the lock's process is another."""
    running.kill()
    assert running.locations.socket(running.root).exists()
    assert (running.state / LOCK_NAME).stat().st_size
    assert running.run("status").code == 8
    assert running.run("search", "use").code == 0
    settled(running)


def test_a_process_number_that_was_used_again(running: Installation) -> None:
    """A lock whose process number belongs to somebody else, started at another time, is not believed."""
    running.kill()
    stranger = own_notice(running.locations.socket(running.root))
    forged = msgspec.structs.replace(stranger, started=stranger.started - 3_600.0)
    (running.state / LOCK_NAME).write_bytes(msgspec.json.encode(forged))
    assert running.running() is None
    assert running.run("stop", "--json").record["state"] == "not running"
    assert psutil.pid_exists(stranger.pid)
    running.start()
    settled(running)


def test_a_lock_full_of_garbage(running: Installation) -> None:
    """So is one that cannot be read at all."""
    running.kill()
    (running.state / LOCK_NAME).write_bytes(b"\xff\x00{" * 1_000)
    running.start()
    settled(running)


def test_a_socket_that_nobody_answers(running: Installation) -> None:
    """A socket of something else in the daemon's place is replaced by the daemon that is started."""
    running.kill()
    path = running.locations.socket(running.root)
    path.unlink()
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    assert running.run("search", "use").code == 0
    settled(running)


def test_a_stopped_daemon_is_still_ended(running: Installation) -> None:
    """A daemon that does not answer, because it was frozen, is named by commands and can be ended."""
    process = running.running()
    assert process is not None
    process.send_signal(signal.SIGSTOP)
    with running.client(timeout=0.5) as client, pytest.raises(CodegraphError, match="no answer"):
        client.status()
    asked = running.run("start")
    assert (asked.code, f"process {process.pid}" in asked.err) == (8, True)
    stopped = running.run("stop")
    assert (stopped.code, "suspended" in stopped.err) == (0, True)
    wait_for_end(process)


def test_what_is_written_is_for_the_user_alone(home: Installation) -> None:
    """Whatever the umask: state, vectors, log and socket, and the directories that are made for them."""
    home.write(CODE)
    before = os.umask(0)
    try:
        home.start()
    finally:
        os.umask(before)
    with home.client() as client:
        client.sync(Wait.EMBEDDED, timeout=PATIENCE)
        client.index()
    home.stop()
    places = home.locations
    made = [places.state_home, places.cache_directory, places.runtime_directory]
    found = [*made, *(each for place in made for each in place.rglob("*"))]
    assert {each.name for each in found} >= {"daemon.log", "data.mdb", "lexical"}
    assert [each for each in found if each.lstat().st_mode & 0o077] == []


def test_another_version_is_refused_and_can_be_replaced(
    running: Installation, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Client and daemon of different versions say so and how to go on; `stop` works all the same."""
    monkeypatch.setattr("codegraph.conversation.__version__", "99.0")
    with running.client() as client, pytest.raises(VersionMismatch, match=r"99\.0"):
        client.status()
    assert main(["status", "--project", str(running.root)]) == 8
    said = capsys.readouterr().err
    assert "99.0" in said
    assert "codegraph restart" in said
    assert main(["stop", "--project", str(running.root)]) == 0
    assert running.running() is None


@pytest.fixture(scope="module")
def untouched() -> Iterator[Installation]:
    """The same files with a daemon that is up to date; its tests change nothing."""
    with indexed(CODE) as home:
        yield home


# --- commands --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("definition", "nowhere"), 5, ("there is no symbol nowhere", "codegraph search")),
        (("callers", "run"), 5, ("fits 2 symbols", "pkg/base.py/Base#run().", "pkg/twice.py/run().", "ids")),
        (("definition", "pkg/use.py:400"), 5, ("pkg/use.py has", "400", "line")),
        (("definition", "pkg/use.py:0"), 4, ("counted from 1", "FILE:LINE")),
        (("definition", "pkg/none.py:3"), 4, ("pkg/none.py is not indexed: there is no such file", "relative")),
        (("symbols", "pkg/none.py"), 4, ("pkg/none.py is not indexed: there is no such file", "relative")),
        (("definition", "/etc/passwd:1"), 4, ("/etc/passwd lies outside", "--project")),
        (("symbols", "--file", "../../etc/passwd"), 4, ("lies outside", "--project")),
        (("symbols", "--at", "use"), 4, ("no place", "FILE:LINE")),
        (("search", "x", "--project", "/no/such/place"), 4, ("/no/such/place", "directory")),
        (("search", "x", "--limit", "0"), 2, ("limit",)),
        (("nonsense",), 2, ("there is no command nonsense", "--help")),
    ],
)
def test_wrong_arguments(
    untouched: Installation, arguments: tuple[str, ...], code: int, words: tuple[str, ...]
) -> None:
    """Each wrong argument ends in its exit code, with what is wrong, where, and what to do next."""
    found = untouched.run(*arguments)
    assert (found.code, found.out) == (code, "")
    for word in words:
        assert word in found.err
    assert "Traceback" not in found.err
    if code != 2:
        assert "next:" in found.err
        assert untouched.run(*arguments, "--json").record["error"]["advice"]


@pytest.mark.parametrize("command", [("search", "use"), ("start",), ("index",)])
def test_a_wrong_setting_in_the_file(project: Installation, command: tuple[str, ...]) -> None:
    """A wrong value is an error with file and line, whichever command meets it first."""
    file = project.directory / "config.toml"
    file.write_text("[search]\nlimit = 5\n\n[cascade]\ndepth = 99\n")
    found = project.run(*command)
    assert found.code == 3
    assert f"{file}:5" in found.err
    assert "cascade.depth" in found.err
    file.write_text("[cascade]\nunheard = 1\n")
    found = project.run(*command)
    assert (found.code, f"{file}:2" in found.err) == (3, True)
    file.write_text("[cascade\n")
    found = project.run(*command)
    assert (found.code, str(file) in found.err) == (3, True)
    assert project.running() is None
    file.unlink()
    project.start()
    settled(project)


@pytest.mark.parametrize("command", [("search", "use"), ("index",)])
def test_a_wrong_setting_in_the_environment(project: Installation, command: tuple[str, ...]) -> None:
    """A wrong value is an error with the name of its variable."""
    found = project.run(*command, environment={"CODEGRAPH_CASCADE_DEPTH": "many"})
    assert found.code == 3
    assert "CODEGRAPH_CASCADE_DEPTH" in found.err
    found = project.run(*command, "--json", environment={"CODEGRAPH_WATCH_MODE": "guess"})
    assert found.record["error"]["kind"] == "ConfigError"


def test_a_model_that_is_not_there(project: Installation) -> None:
    """An unknown model is an error; a known one without weights is replaced by the lexical one, and that is said."""
    found = project.run("start", "--set", "embedding.model=no-such-model")
    assert found.code in (3, 7)
    assert "no-such-model" in found.err
    project.start("embedding.model=graphcodebert")
    settled(project)
    assert "graphcodebert" in warnings_of(project)


def test_no_such_directory(home: Installation) -> None:
    """A directory that is not there is no project."""
    missing = home.directory / "nothing"
    found = home.run("index", str(missing))
    assert found.code == 4
    assert str(missing) in found.err
    assert "next:" in found.err
