"""The proof: build everything a second time from the disk, believing nothing that is stored, and compare.

The clean build uses a scanner, extract processes and an index of its own. Compared are files,
definitions, edges (with kind, confidence and place), unresolved references, keys, and, beyond the
graph, vectors: every symbol that is called fresh must have a vector in the search index, and a sample
of them is embedded again and must come out the same. If the tree changes during the build, the build
is repeated; a tree that never rests is an error, not a verdict. Tests: tests/integration/test_verify.py.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from codegraph.core.changes import SourceFile
from codegraph.core.facts import EncodedFacts, Occurrences, decode_compressed_occurrences
from codegraph.core.symbols import BlobDigest, EmbeddingKey, Freshness, SymbolId
from codegraph.daemon.changeset import change_set
from codegraph.daemon.operations import VerifyResult
from codegraph.daemon.switching import extract_settings
from codegraph.daemon.view import View
from codegraph.embed.embedder import Embeddings
from codegraph.embed.encoder import FloatArray
from codegraph.embed.render import PackedInput
from codegraph.errors import DaemonError
from codegraph.extract.languages import language_of
from codegraph.graph.compare import snapshot_differences
from codegraph.graph.index import Index
from codegraph.graph.snapshot import Snapshot
from codegraph.source.scan import Scanner

if TYPE_CHECKING:
    from codegraph.daemon.project import Project

ATTEMPTS = 3
LISTED = 100
SAMPLE = 200
"""How many fresh symbols are embedded again."""

SAME_COSINE = 0.99
"""Below this, a served int8 vector is not that of its key; rounding alone stays above 0.999."""


def verify(project: Project) -> VerifyResult:
    """Compare the newest view with a clean build. Raises DaemonError if the tree does not rest."""
    started = project.parts.timer()
    for _ in range(ATTEMPTS):
        project.writer.call(project.pipeline.compute_all_keys).result()
        view = project.pipeline.view
        clean = clean_snapshot(project)
        if project.settled_since(view):
            break
    else:
        raise DaemonError(
            f"the tree changed during each of {ATTEMPTS} clean builds", "verify again when nothing writes to the tree"
        )
    graph = snapshot_differences(view.snapshot, clean, ("index", "clean build"))
    found: dict[str, list[str]] = {
        "files": graph["files"],
        "definitions": graph["definitions"],
        "edges": graph["edges"],
        "unresolved": graph["unresolved"],
        "keys": graph["keys"],
    }
    found["vectors"] = _vector_differences(project, view)
    symbols = len(view.snapshot.places)
    counts = {
        "files": len(view.snapshot.files),
        "definitions": symbols,
        "edges": sum(view.snapshot.counts.edges.values()),
        "keys": symbols,
        "vectors": len(view.served),
    }
    return VerifyResult(
        clock=str(view.snapshot.clock),
        equal=not any(found.values()),
        differences={part: tuple(lines[:LISTED]) for part, lines in found.items() if lines},
        counts=counts,
        seconds=project.parts.timer() - started,
    )


def clean_snapshot(project: Project) -> Snapshot:
    """Build the index of the tree as it is on disk now."""
    config = project.config
    scanner = Scanner(project.root, config.source, language_of)
    facts: dict[str, EncodedFacts | None] = {}
    by_blob: dict[tuple[str, BlobDigest], EncodedFacts] = {}
    sources = (found for path in scanner.reconcile({}).written if isinstance(found := scanner.read(path), SourceFile))
    extractor = project.makers.extractor(extract_settings(config.extract, project.models), project.events)
    try:
        for path, made in extractor.extract(sources):
            facts[path] = by_blob[made.language, made.blob] = replace(made, layout=b"")
    finally:
        extractor.close()

    def occurrences(language: str, blob: BlobDigest) -> Occurrences:
        return decode_compressed_occurrences(by_blob[language, blob].occurrences)

    index = Index(
        instance="clean",
        cascade=config.cascade,
        routes=project.pipeline.view.snapshot.routes,
        load_occurrences=occurrences,
    )
    index.apply(change_set(facts))
    return index.snapshot


def _vector_differences(project: Project, view: View) -> list[str]:
    fresh = [symbol for symbol in view.snapshot.places if view.freshness(symbol) is Freshness.FRESH]
    fresh.sort()
    vector_of = project.parts.searcher.vector_of
    missing = (symbol for symbol in fresh if vector_of(symbol, view.search) is None)
    lines = [f"{symbol}: called fresh, but no vector is served" for symbol in missing]
    sample = random.Random(0).sample(fresh, min(SAMPLE, len(fresh)))  # noqa: S311 - which symbols are drawn is no secret
    vectors = {symbol: found[1] for symbol in sample if (found := vector_of(symbol, view.search)) is not None}
    return lines + [
        f"{symbol}: the served vector is not that of its key (cosine {cosine:.3f})"
        for symbol, cosine in _embedded_again(project, view, sample, vectors)
        if cosine < SAME_COSINE
    ]


def _embedded_again(
    project: Project, view: View, sample: list[SymbolId], vectors: Mapping[SymbolId, FloatArray]
) -> list[tuple[SymbolId, float]]:
    inputs = project.own_inputs()
    batches: dict[bytes, list[tuple[EmbeddingKey, PackedInput]]] = {}
    for symbol in sample:
        source = view.snapshot.render_source(symbol)
        own = inputs.encoded(*view.snapshot.blob(symbol), source.own)
        if own is not None:
            item = (view.snapshot.wanted(symbol), PackedInput(own, source.signatures))
            batches.setdefault(view.snapshot.model_of(symbol), []).append(item)
    again: Embeddings = {}
    for model, batch in batches.items():
        again |= project.parts.encoders.submit(model, batch).result()
    pairs = []
    for symbol in sample:
        served, new = vectors.get(symbol), again.get(view.snapshot.wanted(symbol))
        if served is not None and new is not None:
            length = float(np.linalg.norm(served) * np.linalg.norm(new))
            pairs.append((symbol, float(served @ new) / length if length else 0.0))
    return pairs
