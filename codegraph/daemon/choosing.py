"""Another model while the daemon runs, because a user says so or because missing weights have come.

What `codegraph models use NAME` chose is kept per project, in a file of settings in the state directory;
it comes before the user's file and after the environment and flags, at every start of the daemon. A choice that
nobody knows any more gives way to the user's file, and `status` says so.
Weights are looked for again now and then while a model is missing or fails, and at every `sync`. A model
that disappears while it is in use is not replaced: its symbols wait, and `status` names the error.
Tests: tests/unit/daemon/test_daemon_choosing.py, tests/integration/test_switching.py.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from codegraph.config import Config
from codegraph.config_layers import load_config
from codegraph.daemon.model import ModelSet
from codegraph.daemon.operations import UseModelResult
from codegraph.embed.registry import registered
from codegraph.errors import CodegraphError, ConfigError, ModelMissing, StoreError

if TYPE_CHECKING:
    from codegraph.daemon.makers import Makers
    from codegraph.daemon.project import Project

logger = logging.getLogger(__name__)

DEFAULT = "default"
"""Stands for the model of the user's file and the environment."""

VARIABLE = "CODEGRAPH_EMBEDDING_MODEL"


def first_models(config: Config, makers: Makers, settings_file: Path, config_file: Path) -> ModelSet:
    """Return the models that a project starts with. Raises ConfigError for a model that nobody knows.

    Where the project's own choice is that model, another one stands in: `models use` needs a daemon that runs.
    """
    try:
        return makers.models(config)
    except ConfigError as error:
        name = config.embedding.model
        wanted = load_config(config_file).embedding.model
        if name == wanted or name != load_config(None, environment={}, project=settings_file).embedding.model:
            raise
        try:
            found = makers.models(replace(config, embedding=replace(config.embedding, model=wanted)))
        except ConfigError:
            raise error from None
        why = (
            f"{name} cannot be used, {found.code.spec.name} stands in: {error.message}; it was chosen by "
            "`codegraph models use`; register it again, or forget it by `codegraph models use default`"
        )
        return replace(found, missing={**found.missing, "code": why})


def use_model(project: Project, name: str) -> UseModelResult:
    """Change the code model and remember it; returns once old vectors are served as stale and new ones wanted.

    Raises ConfigError for an unknown name, ModelMissing if the model cannot be used here, StoreError if the
    choice cannot be written down; then nothing has changed. Not on the writer's thread.
    """
    wanted = load_config(project.config_file).embedding.model if name == DEFAULT else name
    config = replace(project.config, embedding=replace(project.config.embedding, model=wanted))
    models = project.makers.models(config)
    if "code" in models.missing:
        reason = models.missing["code"].partition(": ")[2]
        raise ModelMissing(
            f"{wanted} cannot be used, and nothing has changed: {reason}",
            f"`codegraph models {wanted}`" if wanted in registered() else "`codegraph models` lists what there is",
        )
    with _remembered(project.settings_file, "" if name == DEFAULT else name, lambda: project.models is models):
        changed = project.use(models, config).result()
    view = project.pipeline.view
    set_outside = os.environ.get(VARIABLE, "")
    return UseModelResult(
        clock=str(view.snapshot.clock),
        model=models.code.spec.name,
        changed=changed,
        pending=len(project.scheduler.pending),
        overridden_by=VARIABLE if set_outside not in ("", wanted) else "",
        warnings=tuple(models.missing.values()),
    )


def look_again(project: Project) -> bool:
    """Look for models that are missing or fail; begin to use them if they have come, and say whether they have."""
    if not project.lacks_models():
        return False
    try:
        models = project.makers.models(project.config)
    except CodegraphError as error:
        logger.warning("the models cannot be looked for: %s", error.message)
        return False
    if models.routes == project.models.routes or _loses(models, project.models):
        return False
    logger.info("models have come: %s", ", ".join(model.spec.name for model in models.models.values()))
    project.use(models, project.config)
    return True


def _loses(models: ModelSet, before: ModelSet) -> bool:
    """Whether a model is missing now that was there before."""
    return not models.missing.keys() <= before.missing.keys()


@contextmanager
def _remembered(file: Path, name: str, has_begun: Callable[[], bool]) -> Iterator[None]:
    """Write a choice down, or forget it; if the body fails and has not begun, all is as before. Raises StoreError."""
    chosen = f"[embedding]\nmodel = {json.dumps(name, ensure_ascii=False)}\n".encode() if name else b""
    before = _replaced(file, chosen)
    try:
        yield
    except BaseException:
        if not has_begun() and _contents(file) == chosen:  # nobody has chosen something else meanwhile
            _replaced(file, before)
        raise


def _replaced(file: Path, contents: bytes) -> bytes:
    """Write a file, or remove it if there is nothing to write; return what it held. Raises StoreError."""
    try:
        before = _contents(file)
        if not contents:
            file.unlink(missing_ok=True)
            return before
        temporary = file.with_suffix(".new")
        temporary.write_bytes(contents)
        temporary.replace(file)
    except OSError as error:
        raise StoreError(
            f"the choice cannot be written to {file}: {error}", "make room, or see to the rights"
        ) from error
    return before


def _contents(file: Path) -> bytes:
    return file.read_bytes() if file.exists() else b""
