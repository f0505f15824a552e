"""The models command: which models there are, how they are fed, where they are or how to get them.

Tests: tests/unit/cli/test_cli_commands.py.
"""

from __future__ import annotations

import time
from argparse import Namespace

from codegraph.cli.fitting import fit
from codegraph.cli.output import Cell, Output
from codegraph.cli.project import open_session
from codegraph.client import Client
from codegraph.config_layers import absolute_setting
from codegraph.daemon.operations import UseModelResult
from codegraph.daemon.reports import ModelInfo
from codegraph.errors import ConfigError, EncoderError, UsageError

COLUMNS = ("", "model", "dimensions", "tokens", "size", "licence", "", "what it is")
LOADING_SECONDS = 60.0
"""How long `models use` waits to see whether the model works."""
NOTICE_SECONDS = 2.0
"""After this long without a vector it says what it waits for."""
LOOKING_SECONDS = 0.2


def models(arguments: Namespace, output: Output) -> int:
    """List the models that the registry knows, tell everything of one, use one, or fit one to this project."""
    name = arguments.words[-1] if arguments.words else ""
    if len(arguments.words) > 2 or (len(arguments.words) == 2) != (arguments.words[:1] in (["use"], ["fit"])):
        raise UsageError(
            "what is to be done with which model?",
            "`codegraph models use NAME`, where NAME may be `default`, or `codegraph models fit NAME`",
        )
    if arguments.words[:1] == ["fit"]:
        return fit(arguments, output, name)
    with open_session(arguments) as session:
        if len(arguments.words) == 2:
            return _use(session.client, absolute_setting("embedding.model", name), output)
        found = session.client.models().models
    if name:
        found = tuple(model for model in found if name in (model.name, model.repository))
        if not found:
            raise ConfigError(f"there is no model named {name!r}", "`codegraph models` lists all")
    if output.json:
        output.record({"models": found})
    elif name:
        for model in found:
            _tell(output, model)
    else:
        output.rows([_row(model) for model in found], COLUMNS)
        for model in found:
            if model.active and model.leaves_machine:
                output.line(Cell(f"{model.name}: {model.leaves_machine}", "yellow"))
    return 0


def _use(client: Client, name: str, output: Output) -> int:
    """Change the model, and see whether it works. Raises EncoderError if it does not; it stays chosen."""
    used = client.use_model(name)
    if output.json:
        output.record(used)
    else:
        _tell_used(used, output)
    if used.pending:
        _see_it_work(client, used.model, output)
    return 0


def _see_it_work(client: Client, model: str, output: Output) -> None:
    """Wait until a model has embedded something; say what for. Raises EncoderError if it fails or its server is silent.

    Weights that take longer to load are no error.
    """
    began, told = time.monotonic(), False
    while True:
        status = client.status()
        found = next((each for each in status.models if each.model == model), None)
        trouble = found.trouble if found is not None else ""
        if not trouble and (found is None or found.vectors or not found.symbols):
            return
        waited = time.monotonic() - began
        silent = waited > LOADING_SECONDS
        if not trouble and silent and status.model.leaves_machine:
            trouble = f"{status.model.detail} has given no vector in {LOADING_SECONDS:g} seconds; see that it runs"
        if trouble:
            raise EncoderError(
                f"{model} does not embed, and its symbols wait: {trouble}",
                "once it is mended it goes on by itself; `codegraph models use default` goes back",
            )
        if not output.json and waited > NOTICE_SECONDS and not told:
            output.line(f"waiting for {_awaited(status.model, found.worker if found is not None else '')}")
            output.flush()
            told = True
        if silent:
            if not output.json:
                output.line("it goes on by itself; `codegraph status` shows how far it is")
            return
        time.sleep(LOOKING_SECONDS)


def _awaited(model: ModelInfo, worker: str) -> str:
    """Say what a model that has given no vector yet is waited for."""
    if model.leaves_machine:
        return f"the first vectors from the server of {model.name}: {model.detail}"
    loading = f"the weights of {model.name} to be loaded from {model.detail}"
    return loading if worker == "starting" and model.detail else f"the first vectors of {model.name}"


def _tell_used(used: UseModelResult, output: Output) -> None:
    if not used.changed:
        output.line(f"{used.model} is in use already")
    else:
        waiting = f"; {used.pending:,} keys wait, old vectors are served as stale until then" if used.pending else ""
        output.line(f"{used.model} is in use{waiting}")
    if used.overridden_by:
        output.line(Cell(f"{used.overridden_by} names another model and wins at the next start", "yellow"))
    output.warn(used.warnings)


def _row(model: ModelInfo) -> list[Cell | str]:
    return [
        Cell("active" if model.active else "", "green"),
        Cell(model.name, "bold"),
        str(model.dimensions or "?"),
        str(model.max_tokens),
        model.size,
        model.licence,
        "available" if model.available else Cell("not here", "yellow"),
        model.description,
    ]


def _tell(output: Output, model: ModelInfo) -> None:
    facts = {
        "model": model.name + (" (active)" if model.active else ""),
        "what it is": model.description,
        "state": "available" if model.available else "not available",
        "where" if model.available else "why": model.detail,
        "get it by": model.obtain,
        "leaves the machine": model.leaves_machine or "nothing",
        "published": "\n".join(model.published),
        "engine": model.engine,
        "repository": f"{model.repository} at {model.revision}" if model.repository else "",
        "licence": model.licence,
        "size": model.size,
        "dimensions": str(model.dimensions or "as its configuration says"),
        "may be cut to": ", ".join(map(str, model.matryoshka)),
        "tokens": str(model.max_tokens),
        "pooling": model.pooling,
        "document prefix": model.document_prefix,
        "query prefix": model.query_prefix.replace("\n", " \\n "),
        "its own code": "yes: needs embedding.allow_remote_code" if model.remote_code else "",
    }
    rows: list[list[Cell | str]] = []
    for name, value in facts.items():
        for at, line in enumerate(value.splitlines()):
            rows.append([Cell("" if at else name, "dim"), line])
    output.rows(rows)
