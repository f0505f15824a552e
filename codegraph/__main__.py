"""`python -m codegraph`, and the entry point of the command `codegraph`."""

from __future__ import annotations

import sys

from codegraph.cli.main import main as run


def main() -> None:
    """Run the command line and exit with its code."""
    sys.exit(run())


if __name__ == "__main__":
    main()
