"""Models of text by way of transformers' AutoModel: encoders, decoders and encoder halves; needs torch.

*Input*: `<begin> prefix prose code context <end>`, with whatever tokens the model's tokenizer puts at the ends, cut to
the limit part by part (`text.shares`). A prefix of special tokens (`<encoder-only> </s>`) stays whole; any other is
tokenised together with the text behind it. A query is prefix and text.

*Output*: the last hidden states, pooled as the spec says, scaled to length 1. Padding stands on the right for every
model: with absolute positions that is the only side where it cannot move a token, and for causal models the last token
that is no padding has the same state as with padding on the left.

Weights are read by transformers from local files only, safetensors or torch's weights-only reader. What is missing,
of another size, not finite or of another architecture is an EncoderError that names the model and the remedy. Code
that came with a model runs only if `registry.check_permitted` let it through.
Tests: tests/unit/embed/test_embed_transformer.py.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
import transformers
from torch.nn import functional

from codegraph.embed import hardware, local_models, weights
from codegraph.embed.batching import padded
from codegraph.embed.encoder import MAX_QUERY_CHARACTERS, FloatArray
from codegraph.embed.products import product
from codegraph.embed.render import EncoderInput
from codegraph.embed.spec import ModelSpec
from codegraph.embed.text import passage, shares
from codegraph.errors import EncoderError

POOLINGS = ("mean", "cls", "last", "own")
CHARACTERS_PER_TOKEN = 8
"""Text beyond this many characters per token of its room is not even tokenised."""
SPARE_ROWS = 1_024
"""A table of words may have this many rows more than there are tokens: sizes are often rounded up."""

_OFFSET_POSITIONS = frozenset({"roberta", "xlm-roberta", "camembert", "mpnet"})
"""Architectures that begin to count positions behind their padding number."""

PACKED = frozenset({"bert", "roberta", "xlm-roberta", "camembert", "mpnet", "distilbert", "electra"})
"""Architectures whose linear layers are only ever called, so that those of `products` can stand in for them."""


class _Prefix(NamedTuple):
    """What stands before a text: whole tokens, or text that is tokenised together with it, as in training."""

    tokens: tuple[int, ...]
    text: str

    @classmethod
    def of(cls, text: str, vocabulary: Mapping[str, int]) -> _Prefix:
        words = text.split()
        if words and all(word in vocabulary and word.startswith("<") for word in words):
            return cls(tuple(vocabulary[word] for word in words), "")
        return cls((), text)


@dataclass(frozen=True, slots=True)
class _Sequences:
    """Inputs made ready."""

    rows: list[list[int]]
    lengths: list[int]


class _Tokens:
    """A tokenizer without its special tokens, for many texts at once and from several threads."""

    def __init__(self, tokenizer: Any) -> None:
        self._lock = threading.Lock()
        self._tokenizer = tokenizer
        self._fast = getattr(tokenizer, "backend_tokenizer", None)
        if self._fast is not None:
            self._fast.no_truncation()
            self._fast.no_padding()

    def of(self, texts: list[str]) -> list[list[int]]:
        """Return the token numbers of each text."""
        if self._fast is not None:
            return [found.ids for found in self._fast.encode_batch_fast(texts, add_special_tokens=False)]
        with self._lock:  # one in Python that came with a model
            return [self._tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"] for text in texts]


class TransformerEncoder:
    """One loaded model. `prepare` may run in one other thread; the rest belongs to one thread."""

    def __init__(
        self, spec: ModelSpec, identity: bytes, model: Any, tokenizer: Any, device: torch.device, dimensions: int
    ) -> None:
        """Wrap a loaded model and its tokenizer; see `load`."""
        self.name = spec.name
        self.identity = identity
        self.device = str(device)
        self.dimensions = dimensions
        self.max_length = _limit(spec, model.config)
        self._pooling = spec.pooling
        self._model = model
        self._tokens = _Tokens(tokenizer)
        self._device = device
        self.in_flight = 2 if device.type == "cuda" else 1
        """How many batches may be started before the first of them is waited for."""
        self.product_weights = 0
        """Weights that every token is multiplied with: all but tables and pooler; `load` knows."""
        self._padding = tokenizer.pad_token_id or 0
        self._begin, self._end = _ends(tokenizer, end_token=spec.end_token)
        self._nothing = [tokenizer.eos_token_id or self._padding]
        """Stands for a text without any token, where the model's tokenizer puts none around it."""
        self._document = _Prefix.of(spec.document_prefix, tokenizer.get_vocab())
        self._query = _Prefix.of(spec.query_prefix, tokenizer.get_vocab())
        for prefix in (self._document, self._query):
            if self._room(prefix) <= len(self._tokens.of([prefix.text])[0]):
                raise EncoderError(
                    f"{self.name} has no room for text: max_tokens is {self.max_length}", "set a larger one"
                )

    @classmethod
    def load(
        cls, spec: ModelSpec, directory: Path, identity: bytes, device: str = "auto", precision: str = "auto"
    ) -> TransformerEncoder:
        """Load weights and tokenizer from `directory`; raises EncoderError."""
        chosen = hardware.device_of(device)
        hardware.settle(chosen)
        if spec.pooling not in POOLINGS:
            raise EncoderError(f"{spec.name} cannot be pooled by {spec.pooling}", f"use one of {', '.join(POOLINGS)}")
        config = weights.read_json(directory / "config.json")
        own_code = spec.remote_code and not local_models.known_to_transformers(spec)
        _check_type(spec, directory, str(config.get("model_type")), own_code)
        library: Any = transformers
        library.logging.set_verbosity_error()
        library.logging.disable_progress_bar()
        try:
            options: dict[str, Any] = {"local_files_only": True, "trust_remote_code": own_code}
            tokenizer = library.AutoTokenizer.from_pretrained(str(directory), **options)
            kind = library.T5EncoderModel if spec.engine == "t5" else library.AutoModel
            model, report = kind.from_pretrained(
                str(directory), **options, dtype=torch.float32, weights_only=True, output_loading_info=True
            )
        except EncoderError:
            raise
        except Exception as error:
            raise EncoderError(
                f"{spec.name} in {directory} cannot be loaded: {type(error).__name__}: {' '.join(str(error).split())}",
                "the files are damaged, incomplete or of another architecture; fetch the model again",
            ) from error
        _check_weights(spec, directory, model, report)
        _check_tokenizer(spec, directory, model, tokenizer)
        half = hardware.choose(precision, chosen) == "bf16"
        model = model.eval().to(device=chosen, dtype=torch.bfloat16 if half else torch.float32)
        weights_of_products = _product_weights(model)
        if chosen.type == "cpu" and config.get("model_type") in PACKED:
            _pack(model, "bf16" if half else "fp32")
        size = spec.dimensions or local_models.dimensions(spec.name, directory)
        encoder = cls(spec, identity, model, tokenizer, chosen, size)
        encoder.product_weights = weights_of_products
        return encoder

    @property
    def attention_width(self) -> int:
        """Layers times width: what a pair of positions costs, in multiplications, twice."""
        config = self._model.config
        layers, width = getattr(config, "num_hidden_layers", 0), getattr(config, "hidden_size", 0)
        return int(layers * width)

    def length(self, source: EncoderInput) -> int:
        """Return the number of tokens after cutting, special ones and prefix included."""
        return self.prepare([source]).lengths[0]

    def encode(self, inputs: Sequence[EncoderInput]) -> FloatArray:
        """Return one unit row per input; raises MemoryError when the batch does not fit on the device."""
        if not inputs:
            return np.empty((0, self.dimensions), np.float32)
        return self.start(self.prepare(inputs), range(len(inputs)))()

    def encode_query(self, text: str) -> FloatArray:
        """Return the unit vector of a query."""
        room = self._room(self._query)
        words = self._tokens.of([(self._query.text + text[:MAX_QUERY_CHARACTERS])[: room * CHARACTERS_PER_TOKEN]])[0]
        whole = [*self._begin, *self._query.tokens, *words[:room], *self._end]
        row: FloatArray = self._launch([whole or self._nothing])()[0]
        return row

    def prepare(self, inputs: Sequence[EncoderInput]) -> _Sequences:
        """Tokenise; may run in a thread of its own."""
        room = self._room(self._document)
        passages = [passage(source) for source in inputs]
        texts = [part for text in passages for part in (self._document.text + text.prose, text.code, text.context)]
        tokens = self._tokens.of([text[: room * CHARACTERS_PER_TOKEN] for text in texts])
        rows = []
        for at in range(0, len(tokens), 3):
            prose, code, context = tokens[at : at + 3]
            kept = shares(len(prose), len(code), len(context), room)
            text = [*prose[: kept[0]], *code[: kept[1]], *context[: kept[2]]]
            rows.append([*self._begin, *self._document.tokens, *text, *self._end] or self._nothing)
        return _Sequences(rows, [len(row) for row in rows])

    def start(self, prepared: _Sequences, positions: Sequence[int]) -> Callable[[], FloatArray]:
        """Begin one batch of what was prepared; the result waits for its unit rows. Both raise MemoryError."""
        return self._launch([prepared.rows[position] for position in positions])

    def _room(self, prefix: _Prefix) -> int:
        return self.max_length - len(self._begin) - len(prefix.tokens) - len(self._end)

    def _launch(self, sequences: Sequence[Sequence[int]]) -> Callable[[], FloatArray]:
        width = min(padded(max(map(len, sequences))), self.max_length)
        numbers = np.full((len(sequences), width), self._padding, np.int64)
        present = np.zeros((len(sequences), width), np.int64)
        for row, sequence in enumerate(sequences):
            numbers[row, : len(sequence)] = sequence
            present[row, : len(sequence)] = 1
        with hardware.memory_errors(), torch.inference_mode():
            ids, mask = hardware.upload(np.stack((numbers, present)), self._device)
            found = self._model(input_ids=ids, attention_mask=mask)
            pooled, done = hardware.download(functional.normalize(self._pool(found, mask), dim=1))

        def finish() -> FloatArray:
            with hardware.memory_errors():
                done()
            rows: FloatArray = pooled.numpy()
            return self._checked(rows)

        return finish

    def _checked(self, rows: FloatArray) -> FloatArray:
        if rows.shape[1] != self.dimensions:
            raise EncoderError(
                f"{self.name} gives vectors of {rows.shape[1]} dimensions, {self.dimensions} were announced",
                "state the right dimensions in models.toml",
            )
        if not np.isfinite(rows).any():
            raise EncoderError(
                f"{self.name} gives numbers that are not finite", "fetch the model again, or choose another one"
            )
        return rows

    def _pool(self, found: Any, mask: torch.Tensor) -> torch.Tensor:
        if self._pooling == "own":
            vectors: torch.Tensor = found if isinstance(found, torch.Tensor) else found[0]
            return vectors.float()
        states: torch.Tensor = (found[0] if isinstance(found, tuple) else found.last_hidden_state).float()
        if self._pooling == "cls":
            return states[:, 0]
        if self._pooling == "last":
            return states[torch.arange(len(states), device=states.device), mask.sum(1) - 1]
        weight = mask.unsqueeze(2).to(states.dtype)
        mean: torch.Tensor = (states * weight).sum(1) / weight.sum(1)
        return mean


