"""A model of RoBERTa-base's size with random weights and a tokenizer.

Tests: tests/unit/benchmarks/test_bench_engines.py.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from tokenizers import ByteLevelBPETokenizer

from benchmarks.gpu_model import BASE, weights
from codegraph.embed.graphcodebert import GraphCodeBertEncoder
from codegraph.embed.hardware import Precision
from codegraph.embed.render import EncoderInput
from codegraph.embed.roberta import Roberta, Shape
from codegraph.embed.segments import Vocabulary
from codegraph.embed.spec import ModelSpec
from codegraph.embed.subwords import Subwords

LEARNED_TOKENS = 16_384
_SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]


def random_encoder(
    sources: Sequence[EncoderInput], device: torch.device, precision: Precision, shape: Shape = BASE
) -> GraphCodeBertEncoder:
    """Build GraphCodeBERT with random weights and a tokenizer that learned from `sources`; always the same one."""
    tokenizer = ByteLevelBPETokenizer()
    texts = (" ".join((source.docstring, *source.tokens)) for source in sources)
    tokenizer.train_from_iterator(
        texts, min(LEARNED_TOKENS, shape.vocabulary), 2, show_progress=False, special_tokens=_SPECIAL
    )
    subwords = Subwords(tokenizer._tokenizer, Vocabulary())  # noqa: SLF001 (the class has no other way to its core)
    model = Roberta(shape, weights(shape), device, precision)
    spec = ModelSpec(name="random", engine="graphcodebert", prose_tokens=0, windows=1)
    return GraphCodeBertEncoder(spec, b"\0" * 16, model, subwords)
