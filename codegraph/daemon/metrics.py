"""The figures of `status` in Prometheus' text format, by prometheus-client's own writer.

Nothing is counted here: a status report is turned into samples, so the two can never disagree.
Tests: tests/unit/daemon/test_daemon_metrics.py.
"""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from codegraph.daemon.reports import StatusResult

CONTENT_TYPE = CONTENT_TYPE_LATEST


class _Report(Collector):
    """Gives the samples of one status report."""

    def __init__(self, status: StatusResult) -> None:
        self._status = status

    def collect(self) -> Iterable[Metric]:
        status = self._status
        yield _gauge("files", "Indexed files", status.files)
        yield _gauge("symbols", "Indexed symbols", status.symbols)
        yield _gauge("edges", "Resolved dependencies", status.edges)
        yield _gauge("up_seconds", "Seconds since the start", status.uptime_seconds)
        yield _gauge("healthy", "1 if nothing is to be warned of", float(not status.warnings))
        yield _gauge("model_available", "1 if the model can be loaded", float(status.model.available))
        yield _gauge("watcher_healthy", "1 if the system's events are complete", float(status.watcher.healthy))
        yield _counter("watcher_losses", "Times that events were lost", status.watcher.losses)
        yield _counter("embedded", "Vectors computed", status.embedded)
        yield _counter("embeddings_avoided", "Marked symbols that needed no computation", status.embeddings_avoided)
        yield _counter("worker_restarts", "Processes with the model started again", status.worker.restarts)
        yield from self._lanes()
        yield from self._tiers()
        yield _labelled("served_vectors", "Vectors served", "model", {m.model: m.vectors for m in status.models})
        yield _labelled("data_flow_symbols", "Symbols by data flow", "state", status.flow)
        yield from self._memory()
        yield from self._requests()
        yield _labelled("skipped_files", "Files not indexed", "reason", status.skipped)
        yield _labelled(
            "unread_files",
            "Files not read as a whole",
            "reason",
            status.unread,
        )
        yield _labelled("uncertain_references", "References without an edge", "reason", status.uncertain)

    def _lanes(self) -> Iterable[Metric]:
        for state in ("pending", "stale"):
            values = {figures.lane: getattr(figures, state) for figures in self._status.lanes}
            yield _labelled(f"{state}_symbols", f"Symbols that are {state}", "lane", values)

    def _tiers(self) -> Iterable[Metric]:
        tiers = {"hot": self._status.hot, "cold": self._status.cold}
        for name in ("hits", "misses", "evictions"):
            family = CounterMetricFamily(f"codegraph_cache_{name}", f"Cache {name}", labels=["tier"])
            for tier, figures in tiers.items():
                family.add_metric([tier], getattr(figures, name))
            yield family
        for name in ("entries", "bytes", "limit_bytes", "lookup_microseconds"):
            values = {tier: getattr(figures, name) for tier, figures in tiers.items()}
            yield _labelled(f"cache_{name}", f"Cache {name.replace('_', ' ')}", "tier", values)

    def _memory(self) -> Iterable[Metric]:
        memory = self._status.memory
        values = {"daemon": memory.daemon_bytes, "workers": memory.workers_bytes}
        yield _labelled("resident_bytes", "Resident memory", "process", values)
        yield _gauge("state_bytes", "Size of the project's state on disk", memory.state_bytes)

    def _requests(self) -> Iterable[Metric]:
        requests = self._status.requests
        counts = CounterMetricFamily("codegraph_requests", "Requests", labels=["method"])
        errors = CounterMetricFamily("codegraph_request_errors", "Requests that failed", labels=["method"])
        for figures in requests.by_method:
            counts.add_metric([figures.method], figures.count)
            errors.add_metric([figures.method], figures.errors)
        yield counts
        yield errors
        p95 = {figures.method: figures.p95_milliseconds for figures in requests.by_method}
        yield _labelled("request_p95_milliseconds", "95th percentile of recent requests", "method", p95)
        yield _gauge("clients", "Connected clients", requests.clients)


def exposition(status: StatusResult) -> str:
    """Return the report in the text format, version 0.0.4 (prometheus.io, exposition formats)."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Report(status))
    return generate_latest(registry).decode("utf-8")


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"codegraph_{name}", text, value=value)


def _counter(name: str, text: str, value: float) -> CounterMetricFamily:
    return CounterMetricFamily(f"codegraph_{name}", text, value=value)


def _labelled(name: str, text: str, label: str, values: dict[str, int] | dict[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"codegraph_{name}", text, labels=[label])
    for value in sorted(values):
        family.add_metric([value], values[value])
    return family
