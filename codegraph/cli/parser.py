"""What can be typed: every command with its arguments. Standard library only, so that --help is instant.

A command's `run` default names the function that carries it out, "module:function"; `main` imports it.
Tests: tests/unit/cli/test_cli_main.py.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from codegraph import __version__
from codegraph.cli.manual import EPILOG, EXAMPLES, epilog_of
from codegraph.errors import UsageError, did_you_mean

KINDS = ("module", "class", "interface", "enum", "function", "method", "constant", "section")
DEPENDENCY_KINDS = (
    "calls",
    "inherits",
    "implements",
    "uses_type",
    "overrides",
    "references",
    "imports",
    "contains",
)
CLONE_KINDS = ("exact", "renamed", "near", "semantic")
GRAPH_FORMATS = ("graphml", "gexf", "json", "dot")

_Add = Callable[[argparse.ArgumentParser], None]


class _Parser(argparse.ArgumentParser):
    """Raises UsageError at what it cannot read, which ends like any other error."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and where more is told."""
        if unknown := re.match(r"argument COMMAND: invalid choice: '([^']*)'", message):
            question = did_you_mean(unknown[1], EXAMPLES)
            raise UsageError(f"there is no command {unknown[1]}", f"{question}`codegraph --help` lists all")
        if message.endswith("required: COMMAND"):
            raise UsageError("no command was given", f"`{self.prog} --help` lists all; `codegraph search QUERY` is one")
        raise UsageError(message, f"`{self.prog} --help` lists what it takes")


class Command(_Parser):
    """The parser of one command. It gets its arguments when it is used: one command in thirty is."""

    owed: Sequence[_Add] = ()

    def complete(self) -> None:
        """Add the arguments, once."""
        owed, self.owed = self.owed, ()
        for add in owed:
            add(self)

    def parse_known_args(self, *given: Any, **named: Any) -> Any:
        """Parse, with all arguments."""
        self.complete()
        return super().parse_known_args(*given, **named)


