"""Random RoBERTa models for tests: 2 layers of 32 dimensions and 64 positions, as a hub checkpoint looks.

Import this only where torch and transformers are installed.
"""

from __future__ import annotations

from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file
from tokenizers import ByteLevelBPETokenizer

SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]


def make_model(
    directory: Path,
    *,
    seed: int = 7,
    dimensions: int = 32,
    poison: bool = False,
    prefix: str = "roberta.",
    head: str = "",
    spread: float = 0.5,
) -> Path:
    """Write a model; other seeds give other weights. A poisoned one has weights that are not finite.

    `prefix` stands before the names of the weights, `head` names a dense layer for the first token, `spread`
    is the standard deviation of the weights.
    """
    directory.mkdir()
    tokenizer = ByteLevelBPETokenizer()
    tokenizer.train_from_iterator(
        ["def return value self load save"] * 9, 300, 1, show_progress=False, special_tokens=SPECIAL
    )
    tokenizer.save_model(str(directory))
    torch.manual_seed(seed)
    config = transformers.RobertaConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=dimensions,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=66,
        type_vocab_size=1,
        layer_norm_eps=1e-5,
        initializer_range=spread,
    )
    config.save_pretrained(directory)
    state = transformers.RobertaModel(config, add_pooling_layer=False).state_dict()
    weights = {prefix + name: tensor.contiguous() for name, tensor in state.items() if "position_ids" not in name}
    if head:
        weights |= {f"{head}.weight": torch.randn(dimensions, dimensions), f"{head}.bias": torch.randn(dimensions)}
    if poison:
        weights[f"{prefix}embeddings.LayerNorm.weight"].fill_(float("nan"))
    save_file(weights, directory / "model.safetensors", metadata={"format": "pt"})
    return directory
