"""Writes docs/api.md from the message types: `python -m codegraph.daemon.schema > docs/api.md`.

What a field means stands in the string under it, so the document is read off the source text as well
as off the types. A test compares the file with what is written here.
Tests: tests/unit/daemon/test_daemon_schema.py.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
import types
import typing
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from itertools import pairwise
from typing import Any

import msgspec

from codegraph.daemon import messages, reports, streams
from codegraph.daemon.methods import METHODS
from codegraph.daemon.protocol import ERROR_KINDS, MAX_BATCH, MAX_HEADER_BYTES, PROTOCOL_VERSION, ErrorCode, code_of
from codegraph.events import AnyEvent

_EXAMPLE = '{"jsonrpc":"2.0","id":1,"method":"search","params":{"query":"retry with back-off","limit":3}}'

_INTRODUCTION = f"""\
# The API

Generated from the message types by `python -m codegraph.daemon.schema`; a test keeps it up to date.

One daemon serves one project on a Unix socket (`codegraph status --json` names the project and the
process, `codegraph doctor` the socket). Messages are [JSON-RPC 2.0](https://www.jsonrpc.org/specification)
in the framing of the Language Server Protocol. A header longer than {MAX_HEADER_BYTES} bytes ends the
connection; a body longer than `daemon.max_message_bytes` is skipped and answered with an error.

    Content-Length: {len(_EXAMPLE)}\\r\\n
    \\r\\n
    {_EXAMPLE}

In Python, `codegraph.connect(path)` gives a blocking client and `codegraph.async_client.AsyncClient`
is one for asyncio.

- The first request of a connection is `hello`, with `protocol` {PROTOCOL_VERSION}. Another protocol is refused with
  VersionMismatch, and so is a `version` that is not the daemon's. Only `shutdown` needs no `hello`.
- Positions are LSP's: 0-based lines, UTF-16 code units. Only the export records count lines from 1.
- Files are paths relative to the project, with `/`.
- Every answer from the index carries the `clock` of the snapshot that it was read from. Send the last
  one you saw back as `clock`; `is_fresh_instance` says that it was of another daemon's life.
- `wait` makes a query wait until everything that was written before it is `indexed` or `embedded`, for at most
  `timeout` seconds; `sync` waits likewise and asks nothing.
- Every symbol carries its `state`, every empty answer its `reason`.
- A client may have {MAX_BATCH} requests in progress, and send as many in one batch. Answers come in any order.
- `$/cancelRequest` with `{{"id": ...}}` ends a request with error {ErrorCode.REQUEST_CANCELLED:d}.
  So does closing the connection, without the answer.
- A client that leaves more than `daemon.max_buffer_bytes` unread, or takes nothing for 30 seconds while
  something waits, is disconnected.
"""

_SHARED = (messages.Query, messages.Target, messages.Answer)


def document() -> str:
    """Return the whole of docs/api.md."""
    parts = [_INTRODUCTION, _errors(), _methods(), _notifications(), _types()]
    return "\n".join(parts)


def _errors() -> str:
    lines = [
        "## Errors",
        "",
        "An error is `{code, message, data: {kind, advice}}`: what happened, and what to do next. Besides the",
        "codes below there are those of JSON-RPC (parse error -32700, invalid request -32600, unknown method",
        "-32601, invalid parameters -32602, all of kind ProtocolError or UsageError) and of LSP (`hello` missing",
        "-32002, cancelled -32800). The command line ends with the exit code of the kind.",
        "",
        "| kind | code | exit code | meaning |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {name} | {code_of(kind):d} | {kind.exit_code} | {_first_line(kind)} |" for name, kind in ERROR_KINDS.items()
    ]
    return "\n".join([*lines, ""])


def _methods() -> str:
    lines = ["## Methods", ""]
    lines += [f"- [`{name}`](#{name}) {_first_line(params)}" for name, params in METHODS.items()]
    for name, params in METHODS.items():
        lines += ["", f"### {name}", "", _doc(params), ""]
        shared = next((base for base in (messages.Target, messages.Query) if issubclass(params, base)), None)
        own = [field for field in _fields(params) if shared is None or field not in _names(shared)]
        if own:
            lines += _table(params, own)
        else:
            lines.append("No parameters of its own.")
        if shared is not None:
            lines += ["", f"Also the parameters of {_link(shared)}."]
        lines += ["", f"Result: {_link(params.result)}"]
    return "\n".join([*lines, ""])


def _notifications() -> str:
    lines = ["## Notifications of the server", "", "### progress", "", "Sent while `index` works, thinned out.", ""]
    lines += _table(streams.ProgressNotification)
    lines += ["", "### event", "", "Sent for each event of a subscription.", "", *_table(streams.EventNotification), ""]
    lines += ["| event `type` | meaning | fields |", "|---|---|---|"]
    for event in typing.get_args(AnyEvent):
        hints = typing.get_type_hints(event)
        fields = ", ".join(f"{field}: {_shown(hints[field])}" for field in _fields(event))
        lines.append(f"| {event.__struct_config__.tag} | {_first_line(event)} | {fields} |")
    return "\n".join([*lines, ""])


def _types() -> str:
    lines = ["## Types"]
    structs, enums = _referenced()
    for struct in structs:
        lines += ["", f"### {struct.__name__}", "", _doc(struct), ""]
        shared = messages.Answer if issubclass(struct, messages.Answer) and struct not in _SHARED else None
        own = [field for field in _fields(struct) if shared is None or field not in _names(shared)]
        lines += _table(struct, own) if own else ["No fields of its own."]
        if shared is not None:
            lines += ["", f"Also the fields of {_link(shared)}."]
    for enum in enums:
        lines += ["", f"### {enum.__name__}", "", _doc(enum), "", "| value | meaning |", "|---|---|"]
        notes = _notes(enum)
        lines += [f"| `{member.value or '(empty)'}` | {notes.get(name, '')} |" for name, member in _members(enum)]
    return "\n".join([*lines, ""])


def _members(enum: type[StrEnum]) -> list[tuple[str, StrEnum]]:
    return list(enum.__members__.items())


def _referenced() -> tuple[list[type[msgspec.Struct]], list[type[StrEnum]]]:
    """Return every struct and enum that methods and notifications lead to, in order of first mention."""
    structs: dict[type[msgspec.Struct], None] = dict.fromkeys(_SHARED)
    enums: dict[type[StrEnum], None] = {}
    queue: list[Any] = [reports.HelloResult, streams.ProgressNotification, streams.EventNotification]
    queue += [kind for params in METHODS.values() for kind in (params, params.result)]
    seen: set[Any] = set()
    for kind in queue:
        if kind in seen:
            continue
        seen.add(kind)
        for hint in typing.get_type_hints(kind, include_extras=True).values():
            for inner in _classes(hint):
                if issubclass(inner, StrEnum):
                    enums.setdefault(inner)
                elif inner not in METHODS.values():
                    structs.setdefault(inner)
                    queue.append(inner)
        if kind not in METHODS.values() and not kind.__name__.endswith("Notification"):
            structs.setdefault(kind)
    return list(structs), list(enums)


def _classes(hint: Any) -> Iterator[Any]:
    if typing.get_origin(hint) is typing.ClassVar:
        return
    for inner in typing.get_args(hint):
        yield from _classes(inner)
    if isinstance(hint, type) and hint is not msgspec.Raw and issubclass(hint, msgspec.Struct | StrEnum):
        yield hint


def _fields(struct: type[msgspec.Struct]) -> tuple[str, ...]:
    return struct.__struct_fields__


def _names(struct: type[msgspec.Struct]) -> frozenset[str]:
    return frozenset(_fields(struct))


def _table(struct: type[msgspec.Struct], only: list[str] | None = None) -> list[str]:
    hints = typing.get_type_hints(struct, include_extras=True)
    notes: dict[str, str] = {}
    for base in reversed(struct.__mro__):
        if isinstance(base, type) and issubclass(base, msgspec.Struct) and base is not msgspec.Struct:
            notes.update(_notes(base))
    lines = ["| field | type | default | meaning |", "|---|---|---|---|"]
    for field in msgspec.structs.fields(struct):
        if only is None or field.name in only:
            shown = _shown(hints[field.name])
            note = notes.get(field.name, "")
            lines.append(f"| `{field.encode_name}` | {shown} | {_default(field)} | {note} |")
    return lines


def _default(field: Any) -> str:
    if field.default is not msgspec.NODEFAULT:
        return f"`{msgspec.json.encode(field.default).decode()}`"
    return "`{}`" if field.default_factory is not msgspec.NODEFAULT else ""


_PLAIN = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null", msgspec.Raw: "object"}


def _shown(hint: Any) -> str:
    """Write a type for readers of JSON."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return _shown(arguments[0]) + _constraint(arguments[1])
    if origin in (typing.Union, types.UnionType):
        return " or ".join(map(_shown, arguments))
    if origin is tuple:
        return f"array of {_shown(arguments[0])}"
    if origin is dict:
        return f"object of {_shown(arguments[1])}"
    if hint in _PLAIN:
        return _PLAIN[hint]
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct | StrEnum):
        return _link(hint)
    return "any"


