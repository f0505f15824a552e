"""From the command line's arguments to an exit code; every error ends here.

An error is printed on standard error as what happened (with where) and what to do next; with --json
as an object {"error": {"kind", "message", "advice"}} besides. Exit codes: `codegraph --help`.
Tests: tests/unit/cli/test_cli_main.py.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

from codegraph.cli.parser import build_parser
from codegraph.errors import CodegraphError, InternalError

_INTERRUPTED = 130
_BROKEN_PIPE = 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. argparse itself exits with 0 after --help."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    try:
        code = _run(sys.argv[1:] if argv is None else argv)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has enough. Standard output is replaced, or Python would complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BROKEN_PIPE
    return code


def _run(argv: Sequence[str]) -> int:
    from codegraph.cli.output import Output

    output = Output(json="--json" in argv)
    try:
        arguments = build_parser().parse_args(argv)
        output.json = arguments.json
        module, _, function = arguments.run.partition(":")
        return int(getattr(import_module(module), function)(arguments, output))
    except CodegraphError as error:
        output.flush()
        _complain(error.message, error.advice)
        if output.json:
            kind = type(error).__name__
            output.record({"error": {"kind": kind, "message": error.message, "advice": error.advice}})
        return error.exit_code
    except BrokenPipeError:
        raise
    except Exception as error:  # 1, which is what Python would end with, says that `verify` found a difference
        import traceback

        traceback.print_exc()
        _complain(f"{type(error).__name__}: {error}", "this is a bug: please report it with the lines above")
        return InternalError.exit_code


def _complain(message: str, advice: str) -> None:
    sys.stderr.write(f"codegraph: {message}\n")
    if advice:
        sys.stderr.write(f"  next: {advice}\n")
