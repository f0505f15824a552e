"""Random text models of several architectures for tests, each as its authors would publish it, with a word tokenizer.

Import this only where torch and transformers are installed.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import torch
import transformers
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast

WORDS = re.findall(
    r"\S+", "def return value self load save file text read write ( ) : , . the a of and point parse name"
)
SIZES = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}

OWN_CODE = """
import torch
from pathlib import Path
from transformers import BertConfig, BertModel, PreTrainedModel


class TinyConfig(BertConfig):
    model_type = "tiny_own"


class TinyEmbedding(PreTrainedModel):
    config_class = TinyConfig

    def __init__(self, config):
        super().__init__(config)
        Path(config.trace).touch()
        self.bert = BertModel(config, add_pooling_layer=False)
        self.proj = torch.nn.Linear(config.hidden_size, 8)
        self.post_init()

    def forward(self, input_ids, attention_mask):
        first = self.bert(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state[:, 0]
        return torch.nn.functional.normalize(self.proj(first), dim=1)
"""


def make_bert(directory: Path, *, positions: int = 48, seed: int = 3) -> Path:
    """Write a BERT with [CLS] and [SEP] around every text."""
    rows = _tokenizer(directory, ("[PAD]", "[UNK]", "[CLS]", "[SEP]"), begin="[CLS]", end="[SEP]")
    config = transformers.BertConfig(vocab_size=rows, max_position_embeddings=positions, **SIZES, **_spread())
    return _save(directory, transformers.BertModel, config, seed)


def make_unixcoder(directory: Path) -> Path:
    """Write a RoBERTa whose vocabulary has <encoder-only>."""
    rows = _tokenizer(directory, ("<s>", "<pad>", "</s>", "<unk>", "<encoder-only>"), begin="<s>", end="</s>")
    config = transformers.RobertaConfig(vocab_size=rows, max_position_embeddings=50, **SIZES, **_spread())
    return _save(directory, transformers.RobertaModel, config, 3)


def make_gpt2(directory: Path) -> Path:
    """Write a GPT-2 as CodeParrot is published: a language model, no padding token, nothing around a text."""
    rows = _tokenizer(directory, ("<|endoftext|>",), eos_token="<|endoftext|>", unk_token="<|endoftext|>")
    config = transformers.GPT2Config(
        vocab_size=rows, n_embd=32, n_layer=2, n_head=2, n_positions=48, **_spread(), bos_token_id=0, eos_token_id=0
    )
    return _save(directory, transformers.GPT2LMHeadModel, config, 3)


def make_qwen(directory: Path) -> Path:
    """Write a Qwen3 decoder whose tokenizer adds nothing by itself."""
    rows = _tokenizer(directory, ("<|endoftext|>",), eos_token="<|endoftext|>", pad_token="<|endoftext|>")
    config = transformers.Qwen3Config(
        vocab_size=rows, max_position_embeddings=64, head_dim=16, num_key_value_heads=1, **SIZES, **_spread()
    )
    return _save(directory, transformers.Qwen3Model, config, 3)


def make_modernbert(directory: Path) -> Path:
    """Write a ModernBERT."""
    rows = _tokenizer(directory, ("[PAD]", "[UNK]", "[CLS]", "[SEP]"), begin="[CLS]", end="[SEP]")
    special = {"pad_token_id": 0, "cls_token_id": 2, "sep_token_id": 3, "bos_token_id": 2, "eos_token_id": 3}
    config = transformers.ModernBertConfig(
        vocab_size=rows, max_position_embeddings=64, **SIZES, **special, **_spread(), reference_compile=False
    )
    return _save(directory, transformers.ModernBertModel, config, 3)


def make_starencoder(directory: Path) -> Path:
    """Write a BERT for pre-training, as StarEncoder is published, its heads included."""
    rows = _tokenizer(directory, ("<pad>", "<unk>", "<cls>", "<sep>"), begin="<cls>", end="<sep>", pad_token="<pad>")
    config = transformers.BertConfig(vocab_size=rows, max_position_embeddings=48, **SIZES, **_spread())
    return _save(directory, transformers.BertForPreTraining, config, 3)


def make_t5(directory: Path) -> Path:
    """Write a whole T5, as CodeT5 is published, decoder included."""
    rows = _tokenizer(directory, ("<pad>", "</s>", "<unk>"), end="</s>", pad_token="<pad>", unk_token="<unk>")
    config = transformers.T5Config(
        vocab_size=rows, d_model=32, d_kv=16, d_ff=64, num_layers=2, num_heads=2, decoder_start_token_id=0
    )
    return _save(directory, transformers.T5ForConditionalGeneration, config, 3)


def make_own_code(directory: Path, trace: Path) -> Path:
    """Write a model that is a Python file of its own, as CodeT5+'s embedder; it touches `trace` when it runs."""
    rows = _tokenizer(directory, ("[PAD]", "[UNK]", "[CLS]", "[SEP]"), begin="[CLS]", end="[SEP]")
    config = transformers.BertConfig(vocab_size=rows, max_position_embeddings=48, **SIZES, **_spread())
    bert = transformers.BertModel(config, add_pooling_layer=False)
    torch.manual_seed(3)
    linear = torch.nn.Linear(32, 8)
    state = {f"bert.{name}": tensor for name, tensor in bert.state_dict().items()}
    state |= {f"proj.{name}": tensor for name, tensor in linear.state_dict().items()}
    from safetensors.torch import save_file

    save_file(state, directory / "model.safetensors", metadata={"format": "pt"})
    document = config.to_dict() | {
        "model_type": "tiny_own",
        "architectures": ["TinyEmbedding"],
        "auto_map": {"AutoConfig": "tiny_own.TinyConfig", "AutoModel": "tiny_own.TinyEmbedding"},
        "trace": str(trace),
        "embed_dim": 8,
    }
    (directory / "config.json").write_text(json.dumps(document))
    (directory / "tiny_own.py").write_text(OWN_CODE)
    return directory


def _spread() -> dict[str, float]:
    return {"initializer_range": 0.5}


def _save(directory: Path, kind: Any, config: Any, seed: int) -> Path:
    torch.manual_seed(seed)
    kind(config).eval().save_pretrained(directory)
    return directory


def _tokenizer(directory: Path, special: tuple[str, ...], *, begin: str = "", end: str = "", **names: str) -> int:
    """Write a tokenizer of whole words with these special tokens first, and return how many tokens it has."""
    directory.mkdir(parents=True)
    tokens = {word: number for number, word in enumerate((*special, *WORDS))}
    unknown = next((token for token in special if "unk" in token.lower()), special[0])
    tokenizer = Tokenizer(models.WordLevel(tokens, unk_token=unknown))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    if begin or end:
        around = " ".join(part for part in (begin, "$A", end) if part)
        tokenizer.post_processor = processors.TemplateProcessing(
            single=around, special_tokens=[(token, tokens[token]) for token in (begin, end) if token]
        )
    if "[PAD]" in special:
        names = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"} | names
    if "<encoder-only>" in special:
        names = {"pad_token": "<pad>", "unk_token": "<unk>", "bos_token": "<s>", "eos_token": "</s>"} | names
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names).save_pretrained(directory)
    return len(tokens)
