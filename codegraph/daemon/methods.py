"""The table of all methods: name -> parameters and result. Read by the server, the client and docs/api.md."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from codegraph.daemon import clones, messages, operations, reports, streams
from codegraph.daemon.messages import Params

METHODS: Mapping[str, type[Params[Any]]] = MappingProxyType(
    {
        params.method: params
        for params in (
            reports.HelloParams,
            reports.StatusParams,
            reports.MetricsParams,
            reports.SkippedParams,
            operations.SyncParams,
            messages.SearchParams,
            messages.SimilarParams,
            clones.ClonesParams,
            messages.SymbolsParams,
            messages.DefinitionParams,
            messages.ReferencesParams,
            messages.CallersParams,
            messages.CalleesParams,
            messages.DependenciesParams,
            messages.ImpactParams,
            operations.ExplainParams,
            operations.EmbedParams,
            operations.VerifyParams,
            streams.EventsParams,
            streams.UnsubscribeParams,
            streams.ExportParams,
            operations.IndexParams,
            operations.CacheParams,
            operations.ModelsParams,
            operations.UseModelParams,
            operations.ConfigParams,
            operations.ShutdownParams,
        )
    }
)
"""In the order of the documentation. `params.result` is the type of the answer."""