class _Commands:
    """Adds commands to the parser."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self._group = parser.add_subparsers(
            title="commands", metavar="COMMAND", dest="command", required=True, parser_class=Command
        )

    def add(self, name: str, run: str, summary: str | None, *arguments: _Add) -> None:
        """Add a command that `run` carries out; a summary of None hides it."""
        shown = {} if summary is None else {"help": summary}
        command = self._group.add_parser(
            name,
            description=summary,
            epilog=epilog_of(name),
            formatter_class=argparse.RawDescriptionHelpFormatter,
            **shown,  # type: ignore[arg-type]
        )
        command.owed = (_common, *arguments)
        command.set_defaults(run=run)


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = _Parser(
        prog="codegraph",
        description="Keeps a fresh semantic index of your code beside your editor.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"codegraph {__version__}")
    parser.set_defaults(project=None, json=False)
    _common(parser)
    commands = _Commands(parser)
    _add_daemon_commands(commands)
    _add_query_commands(commands)
    _add_graph_commands(commands)
    _add_upkeep_commands(commands)
    return parser


def _add_daemon_commands(commands: _Commands) -> None:
    daemon = "codegraph.cli.daemon_commands"
    commands.add(
        "index", f"{daemon}:index", "build the index or bring it up to date", _root, _settings, _rebuild, _quiet
    )
    commands.add("start", f"{daemon}:start", "start the daemon in the background", _root, _settings, _foreground)
    commands.add("stop", f"{daemon}:stop", "end the daemon", _path)
    commands.add("restart", f"{daemon}:restart", "end the daemon and start it again", _root, _settings)
    commands.add("forget", f"{daemon}:forget", "end the daemon and remove the index of a project", _root)
    commands.add("status", "codegraph.cli.status:status", "show the daemon and its index", _path, _watch)
    commands.add("daemon-run", f"{daemon}:daemon_run", None, _path, _settings)


def _add_query_commands(commands: _Commands) -> None:
    queries = "codegraph.cli.queries"
    commands.add("search", f"{queries}:search", "find symbols by meaning and words", _query, _filters, _waiting)
    commands.add("similar", f"{queries}:similar", "find symbols like one, or like code", _like, _filters, _waiting)
    about = "find copies: exact, renamed, near and semantic clones"
    commands.add("clones", "codegraph.cli.clones:clones", about, _clones, _limit, _waiting)
    commands.add("symbols", f"{queries}:symbols", "list symbols by name, file or position", _names, _waiting)
    commands.add("definition", f"{queries}:definition", "find where a name is defined", _symbol, _waiting)
    commands.add("explain", f"{queries}:explain", "say why a symbol was embedded again, or not", _symbol, _waiting)
    commands.add("embed", f"{queries}:embed", "print the vectors of symbols or texts", _embedded, _waiting)


def _add_graph_commands(commands: _Commands) -> None:
    graph = "codegraph.cli.graph"
    shown = (_limit, _places, _waiting)
    commands.add("callers", f"{graph}:callers", "list who calls a symbol", _symbol, _depth, *shown)
    commands.add("callees", f"{graph}:callees", "list what a symbol calls", _symbol, _depth, *shown)
    commands.add("references", f"{graph}:references", "list who refers to a symbol", _symbol, *shown)
    about = "list what a symbol depends on"
    commands.add("dependencies", f"{graph}:dependencies", about, _symbol, _depth, _edges, *shown)
    commands.add("impact", f"{graph}:impact", "find what a change may reach", _symbol, _any_depth, _limit, _waiting)
    about = "print all symbols, edges or the graph, or the data flow of one file"
    commands.add("export", "codegraph.cli.export:export", about, _exported, _waiting)


def _add_upkeep_commands(commands: _Commands) -> None:
    upkeep = "codegraph.cli.upkeep"
    commands.add("events", f"{upkeep}:events", "print what happens, as it happens", _events)
    commands.add("sync", f"{upkeep}:sync", "wait until everything written so far is indexed", _waiting)
    commands.add("verify", f"{upkeep}:verify", "compare the index with one built from the disk")
    commands.add("skipped", f"{upkeep}:skipped", "list files that are not indexed, or not parsed, and why", _reason)
    commands.add("cache", f"{upkeep}:cache", "look at the cache, prune it or empty it", _cache_action)
    commands.add("config", "codegraph.cli.configuration:config", "show the settings", _config_action, _settings)
    commands.add("models", "codegraph.cli.models:models", "list, show, use or fit models", _model_name)
    commands.add("metrics", f"{upkeep}:metrics", "print the figures as Prometheus text")
    about = "print what makes a shell complete commands and options"
    commands.add("completion", "codegraph.cli.completion:completion", about, _shell)
    commands.add("mcp", "codegraph.cli.mcp_server:serve", "serve coding agents (Model Context Protocol)", _path)
    commands.add("lsp", "codegraph.cli.language_server:serve", "serve editors (Language Server Protocol)", _path)
    commands.add("doctor", "codegraph.cli.doctor:doctor", "check this machine and this project", _settings)


# --- arguments ------------------------------------------------------------------------------------


def _common(parser: argparse.ArgumentParser) -> None:
    unsaid = argparse.SUPPRESS  # before or behind the command: what was said in one place is not unsaid in the other
    about = "a directory of the project (default: this one)"
    parser.add_argument("--project", metavar="PATH", default=unsaid, help=about)
    parser.add_argument("--json", action="store_true", default=unsaid, help="print JSON")


def _path(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("directory", nargs="?", metavar="PATH", help="a directory of the project (same as --project)")


def _root(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("directory", nargs="?", metavar="PATH", help="the root of the project")
    parser.set_defaults(exact=True)


def _model_name(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("words", nargs="*", metavar="NAME", help="tell all of one; `use NAME`; `fit NAME`: see below")
    fitting = parser.add_argument_group("fit NAME", "make a model of this name out of the one in use")
    fitting.add_argument(
        "--method",
        choices=("pca", "whiten", "centre", "all-but-the-top", "soft-zca"),
        default="pca",
        help="what is fitted to this project's vectors (default: %(default)s)",
    )
    about = "how many are left, for pca and whiten"
    fitting.add_argument("--dimensions", type=_at_most(16_384), metavar="N", help=about)
    about = "how many it is fitted to (default: %(default)s)"
    fitting.add_argument("--vectors", type=_at_most(1_000_000), default=20_000, metavar="N", help=about)


def _settings(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a setting such as cascade.depth=3 (may be repeated)",
    )


def _rebuild(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rebuild", action="store_true", help="read every file again, as if none were known")
    parser.add_argument("--no-embed", action="store_true", help="stop once the graph is complete")


def _quiet(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quiet", action="store_true", help="no progress bar")


def _foreground(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--foreground", action="store_true", help="stay in this terminal; end with Ctrl-C")


def _watch(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--watch", action="store_true", help="show it again every second until Ctrl-C")


def _waiting(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--wait",
        choices=("none", "indexed", "embedded"),
        default="indexed",
        help="what must have happened to all that was written so far (default: indexed)",
    )
    parser.add_argument(
        "--timeout", type=_seconds, default=30.0, metavar="SECONDS", help="how long --wait may take (default: 30)"
    )


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 3_600:
        raise argparse.ArgumentTypeError("from 0 to 3600")
    return value


def _at_most(most: int) -> Callable[[str], int]:
    def convert(text: str) -> int:
        value = int(text)
        if not 1 <= value <= most:
            raise argparse.ArgumentTypeError(f"from 1 to {most}")
        return value

    convert.__name__ = "number"
    return convert


def _limit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--limit", "-n", type=_at_most(1_000), metavar="N", help="at most N results")


def _places(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--places", action="store_true", help="show all places of each edge, not only the first")


def _kinds(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kind", action="append", default=[], choices=KINDS, help="only this kind (repeatable)")


def _filters(parser: argparse.ArgumentParser) -> None:
    _limit(parser)
    _kinds(parser)
    parser.add_argument("--language", action="append", default=[], metavar="NAME", help="only this one (repeatable)")
    parser.add_argument(
        "--path", dest="globs", action="append", default=[], metavar="GLOB", help="only these files (repeatable)"
    )


def _query(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("query", nargs="+", metavar="QUERY", help="words, identifiers or code, and filters: see below")
    parser.add_argument("--all", action="store_true", help="show copies of a result like any other")
    parser.add_argument("--why", action="store_true", help="show what each score is made of")


def _symbol(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("symbol", metavar="SYMBOL", help="id, name or FILE:LINE[:COLUMN]; see below")


def _like(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("symbol", nargs="?", metavar="SYMBOL", help="id, name or FILE:LINE[:COLUMN]; - is --code -")
    what.add_argument("--code", "--text", metavar="CODE", help="a piece of code; - reads it from standard input")


def _clones(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("place", nargs="?", metavar="PATH", help="only groups with a member in this file or folder")
    parser.add_argument(
        "--threshold",
        type=_share,
        default=0.7,
        metavar="SHARE",
        help="of near and semantic clones: from 0 to 1 (default: 0.7)",
    )
    parser.add_argument(
        "--kind",
        action="append",
        default=[],
        choices=CLONE_KINDS,
        help="only groups of this kind (repeatable); default: all but semantic",
    )
    parser.add_argument("--min-lines", type=_at_most(1_000_000), default=6, metavar="N", help="default: 6")
    parser.add_argument("--min-tokens", type=_at_most(1_000_000), default=50, metavar="N", help="default: 50")
    parser.add_argument("--format", choices=("table", "json", "sarif"), help="default: table, with --json: json")


def _share(text: str) -> float:
    value = float(text)
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError("above 0, at most 1")
    return value


def _names(parser: argparse.ArgumentParser) -> None:
    _limit(parser)
    _kinds(parser)
    about = "bare, qualified, a file or a place; all if left out"
    parser.add_argument("name", nargs="?", default="", metavar="NAME", help=about)
    parser.add_argument(
        "--match", choices=("exact", "prefix", "substring"), default="exact", help="how NAME is compared"
    )
    place = parser.add_mutually_exclusive_group()
    place.add_argument("--file", metavar="FILE", help="only in this file")
    place.add_argument("--at", metavar="FILE:LINE[:COLUMN]", help="only around this place")


def _embedded(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("symbol", nargs="*", metavar="SYMBOL", help="id, qualified or bare name")
    parser.add_argument("--text", action="append", default=[], help="a text or piece of code (repeatable)")


def _depth(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--depth", type=_at_most(64), default=1, metavar="N", help="steps to follow (default: 1)")


def _any_depth(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--depth", type=_at_most(64), metavar="N", help="steps to follow (default: no limit)")


def _edges(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--reverse", action="store_true", help="list what depends on the symbol instead")
    parser.add_argument(
        "--kind", action="append", default=[], choices=DEPENDENCY_KINDS, help="only this kind (repeatable)"
    )


def _exported(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("symbols", "edges", "graph", "dataflow"))
    parser.add_argument("file", nargs="?", metavar="FILE", help="whose functions, for dataflow")
    parser.add_argument(
        "--format",
        choices=("jsonl", *GRAPH_FORMATS),
        help="jsonl for symbols, edges and dataflow; graphml (default), gexf, json or dot for the graph",
    )
    parser.add_argument("--output", "-o", metavar="FILE", help="write there instead of to standard output")
    parser.add_argument(
        "--measures", action="store_true", help="add centrality and components to the nodes of the graph"
    )
    parser.add_argument("--function-text", action="store_true", help="dataflow: the file is the text of one function")
    parser.add_argument("--language", metavar="NAME", help="dataflow: instead of telling it from the name of the file")
    parser.add_argument(
        "--revised", action="store_true", help="dataflow: mend the defects of GraphCodeBERT's extractor"
    )


def _events(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--type", action="append", default=[], metavar="TYPE", help="only this type (repeatable)")
    parser.add_argument("--recent", action="store_true", help="begin with the remembered ones")
    parser.add_argument("--count", type=_at_most(1_000_000), metavar="N", help="end after N events")


def _reason(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", default="", metavar="FILE", help="only this file: what keeps it out now")
    parser.add_argument("--reason", default="", help="only for this reason, such as binary or too_large")


def _cache_action(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("stats", "prune", "clear"))


def _config_action(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", nargs="?", choices=("show", "path"), default="show", help="default: show")


def _shell(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=("bash", "zsh", "fish"))
