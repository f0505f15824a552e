"""What holds for all tests: hypothesis judges promises, never speed; one thread computes in each process.

Several processes run tests already, and threads of numpy and torch that wait for each other take the time of all.
"""

from __future__ import annotations

import os

from hypothesis import settings

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before either is imported
os.environ["TERM"] = "xterm"  # what is painted does not depend on who runs the tests
os.environ.pop("NO_COLOR", None)

settings.register_profile("codegraph", parent=settings.default, deadline=None)
settings.load_profile("codegraph")