def _constraint(meta: msgspec.Meta) -> str:
    if meta.max_length is not None:
        return f" (at most {meta.max_length})"
    if meta.ge is not None and meta.le is not None:
        return f" ({meta.ge:g} to {meta.le:g})"
    return ""


def _link(kind: type) -> str:
    return f"[{kind.__name__}](#{kind.__name__.lower()})"


def _doc(kind: type) -> str:
    return inspect.cleandoc(kind.__doc__ or "")


def _first_line(kind: type) -> str:
    return _doc(kind).partition("\n")[0]


@cache
def _syntax(module: str) -> dict[str, ast.ClassDef]:
    tree = ast.parse(inspect.getsource(importlib.import_module(module)))
    return {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}


def _notes(kind: type) -> dict[str, str]:
    """Return the string under each field of a class, as one line."""
    body = _syntax(kind.__module__)[kind.__name__].body if kind.__name__ in _syntax(kind.__module__) else []
    notes: dict[str, str] = {}
    for before, after in pairwise(body):
        name = _assigned(before)
        if name and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            notes[name] = " ".join(str(after.value.value).split()).replace("|", "\\|")
    return notes


def _assigned(node: ast.stmt) -> str:
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return node.target.id
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return ""


if __name__ == "__main__":
    sys.stdout.write(document())
