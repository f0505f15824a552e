"""Reads safetensors files with numpy alone: a length, a JSON header, then the tensors' bytes.

Only what the format defines is accepted: every tensor lies inside the file and is as long as its shape says, so a
truncated download is found before a number of it is used. Nothing is unpickled, nothing is executed.
Tests: tests/unit/embed/test_embed_static.py.
"""

from __future__ import annotations

import json
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from codegraph.errors import EncoderError

MAX_HEADER_BYTES = 1 << 24
_LENGTH_BYTES = 8
_TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U8": "u1"}


def shapes(name: str, file: Path) -> dict[str, tuple[int, ...]]:
    """Return the shape of every tensor in the file of the model called `name`; raises EncoderError."""
    return {key: tuple(entry["shape"]) for key, entry in _header(name, file)[0].items()}


def check_whole(name: str, file: Path) -> None:
    """Raise EncoderError if the file ends too early or has no header: what an interrupted download leaves."""
    _header(name, file)


def tensors(name: str, file: Path, wanted: tuple[str, ...]) -> dict[str, npt.NDArray[Any]]:
    """Return those of the `wanted` tensors that the file has, as read-only arrays; raises EncoderError."""
    header, start = _header(name, file)
    try:
        data = np.memmap(file, np.uint8, "r", offset=start)
        found = {}
        for key in wanted:
            if key in header:
                begin, end = header[key]["data_offsets"]
                array = np.array(data[begin:end]).view(_TYPES[header[key]["dtype"]])
                found[key] = array.reshape(header[key]["shape"])
    except (OSError, ValueError, KeyError) as error:
        raise EncoderError(f"the weights of {name} in {file} cannot be read: {error}", "fetch it again") from error
    return found


def _header(name: str, file: Path) -> tuple[dict[str, Any], int]:
    try:
        size = file.stat().st_size
        with file.open("rb") as stream:
            length = int.from_bytes(stream.read(_LENGTH_BYTES), "little")
            if not 0 < length <= min(MAX_HEADER_BYTES, size - _LENGTH_BYTES):
                raise ValueError("it has no header of safetensors")
            header = json.loads(stream.read(length))
        start = _LENGTH_BYTES + length
        entries = {key: entry for key, entry in header.items() if key != "__metadata__"}
        for key, entry in entries.items():
            _check_entry(key, entry, size - start)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise EncoderError(
            f"the weights of {name} in {file} cannot be read: {error}",
            "the file is damaged or incomplete; fetch the model again",
        ) from error
    return entries, start


def _check_entry(key: str, entry: dict[str, Any], room: int) -> None:
    begin, end = entry["data_offsets"]
    shape = entry["shape"]
    if not all(isinstance(number, int) and number >= 0 for number in (begin, end, *shape)):
        raise ValueError(f"{key} has no usable shape")
    if not begin <= end <= room:
        raise ValueError(f"the file ends before {key} does")
    if entry["dtype"] in _TYPES and end - begin != prod(shape) * np.dtype(_TYPES[entry["dtype"]]).itemsize:
        raise ValueError(f"{key} is not as long as its shape says")
