"""`python -m codegraph`, and the entry point of the command `codegraph`.

Tests: tests/unit/cli/test_cli_main.py.
"""

from __future__ import annotations

import os
import signal
import sys


def main() -> None:
    """Run the command line and exit with its code.

    An interrupted command dies of the signal, or the shell's loop around it would go on: at once, unless it is one that
    has something to tidy up (`cli.main`).
    """
    heeded = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if heeded:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from codegraph.cli.main import INTERRUPTED
    from codegraph.cli.main import main as run

    try:
        code = run()
    except KeyboardInterrupt:  # in the moment before or after what `run` looks after
        code = INTERRUPTED
    if heeded:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        if code == INTERRUPTED:
            os.kill(os.getpid(), signal.SIGINT)
    sys.exit(code)


if __name__ == "__main__":
    main()