class _Packed(torch.nn.Module):
    """A linear layer that multiplies by `products.product`; its weights are kept in that form alone."""

    def __init__(self, layer: torch.nn.Linear, precision: hardware.Precision) -> None:
        super().__init__()
        bias = layer.bias if layer.bias is not None else layer.weight.new_zeros(layer.out_features)
        self._product = product(layer.weight.detach(), bias.detach(), precision)

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        return self._product(states)


def _pack(model: Any, precision: hardware.Precision) -> None:
    """Put packed layers in the place of linear ones; the pooler, which nobody asks, stays as it is."""
    for name, module in list(model.named_modules()):
        for child, layer in list(module.named_children()):
            if type(layer) is torch.nn.Linear and "pooler" not in name:
                setattr(module, child, _Packed(layer, precision))


def _product_weights(model: Any) -> int:
    named = model.named_parameters()
    return sum(one.numel() for name, one in named if "embeddings" not in name and "pooler" not in name)


def _check_type(spec: ModelSpec, directory: Path, kind: str, own_code: bool) -> None:
    wanted = spec.model_types or (("t5",) if spec.engine == "t5" else ())
    if wanted and kind not in wanted:
        raise EncoderError(
            f"{directory} holds a model of type {kind!r}, {spec.name} is {' or '.join(wanted)}",
            "it is another model; fetch the right one",
        )
    if not own_code and kind not in transformers.CONFIG_MAPPING:
        raise EncoderError(
            f"{spec.name} in {directory} is a model of type {kind!r}, which transformers {transformers.__version__} "
            "does not know",
            "correct model_type in its config.json, or install a version of transformers that has it",
        )


