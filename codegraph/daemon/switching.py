"""A change of models while everything runs: old vectors are served until the new ones are there.

What a change does, on the writer's thread: the new models come into use and get spaces of their own in
the search index; every key is computed for its new route; keys whose vectors are in the store or the
tiers are served at once (so going back costs nothing), the others pend in the cold lane. Symbols keep
their old vectors until then, as stale, and queries ask both spaces, each with a query vector of its own
model. A space that no symbol is served from any more is closed, and its model with it. If the new code
model reads data flow and the old one did not, or the other way round, all files are extracted again,
some at a time, and nothing is embedded of a file before that.

Which models have vectors is remembered in the store, so a restart in the middle goes on serving them.
Tests: tests/unit/daemon/test_daemon_switching.py, tests/integration/test_switching.py.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace

import msgspec

from codegraph.config import ExtractConfig
from codegraph.daemon.makers import Makers
from codegraph.daemon.model import ActiveModel, ModelSet
from codegraph.daemon.parts import Parts
from codegraph.daemon.pipeline import Pipeline
from codegraph.daemon.restore import ROUTES
from codegraph.embed.registry import query_encoder
from codegraph.embed.spec import ModelSpec
from codegraph.errors import StoreError
from codegraph.search.spaces import zero_mean
from codegraph.store.protocol import StateStore

logger = logging.getLogger(__name__)

MODELS = "models"
"""Meta: the models that stored vectors may be of."""


class _Remembered(msgspec.Struct, frozen=True, array_like=True):
    """A model, as the store keeps it."""

    identity: bytes
    dimensions: int
    spec: ModelSpec


class Switch:
    """The models in use and how others come into use. Only on the writer's thread, once it runs."""

    def __init__(self, parts: Parts, makers: Makers, models: ModelSet) -> None:
        """Open the spaces of the models that are asked for, and of those that stored vectors may be of."""
        self.models = models
        self._parts = parts
        self._makers = makers
        known = [model for model in _remembered(parts.store) if model.identity not in models.models]
        self._open(known)
        self._use(models)

    def change(self, models: ModelSet, pipeline: Pipeline) -> bool:
        """Change to other models; return whether anything differs for a symbol. Raises StoreError before it begins."""
        if models.routes != self.models.routes:
            self._parts.store.set_meta(ROUTES, b"")
        before, self.models = self.models, models
        self._use(models)
        if models.routes == before.routes:
            return False
        if models.routes.expects_data_flow != before.routes.expects_data_flow:
            self._parts.extractor.close()
            settings = extract_settings(self._parts.config.extract, models)
            self._parts.extractor = self._makers.extractor(settings, self._parts.events)
        delta = self._parts.index.set_routes(models.routes)
        pipeline.mark_outdated_files()
        pipeline.resume(delta)
        self.retire(pipeline.scheduler.busy)
        return True

    def retire(self, busy: Mapping[bytes, int]) -> None:
        """Close the spaces that no symbol is served from any more, and take their models out of use unless busy."""
        spaces, wanted = self._parts.searcher.models(), self.models.routes.models
        gone = [model for model, count in spaces.items() if not count and not busy.get(model) and model not in wanted]
        for model in gone:
            self._parts.searcher.close_model(model)
            self._parts.encoders.drop(model)
        if gone:
            self._remember()

    def _use(self, models: ModelSet) -> None:
        self._open(models.models.values())
        self._parts.encoders.substitute(models.routes.code, models.query)
        self._remember()

    def _open(self, models: Iterable[ActiveModel]) -> None:
        for model in models:
            self._parts.encoders.use([model])
            self._parts.searcher.open_model(model.identity, zero_mean(model.dimensions))

    def _remember(self) -> None:
        """Note whose vectors the store may hold; without the note they are not served after a restart."""
        models = self._parts.encoders.models
        kept = [_Remembered(each, model.dimensions, model.spec) for each, model in models.items()]
        note = msgspec.msgpack.encode(kept)
        try:
            if self._parts.store.meta(MODELS) != note:
                self._parts.store.set_meta(MODELS, note)
        except StoreError as error:
            logger.warning("the models in use could not be noted: %s", error.message)


def extract_settings(config: ExtractConfig, models: ModelSet) -> ExtractConfig:
    """Return the settings of extraction with `data_flow` decided, on or off."""
    return replace(config, data_flow="on" if models.routes.expects_data_flow else "off")


def _remembered(store: StateStore) -> list[ActiveModel]:
    try:
        kept = msgspec.msgpack.decode(store.meta(MODELS) or b"\x90", type=list[_Remembered])
    except msgspec.DecodeError as error:
        logger.warning("the note of models in use cannot be read: %s", error)
        return []
    return [
        ActiveModel(each.spec, each.identity, each.dimensions, query_encoder(each.spec, each.identity)) for each in kept
    ]
