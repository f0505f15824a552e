"""Where a model's files are on this machine, and what they are, without loading any of them.

A model is a directory with `config.json`, weights and a tokenizer. It is looked for, in this order: in the
directory that the spec names; below `<user data directory>/codegraph/models/<name>`; in the Hugging Face
hub's local cache (its layout: models--owner--name/{refs,snapshots}); in a Python package that carries it. Nothing
is fetched unless the caller is not offline, and then only configuration, tokenizer and weight files; Python files
only for models that consist of them, and whether those may run is decided elsewhere (`registry.check_permitted`).
HF_HUB_OFFLINE and TRANSFORMERS_OFFLINE are honoured like our own setting.

Weights are safetensors; a `pytorch_model.bin` is accepted, but whoever loads it must do so with torch's
weights-only reader. Tests: tests/unit/embed/test_embed_weights.py.
"""

from __future__ import annotations

import importlib.util
import json
import os
import threading
from collections.abc import Callable, Mapping
from hashlib import blake2b, file_digest
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
DESCRIPTIONS = (
    "config.json",
    "modules.json",
    "sentence_bert_config.json",
    "config_sentence_transformers.json",
    "1_Pooling/config.json",
)
FETCHED = (*DESCRIPTIONS, *TOKENIZER_FILES, "model*.safetensors")
"""What may be fetched from a hub: data, never code."""

_OFFLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
_TRUE = frozenset({"1", "true", "yes", "on"})

Fetch = Callable[[str, str], Path]
"""(repository, revision) -> local directory."""


def locate(
    name: str,
    repository: str,
    revision: str,
    *,
    environment: Mapping[str, str] | None = None,
    fetch: Fetch | None = None,
    package: Path | None = None,
) -> Path:
    """Find the directory of a registered model.

    `package` is the directory inside a Python package that carries it. Without `fetch` only this machine is
    searched. Raises ModelMissing with advice.
    """
    env = os.environ if environment is None else environment
    candidates = [user_directory() / name, *_hub_snapshots(repository, revision, env), *([package] if package else [])]
    for directory in candidates:
        if is_model(directory):
            return directory
    if fetch is None:
        raise ModelMissing(
            f"the weights of {name} ({repository}) are not on this machine",
            f"fetch them once with `{download_command(repository, revision)}`, "
            f"copy them to {user_directory() / name}, "
            "or set embedding.offline = false; the model `lexical` needs none",
        )
    directory = fetch(repository, revision)
    return checked(directory)


def download_command(repository: str, revision: str) -> str:
    """Return the command that brings a repository into the hub's cache."""
    return f"hf download {repository}" + ("" if revision == "main" else f" --revision {revision}")


def told_to_stay_offline() -> bool:
    """Return whether the environment forbids the hub's libraries the network."""
    return any(os.environ.get(variable, "").strip().lower() in _TRUE for variable in _OFFLINE)


def package_directory(package: str) -> Path | None:
    """Return the folder `model` of an installed package, without importing it; None if it is not installed."""
    if "." in package:
        return None  # looking inside of a package would import it
    found = importlib.util.find_spec(package)
    return Path(found.origin).parent / "model" if found is not None and found.origin else None


def shipped_directory(name: str) -> Path:
    """Return where a model that is part of codegraph lies."""
    return Path(__file__).with_name("shipped") / name


def check_sum(name: str, directory: Path, expected: str) -> None:
    """Compare the SHA-256 of model.safetensors with the published one, if there is one; raises EncoderError."""
    if not expected:
        return
    try:
        with (directory / "model.safetensors").open("rb") as stream:
            found = file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise ModelMissing(f"the weights of {name} cannot be read: {error}", "fetch the model again") from error
    if found != expected:
        raise EncoderError(
            f"the weights of {name} in {directory} have the checksum {found[:16]}..., published is {expected[:16]}...",
            "fetch the model again; weights of your own need a name of their own in models.toml",
        )


def deciding_files(directory: Path, *, code: bool) -> list[Path]:
    """Return the files that decide a model's vectors: weights, configuration, tokenizer, and its code if it has any."""
    files = [*weight_files(directory), directory / "config.json"]
    files += [directory / name for name in TOKENIZER_FILES]
    files += sorted(directory.glob("*.py")) if code else []
    return [file for file in files if file.is_file()]


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
    document = _parsed(file)
    if not isinstance(document, dict):
        raise EncoderError(f"{file} is not a JSON object", "fetch the model again")
    return document


def read_json_list(file: Path) -> list[Any]:
    """Read a small JSON array; raises EncoderError for anything else."""
    document = _parsed(file)
    if not isinstance(document, list):
        raise EncoderError(f"{file} is not a JSON array", "fetch the model again")
    return document


def _parsed(file: Path) -> Any:
    try:
        if file.stat().st_size > MAX_JSON_BYTES:
            raise EncoderError(f"{file} is too large for a configuration")
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise EncoderError(f"{file} cannot be read: {error}", "fetch the model again") from error


def user_directory() -> Path:
    """Return the directory below which users may put models by name."""
    return platformdirs.user_data_path("codegraph") / "models"


def fetch_from_hub(repository: str, revision: str, *, with_code: bool) -> Path:
    """Download a model's files into the hub's local cache; raises ModelMissing.

    The torch file is fetched only if there are no safetensors, Python files only `with_code`.
    """
    try:
        from huggingface_hub import snapshot_download

        patterns = [*FETCHED, *(["*.py"] if with_code else [])]
        directory = Path(snapshot_download(repository, revision=revision, allow_patterns=patterns))
        if not weight_files(directory):
            patterns.append("pytorch_model.bin")
            directory = Path(snapshot_download(repository, revision=revision, allow_patterns=patterns))
    except ImportError as error:
        raise ModelMissing("huggingface_hub is not installed", "pip install 'codegraph-daemon[models]'") from error
    except Exception as error:
        raise ModelMissing(f"{repository} could not be fetched: {error}", "check name, rights and network") from error
    return directory


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
