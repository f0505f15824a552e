"""How many requests there were, how many failed and how long they took; shared by server and Service.

Percentiles are nearest-rank over the last `window` requests (of a method, or of all), so memory is
bounded by the number of methods. Everything happens on the event loop's thread.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable

from codegraph.daemon.reports import MethodFigures, RequestFigures


class RequestStatistics:
    """Counts requests. `window` is how many of the newest durations are kept for percentiles."""

    def __init__(self, window: int = 1_024) -> None:
        self._window = window
        self._counts: dict[str, int] = {}
        self._errors: dict[str, int] = {}
        self._seconds: dict[str, deque[float]] = {}
        self._recent: deque[float] = deque(maxlen=window)
        self.clients = 0
        """Connections that are open now."""

    def record(self, method: str, seconds: float, *, failed: bool) -> None:
        """Count one request. `method` must be a known name, or one fixed word for all unknown ones."""
        self._counts[method] = self._counts.get(method, 0) + 1
        self._errors[method] = self._errors.get(method, 0) + failed
        self._seconds.setdefault(method, deque(maxlen=self._window)).append(seconds)
        self._recent.append(seconds)

    def figures(self) -> RequestFigures:
        """Sum up; methods are sorted by name."""
        count = sum(self._counts.values())
        errors = sum(self._errors.values())
        by_method = tuple(
            MethodFigures(
                method=method,
                count=self._counts[method],
                errors=self._errors[method],
                p50_milliseconds=percentile(self._seconds[method], 0.5) * 1e3,
                p95_milliseconds=percentile(self._seconds[method], 0.95) * 1e3,
            )
            for method in sorted(self._counts)
        )
        return RequestFigures(
            count=count,
            errors=errors,
            error_rate=errors / count if count else 0.0,
            p50_milliseconds=percentile(self._recent, 0.5) * 1e3,
            p95_milliseconds=percentile(self._recent, 0.95) * 1e3,
            clients=self.clients,
            by_method=by_method,
        )


def percentile(values: Iterable[float], share: float) -> float:
    """Return the nearest-rank percentile: the smallest value with at least `share` of all at or below it; 0 of none."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else 0.0
