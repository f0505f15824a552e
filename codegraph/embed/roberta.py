"""RoBERTa-class encoders (GraphCodeBERT, CodeBERT) through torch and transformers.

Imported only where a model is really loaded, that is, in the worker process: torch alone takes a second.

*Input*: `<s> prose </s> code </s>`, the format these models were pre-trained on. Prose is the docstring,
at most `PROSE_TOKENS`; code is the container's header and the symbol's tokens, then the signatures of its
context, which keep at least a quarter of the room when there are any. No data flow enters yet.

*Output*: the mean of the last hidden states over all tokens, or the first token's, as the spec says; then
L2. The pooler of a raw checkpoint is random and is never used.

*Safety*: files come from a local directory only; safetensors first, a `.bin` only through torch's
weights-only reader; no remote code. Every weight of the encoder must be in the file: a model that was
partly initialised at random is refused.
Tests: tests/unit/embed/test_embed_roberta.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from transformers import AutoTokenizer, RobertaConfig, RobertaModel

from codegraph.embed.batching import padded
from codegraph.embed.encoder import FloatArray
from codegraph.embed.registry import ModelSpec
from codegraph.embed.render import EncoderInput
from codegraph.embed.weights import weight_files
from codegraph.errors import EncoderError

PROSE_TOKENS = 96
QUERY_TOKENS = 128
REMEMBERED_INPUTS = 2_048
CHARACTERS_PER_TOKEN = 8
"""Text beyond this many characters per possible token is not even tokenised."""


class RobertaEncoder:
    """One loaded model. Not for use from several threads at once: the worker has one."""

    def __init__(self, spec: ModelSpec, identity: bytes, model: Any, tokenizer: Any, device: torch.device) -> None:
        self.name = spec.name
        self.identity = identity
        self.device = str(device)
        self.dimensions = int(model.config.hidden_size)
        self.max_length = min(spec.max_tokens, int(model.config.max_position_embeddings) - 2)
        self._spec = spec
        self._model = model
        self._tokenizer = tokenizer
        self._torch_device = device
        self._sequences: dict[EncoderInput, list[int]] = {}

    @classmethod
    def load(cls, spec: ModelSpec, directory: Path, identity: bytes, device: str) -> RobertaEncoder:
        """Load weights and tokenizer from `directory`; raises EncoderError."""
        chosen = _device(device)
        try:
            config = RobertaConfig.from_pretrained(str(directory), local_files_only=True)
            tokenizer = AutoTokenizer.from_pretrained(str(directory), local_files_only=True, trust_remote_code=False)
            model: Any = RobertaModel(config, add_pooling_layer=False)
            _load_weights(model, directory)
        except EncoderError:
            raise
        except Exception as error:
            raise EncoderError(
                f"{spec.name} in {directory} cannot be loaded: {error}", "fetch the model again"
            ) from error
        model = model.eval().to(device=chosen, dtype=_dtype(chosen))
        return cls(spec, identity, model, tokenizer, chosen)

    def length(self, source: EncoderInput) -> int:
        """Return the number of tokens after cutting, special tokens included."""
        return len(self._sequence(source))

    def encode(self, inputs: Sequence[EncoderInput]) -> FloatArray:
        """Return one unit row per input; raises MemoryError when the batch does not fit on the device."""
        if not inputs:
            return np.empty((0, self.dimensions), np.float32)
        return self._forward([self._sequence(source) for source in inputs])

    def encode_query(self, text: str) -> FloatArray:
        """Return the unit vector of a query, cut to `QUERY_TOKENS` tokens."""
        limit = min(QUERY_TOKENS, self.max_length)
        start, end = self._tokenizer.cls_token_id, self._tokenizer.sep_token_id
        prose = self._tokens(self._spec.query_prefix + text, limit - 2)
        vector: FloatArray = self._forward([[start, *prose, end]])[0]
        return vector

    def _sequence(self, source: EncoderInput) -> list[int]:
        """Return the token numbers of an input; remembered, because planning and encoding both ask."""
        known = self._sequences.get(source)
        if known is None:
            if len(self._sequences) >= REMEMBERED_INPUTS:
                self._sequences.clear()
            known = self._sequences[source] = self._build(source)
        return known

    def _build(self, source: EncoderInput) -> list[int]:
        start, end = self._tokenizer.cls_token_id, self._tokenizer.sep_token_id
        prose = self._tokens(self._spec.document_prefix + source.docstring, min(PROSE_TOKENS, self.max_length // 4))
        head = [start, *prose, end] if prose else [start]
        room = self.max_length - len(head) - 1
        context = self._tokens(" ".join(source.context), room)
        code = self._tokens(" ".join((source.container, *source.tokens)).strip(), room)
        code = code[: max(room - len(context), room - room // 4)]
        return [*head, *code, *context[: room - len(code)], end]

    def _tokens(self, text: str, limit: int) -> list[int]:
        if not text or limit <= 0:
            return []
        cut = text[: limit * CHARACTERS_PER_TOKEN]
        found: list[int] = self._tokenizer(cut, add_special_tokens=False, verbose=False)["input_ids"][:limit]
        return found

    def _forward(self, sequences: Sequence[Sequence[int]]) -> FloatArray:
        width = min(padded(max(map(len, sequences))), self.max_length)
        numbers = np.full((len(sequences), width), self._model.config.pad_token_id, np.int64)
        mask = np.zeros((len(sequences), width), np.int64)
        for row, sequence in enumerate(sequences):
            numbers[row, : len(sequence)] = sequence
            mask[row, : len(sequence)] = 1
        try:
            with torch.inference_mode():
                attention = torch.from_numpy(mask).to(self._torch_device)
                states = self._model(
                    input_ids=torch.from_numpy(numbers).to(self._torch_device), attention_mask=attention
                ).last_hidden_state
                vectors = torch.nn.functional.normalize(self._pool(states.float(), attention), dim=1)
                rows: FloatArray = vectors.cpu().numpy()
        except (torch.OutOfMemoryError, RuntimeError) as error:
            if isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in str(error):
                raise MemoryError(str(error)) from error
            raise
        return rows

    def _pool(self, states: torch.Tensor, attention: torch.Tensor) -> torch.Tensor:
        if self._spec.pooling == "cls":
            return states[:, 0]
        weights = attention.unsqueeze(2).to(states.dtype)
        return (states * weights).sum(1) / weights.sum(1)


def _load_weights(model: Any, directory: Path) -> None:
    """Copy the file's weights into the model; raises EncoderError if any is missing."""
    state: dict[str, torch.Tensor] = {}
    for file in weight_files(directory):
        if file.suffix == ".safetensors":
            state.update(load_file(file))
        else:
            state.update(torch.load(file, map_location="cpu", weights_only=True))
    bare = {name.removeprefix("roberta."): tensor for name, tensor in state.items()}
    missing = [name for name in model.load_state_dict(bare, strict=False).missing_keys if "position_ids" not in name]
    if missing:
        raise EncoderError(
            f"{directory} lacks {len(missing)} weights, {missing[0]} among them", "choose a complete RoBERTa checkpoint"
        )


def _device(device: str) -> torch.device:
    if device == "auto":
        return torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
    try:
        chosen = torch.device(device)
    except RuntimeError as error:
        raise EncoderError(f"embedding.device = {device!r} is no device", "use cpu, cuda, cuda:N or auto") from error
    if chosen.type == "cuda" and not torch.cuda.is_available():
        raise EncoderError(f"embedding.device = {device!r}, but torch sees no GPU", "use auto or cpu")
    return chosen


def _dtype(device: torch.device) -> torch.dtype:
    """Half precision only where it is fast: on a GPU that has bf16, on a processor with AMX."""
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return torch.float32
    return torch.bfloat16 if " amx_bf16" in flags else torch.float32
