"""`codegraph models fit NAME`: shorter or more even vectors, fitted to those of this project.

The vectors of the model in use are read from the daemon, a transform is fitted to them, written beside the user's
models.toml, and registered there as a model of its own. Nothing else changes until that model is used.
Tests: tests/integration/test_fitting.py.
"""

from __future__ import annotations

import json
import os
from argparse import Namespace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from codegraph.cli.output import Cell, Output, size
from codegraph.cli.project import open_session
from codegraph.client import Client
from codegraph.daemon.messages import Wait
from codegraph.errors import ConfigError, SyncTimeout, UsageError
from codegraph.locations import Locations

if TYPE_CHECKING:
    from codegraph.embed.encoder import FloatArray

BATCH = 128
"""Symbols of one request; their vectors have to fit into one message."""

WAITING_SECONDS = 60.0
"""How long it waits for vectors that symbols have not got yet."""


def fit(arguments: Namespace, output: Output, name: str) -> int:
    """Fit, write down and register; raises UsageError, ConfigError."""
    from codegraph.embed.fitted import METHODS
    from codegraph.embed.registry import registered

    if not name or "/" in name or "@" in name or name in registered():
        raise UsageError(
            f"a fitted model cannot have the name {name!r}", "choose a name that no model has, without / and @"
        )
    with open_session(arguments) as session:
        try:
            session.client.sync(Wait.EMBEDDED, timeout=WAITING_SECONDS)
        except SyncTimeout:
            if not output.json:
                output.warn(["not all symbols have a vector yet; it is fitted to those that have"])
        base, vectors = gather(session.client, arguments.vectors)
    try:
        transform = METHODS[arguments.method](vectors, arguments.dimensions)
    except ValueError as error:
        advice = "pca takes --dimensions; the fewer there are, the fewer vectors it needs"
        raise ConfigError(f"{arguments.method} cannot be fitted: {error}", advice) from error
    table = register(Locations.from_environment().config_file, name, base, transform.to_bytes())
    if output.json:
        output.record(
            {
                "model": name,
                "base": base,
                "method": arguments.method,
                "dimensions": transform.size,
                "vectors": len(vectors),
                "registered_in": os.fspath(table),
            }
        )
        return 0
    output.line(f"{name} is {base} with {arguments.method}, fitted to {len(vectors):,} vectors, in {table}")
    output.line(f"{vectors.shape[1]} dimensions become {transform.size}: {size(transform.size + 4)} a symbol in search")
    output.line(Cell(f"use it: codegraph models use {name}", "dim"))
    return 0


def gather(client: Client, wanted: int) -> tuple[str, FloatArray]:
    """Return the name of the model in use and up to `wanted` of its vectors, all different, as float32 unit rows.

    They are of symbols spread evenly over the project. Raises ConfigError if none has a vector.
    """
    import numpy as np

    symbols = [symbol.id for symbol in client.export_symbols()]
    step = max(1, len(symbols) // wanted)
    symbols = [symbol for start in range(step) for symbol in symbols[start::step]]
    model, rows = "", dict[str, tuple[float, ...]]()
    rest = iter(symbols)
    while len(rows) < wanted and (some := list(islice(rest, BATCH))):
        answer = client.embed(*some)
        model = answer.model
        rows |= {each.key: each.vector for each in answer.embeddings if each.vector and each.model == model}
    if not rows:
        raise ConfigError("no symbol has a vector yet", "index the project first: codegraph index")
    return model, np.array(list(rows.values())[:wanted], np.float32)


def register(config_file: Path, name: str, base: str, transform: bytes) -> Path:
    """Write the transform and a table for it beside the user's configuration; return the file of the table."""
    directory = config_file.parent / "transforms"
    file, registry = directory / f"{name}.cgtr", config_file.with_name("models.toml")
    table = f'\n[{json.dumps(name)}]\nengine = "fitted"\npath = {json.dumps(os.fspath(file))}\n'
    table += f"parts = [{{model = {json.dumps(base)}}}]\n"
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        _replace(file, transform)
        _replace(registry, (registry.read_bytes() if registry.exists() else b"") + table.encode())
    except OSError as error:
        raise ConfigError(f"the model cannot be registered: {error}", f"make {config_file.parent} writable") from error
    return registry


def _replace(file: Path, content: bytes) -> None:
    beside = file.with_name(file.name + ".new")
    beside.write_bytes(content)
    beside.replace(file)
