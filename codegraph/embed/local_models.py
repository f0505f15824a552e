"""What a model's directory says of itself: architecture, pooling, prefixes, limits, length of its vectors.

Besides `config.json` the files of sentence-transformers are read where they are: `modules.json` (which stages the
model has), `1_Pooling/config.json`, `sentence_bert_config.json` (the limit of tokens) and
`config_sentence_transformers.json` (prefixes). A stage that we do not run is an error: without it the vectors
would be other ones than the model's. Nothing here imports torch.
Tests: tests/unit/embed/test_embed_local_models.py.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from codegraph.embed import weights
from codegraph.embed.spec import Engine, ModelSpec, Pooling
from codegraph.errors import EncoderError

DEFAULT_TOKENS = 512
ANY_LENGTH = 100_000
"""The limit of models that have none: a static table costs the same for every token."""
MOST_DIMENSIONS = 1 << 16

STAGES = frozenset({"Transformer", "Pooling", "Normalize", "StaticEmbedding"})
"""Last words of the types in modules.json that are understood."""

_POOLINGS: tuple[tuple[str, Pooling], ...] = (
    ("pooling_mode_cls_token", "cls"),
    ("pooling_mode_lasttoken", "last"),
    ("pooling_mode_mean_tokens", "mean"),
)
_OTHER_POOLINGS = ("pooling_mode_max_tokens", "pooling_mode_mean_sqrt_len_tokens", "pooling_mode_weightedmean_tokens")
_UNSUPPORTED = frozenset({"clip", "whisper", "wav2vec2", "vit", "sam"})


def describe(directory: Path) -> ModelSpec:
    """Return the spec of a model in a local directory; raises EncoderError for what cannot be run."""
    config = weights.read_json(directory / "config.json")
    _check_stages(directory)
    prompts = _optional(directory / "config_sentence_transformers.json").get("prompts")
    prompts = prompts if isinstance(prompts, dict) else {}
    engine = _engine(directory, config)
    return ModelSpec(
        name=directory.name,
        engine=engine,
        path=str(directory),
        model_types=(str(config.get("model_type")),),
        pooling=_pooling(directory),
        max_tokens=ANY_LENGTH if engine == "static" else _limit(directory),
        document_prefix=_text(prompts, "document") or _text(prompts, "passage"),
        query_prefix=_text(prompts, "query"),
        remote_code="auto_map" in config,
    )


def dimensions(name: str, directory: Path) -> int:
    """Return the length of the vectors that config.json states; raises EncoderError."""
    config = weights.read_json(directory / "config.json")
    for key in ("embed_dim", "hidden_size", "n_embd", "d_model", "hidden_dim"):
        size = config.get(key)
        if isinstance(size, int) and 0 < size <= MOST_DIMENSIONS:
            return size
    if config.get("model_type") == "model2vec" or "StaticModel" in str(config.get("architectures")):
        from codegraph.embed.safetensors_file import shapes

        shape = shapes(name, directory / "model.safetensors").get("embeddings", ())
        if len(shape) == 2:
            return shape[1]
    raise EncoderError(f"the configuration of {name} states no usable hidden_size", "set dimensions in models.toml")


def known_to_transformers(spec: ModelSpec) -> bool:
    """Return whether the installed transformers runs the model's architecture without the model's own code."""
    return bool(spec.model_types) and all(kind in _native_types() for kind in spec.model_types)


def _native_types() -> frozenset[str]:
    """Return the architectures among those of models.toml with remote code that transformers has, without importing it.

    Only their presence as a package of transformers is looked at: importing transformers takes seconds.
    """
    found = importlib.util.find_spec("transformers")
    if found is None or not found.submodule_search_locations:
        return frozenset()
    models = Path(found.submodule_search_locations[0]) / "models"
    return frozenset(path.name for path in models.iterdir() if path.is_dir()) if models.is_dir() else frozenset()


def _engine(directory: Path, config: dict[str, Any]) -> Engine:
    kind = config.get("model_type")
    if kind == "model2vec" or "StaticModel" in str(config.get("architectures")):
        return "static"
    if kind == "roberta":
        return "roberta"
    if kind == "t5":
        return "t5"
    if not isinstance(kind, str) or kind in _UNSUPPORTED:
        raise EncoderError(
            f"{directory} holds a model of type {kind!r}", "choose a model of text: BERT, RoBERTa, ModernBERT, T5, ..."
        )
    return "transformer"


def _check_stages(directory: Path) -> None:
    file = directory / "modules.json"
    if not file.is_file():
        return
    for stage in weights.read_json_list(file):
        kind = str(stage.get("type", "")).rpartition(".")[2] if isinstance(stage, dict) else ""
        if kind not in STAGES:
            raise EncoderError(
                f"{directory} has a stage {kind or stage!r} behind its pooling, which codegraph does not run",
                "choose a model without it, or serve it as an endpoint",
            )


def _pooling(directory: Path) -> Pooling:
    """Read the pooling from the file that sentence-transformers writes; mean where there is none."""
    settings = _optional(directory / "1_Pooling" / "config.json")
    chosen = [pooling for key, pooling in _POOLINGS if settings.get(key) is True]
    others = [key for key in _OTHER_POOLINGS if settings.get(key) is True]
    if others or len(chosen) > 1:
        raise EncoderError(
            f"{directory} is pooled by {', '.join([*chosen, *others])}", "choose a model with one of mean, cls, last"
        )
    return chosen[0] if chosen else "mean"


def _limit(directory: Path) -> int:
    limit = _optional(directory / "sentence_bert_config.json").get("max_seq_length")
    return limit if isinstance(limit, int) and limit > 0 else DEFAULT_TOKENS


def _optional(file: Path) -> dict[str, Any]:
    return weights.read_json(file) if file.is_file() else {}


def _text(prompts: dict[str, Any], key: str) -> str:
    found = prompts.get(key)
    return found if isinstance(found, str) else ""
