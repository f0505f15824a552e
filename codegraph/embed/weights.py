"""Where a model's files are on this machine, and what they are, without loading any of them.

A model is a directory with `config.json`, weights and a tokenizer. It is looked for, in this order: in the
directory that the spec names; below `<user data directory>/codegraph/models/<name>`; in the Hugging Face
hub's local cache (its layout: models--owner--name/{refs,snapshots}). Nothing is fetched unless the caller
is not offline, and then only configuration, tokenizer and weight files, never code.

Weights are safetensors; a `pytorch_model.bin` is accepted, but whoever loads it must do so with torch's
weights-only reader. Tests: tests/unit/embed/test_embed_weights.py.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any

import platformdirs

from codegraph.core.digests import DIGEST_BYTES
from codegraph.errors import EncoderError, ModelMissing

MAX_JSON_BYTES = 1 << 20
CHUNK_BYTES = 1 << 22

TOKENIZER_FILES = (
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.json",
    "merges.txt",
    "vocab.txt",
)
FETCHED = ("config.json", "1_Pooling/config.json", *TOKENIZER_FILES, "model*.safetensors")
"""What may be fetched from a hub: data, never code."""

Fetch = Callable[[str, str], Path]
"""(repository, revision) -> local directory."""


def locate(
    name: str,
    repository: str,
    revision: str,
    *,
    environment: Mapping[str, str] | None = None,
    fetch: Fetch | None = None,
) -> Path:
    """Find the directory of a registered model.

    Without `fetch` only this machine is searched. Raises ModelMissing with advice.
    """
    env = os.environ if environment is None else environment
    candidates = [user_directory() / name, *_hub_snapshots(repository, revision, env)]
    for directory in candidates:
        if is_model(directory):
            return directory
    if fetch is None:
        raise ModelMissing(
            f"the weights of {name} ({repository}) are not on this machine",
            f"fetch them once with `hf download {repository}`, copy them to {user_directory() / name}, "
            "or set embedding.offline = false; the model `lexical` needs none",
        )
    directory = fetch(repository, revision)
    return checked(directory)


def checked(directory: Path) -> Path:
    """Return the directory if it holds a model; raises ModelMissing that says what it lacks."""
    if not directory.is_dir():
        raise ModelMissing(f"{directory} is not a directory", "give the directory of a model, or a registered name")
    if not (directory / "config.json").is_file():
        raise ModelMissing(f"{directory} has no config.json", "give the directory that the model was saved to")
    if not weight_files(directory):
        raise ModelMissing(
            f"{directory} has no model.safetensors and no pytorch_model.bin",
            "a download may be incomplete; fetch the model again",
        )
    return directory


def is_model(directory: Path) -> bool:
    """Return whether the directory has a configuration and weights."""
    return (directory / "config.json").is_file() and bool(weight_files(directory))


def weight_files(directory: Path) -> tuple[Path, ...]:
    """Return the files that hold the weights: one safetensors file, else its shards, else the torch file."""
    for pattern in ("model.safetensors", "model-*-of-*.safetensors", "pytorch_model.bin"):
        found = tuple(sorted(path for path in directory.glob(pattern) if path.is_file()))
        if found:
            return found
    return ()


def read_json(file: Path) -> dict[str, Any]:
    """Read a small JSON object; raises EncoderError for anything else."""
    try:
        if file.stat().st_size > MAX_JSON_BYTES:
            raise EncoderError(f"{file} is too large for a configuration")
        document = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EncoderError(f"{file} cannot be read: {error}", "fetch the model again") from error
    if not isinstance(document, dict):
        raise EncoderError(f"{file} is not a JSON object", "fetch the model again")
    return document


def user_directory() -> Path:
    """Return the directory below which users may put models by name."""
    return platformdirs.user_data_path("codegraph") / "models"


def fetch_from_hub(repository: str, revision: str) -> Path:
    """Download a model's data files into the hub's local cache; raises ModelMissing."""
    try:
        from huggingface_hub import snapshot_download

        return Path(snapshot_download(repository, revision=revision, allow_patterns=list(FETCHED)))
    except ImportError as error:
        raise ModelMissing("huggingface_hub is not installed", "pip install 'codegraph-daemon[models]'") from error
    except Exception as error:
        raise ModelMissing(f"{repository} could not be fetched: {error}", "check name and network") from error


def _hub_snapshots(repository: str, revision: str, environment: Mapping[str, str]) -> list[Path]:
    """Return where the hub's cache would keep that revision; the paths need not exist."""
    if "HF_HUB_CACHE" in environment:
        cache = Path(environment["HF_HUB_CACHE"])
    elif "HF_HOME" in environment:
        cache = Path(environment["HF_HOME"]) / "hub"
    else:
        base = environment.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
        cache = Path(base) / "huggingface" / "hub"
    model = cache / ("models--" + repository.replace("/", "--"))
    snapshots = [model / "snapshots" / revision]
    reference = model / "refs" / revision
    if reference.is_file():
        snapshots.insert(0, model / "snapshots" / reference.read_text(encoding="ascii", errors="replace").strip())
    return snapshots


class FileDigests:
    """Content digests of large files, remembered while size and time of change stay the same. Thread-safe."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[int, int, bytes]] = {}
        self._lock = threading.Lock()

    def of(self, file: Path) -> bytes:
        """Return the 16-byte blake2b of a file's content; raises ModelMissing if it cannot be read."""
        try:
            stat = file.stat()
            with self._lock:
                known = self._known.get(file)
            if known is not None and known[:2] == (stat.st_size, stat.st_mtime_ns):
                return known[2]
            content = blake2b(digest_size=DIGEST_BYTES)
            with file.open("rb") as stream:
                while chunk := stream.read(CHUNK_BYTES):
                    content.update(chunk)
        except OSError as error:
            raise ModelMissing(f"{file} cannot be read: {error}", "fetch the model again") from error
        found = content.digest()
        with self._lock:
            self._known[file] = (stat.st_size, stat.st_mtime_ns, found)
        return found
