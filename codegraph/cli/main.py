"""From the command line's arguments to an exit code; every error ends here.

An error is printed on standard error as what happened (with where) and what to do next; with --json
as an object {"error": {"kind", "message", "advice"}} besides. Exit codes: `codegraph --help`.
Tests: tests/unit/cli/test_cli_main.py.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from codegraph.cli.parser import build_parser
from codegraph.errors import CodegraphError, InternalError, UsageError

INTERRUPTED = 130
_NO_OUTPUT = 141
_READING = ("codegraph.cli.queries", "codegraph.cli.graph", "codegraph.cli.clones", "codegraph.cli.status")
"""Modules of commands that leave nothing behind: an interrupt may end them at any point, also in a decoder in C."""
_OUTPUT_ERRORS = frozenset({errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EBADF})


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. argparse itself exits with 0 after --help."""
    _open_streams()
    try:
        code = _run(sys.argv[1:] if argv is None else argv)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        if not isinstance(error, BrokenPipeError):
            _complain(f"the output cannot be written: {error.strerror}", "make room, or write it elsewhere")
        # What is left to print goes nowhere, or Python would complain of it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _NO_OUTPUT
    return code


def _open_streams() -> None:
    """Make the standard streams take any text; those that were closed before the start take it nowhere."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - open to the end
        reconfigure = getattr(getattr(sys, name), "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _run(argv: Sequence[str]) -> int:
    from codegraph.cli.output import Output

    output = Output(json="--json" in argv)
    try:
        _check_text(argv)
        arguments = build_parser().parse_args(argv)
        output.json = arguments.json
        _warn_of_variables()
        module, _, function = arguments.run.partition(":")
        if module not in _READING and signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        return int(getattr(import_module(module), function)(arguments, output))
    except CodegraphError as error:
        output.flush()
        _complain(error.message, error.advice)
        if output.json:
            kind = type(error).__name__
            output.record({"error": {"kind": kind, "message": error.message, "advice": error.advice}})
        return error.exit_code
    except Exception as error:  # 1, which is what Python would end with, says that `verify` found a difference
        if isinstance(error, OSError) and error.errno in _OUTPUT_ERRORS and error.filename is None:
            raise
        import traceback

        traceback.print_exc()
        _complain(f"{type(error).__name__}: {error}", "this is a bug: please report it with the lines above")
        return InternalError.exit_code


def _check_text(argv: Sequence[str]) -> None:
    """Raise UsageError at what is not UTF-8: no name that codegraph gives or takes is."""
    if all(map(str.isascii, argv)):
        return
    from codegraph.source.listing import is_text

    for argument in argv:
        if not is_text(argument):
            readable = os.fsencode(argument).decode("utf-8", "backslashreplace")
            raise UsageError(f"{readable}: an argument is not UTF-8", "write it in UTF-8")


def _warn_of_variables() -> None:
    """Say which variables are probably misspelt; those like nothing of ours may be another program's."""
    if not any(name.startswith("CODEGRAPH_") for name in os.environ):
        return
    from codegraph.config_layers import unknown_variables

    for name, question in unknown_variables(os.environ).items():
        if question:
            _complain(f"the environment variable {name} means nothing", question)


def _complain(message: str, advice: str) -> None:
    """Say what is wrong; what it quotes may come from other people's files, as all that is printed."""
    from codegraph.cli.output import printable

    lines = [f"codegraph: {message}", *([f"  next: {advice}"] if advice else [])]
    try:
        sys.stderr.write("".join(f"{printable(line)}\n" for text in lines for line in text.split("\n")))
    except OSError:
        return  # nobody can be told; the exit code says it
