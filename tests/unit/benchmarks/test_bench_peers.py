"""Peers: only what is there and really built something is compared; everything else says why not."""

from __future__ import annotations

from pathlib import Path

from benchmarks.peers import PEERS, Peer, compared, measure, nodes_made, run
from benchmarks.sandbox import Sandbox
from benchmarks.usage import Usage

USAGE = Usage(seconds=2.0, cpu_seconds=4.0, peak_bytes=1 << 20, own_peak_bytes=1, output="7 nodes", code=0)


def test_absent_peers_say_how_to_get_them(monkeypatch):
    """A run without any peer names all of them with the reason, and installs nothing."""
    monkeypatch.setenv("PATH", "")
    with Sandbox() as box:
        figures, skipped = measure(box, 1.0)
    assert figures == []
    assert list(skipped) == [peer.name for peer in PEERS]
    assert all(why for why in skipped.values())


def test_what_built_nothing_is_no_comparison():
    """An index of no nodes is quick; it does not count."""
    assert nodes_made("Full build: 258 files, 0 nodes, 0 edges") == 0
    assert nodes_made("23,824 nodes, 62,432 edges in 1.2s") == 23_824
    assert nodes_made("done") == 0


def test_ratio_is_ours_by_theirs():
    """Two means that we take twice their CPU time."""
    assert compared(PEERS[0], USAGE, 8.0).ratio == 2.0


def test_commands_get_the_path_of_a_copy(tmp_path):
    """A peer may write where it likes: what it sees is a copy of the tree, and a home of its own."""
    program = tmp_path / "peer"
    program.write_text('#!/bin/sh\necho "$HOME" > "$2/home"\nls "$2"\necho 1 nodes\n')
    program.chmod(0o755)
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "a.py").write_text("")
    peer = Peer("peer", "lists files", (("peer", "--in", "{tree}"),), "peer", "")
    usage = run(peer, str(program), tmp_path / "tree")
    assert usage.code == 0
    assert usage.output.splitlines() == ["a.py", "home", "1 nodes"]
    assert [path.name for path in Path(tmp_path / "tree").iterdir()] == ["a.py"]