def _check_weights(spec: ModelSpec, directory: Path, model: Any, report: dict[str, Any]) -> None:
    """Refuse a model that would be partly random, or that has numbers which are not finite."""
    missing = sorted(
        name for name in report.get("missing_keys", ()) if "pooler" not in name and "position_ids" not in name
    )
    wrong = sorted(str(name) for name in report.get("mismatched_keys", ()))
    if missing or wrong:
        raise EncoderError(
            f"{spec.name} in {directory} lacks {len(missing) + len(wrong)} weights, {(missing + wrong)[0]} among them",
            "configuration and weights are of different models or incomplete; fetch the model again",
        )
    for name, weight in model.named_parameters():
        if "pooler" not in name and not bool(torch.isfinite(weight).all()):
            raise EncoderError(
                f"{spec.name} in {directory} has weights {name} that are not finite", "fetch the model again"
            )


def _check_tokenizer(spec: ModelSpec, directory: Path, model: Any, tokenizer: Any) -> None:
    rows = getattr(model.config, "vocab_size", None)
    if isinstance(rows, int) and not rows - SPARE_ROWS < len(tokenizer) <= rows:
        raise EncoderError(
            f"the tokenizer in {directory} knows {len(tokenizer)} tokens, {spec.name} has {rows}",
            "it is the tokenizer of another model; fetch the model again",
        )


def _limit(spec: ModelSpec, config: Any) -> int:
    positions = getattr(config, "max_position_embeddings", None)
    if not isinstance(positions, int) or positions <= 0:
        return spec.max_tokens
    if getattr(config, "model_type", "") in _OFFSET_POSITIONS:
        positions -= (getattr(config, "pad_token_id", None) or 0) + 1
    return min(spec.max_tokens, positions)


def _ends(tokenizer: Any, *, end_token: bool) -> tuple[list[int], list[int]]:
    """Return the tokens that the tokenizer puts before and behind every text."""
    plain = tokenizer("a", add_special_tokens=False)["input_ids"]
    whole = tokenizer("a")["input_ids"]
    at = next((at for at in range(len(whole)) if plain and whole[at : at + len(plain)] == plain), len(whole))
    begin, end = whole[:at], whole[at + len(plain) :]
    if end_token and not end and tokenizer.eos_token_id is not None:
        end = [tokenizer.eos_token_id]
    return list(begin), list(end)
