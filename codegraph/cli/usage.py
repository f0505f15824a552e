"""Wrong usage that argparse cannot see."""

from __future__ import annotations

from codegraph.errors import CodegraphError


class UsageError(CodegraphError):
    """Options that do not go together."""

    exit_code = 2
