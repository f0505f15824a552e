"""Byte-level BPE of RoBERTa's kind, straight from the tokenizer's files, without a model library around it.

A checkpoint brings `tokenizer.json`, or `vocab.json` and `merges.txt` as the authors of GraphCodeBERT publish
it. `</s>` and its like in source text become the special tokens, as in the reference. The vocabulary must fit
the model's table of words: with another model's tokenizer every vector would be noise.
Tests: tests/unit/embed/test_embed_subwords.py.
"""

from __future__ import annotations

from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from codegraph.embed import weights
from codegraph.embed.segments import Vocabulary
from codegraph.errors import EncoderError

SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
"""In the order of `Vocabulary`."""

PADDED_ROWS = 128
"""Tables of words may have up to so many rows more than there are tokens: sizes are often rounded up."""


class Subwords:
    """Turns texts into sub-token numbers. Safe to use from several threads."""

    def __init__(self, tokenizer: Tokenizer, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._tokenizer = tokenizer

    @classmethod
    def load(cls, name: str, directory: Path, rows: int) -> Subwords:
        """Read the tokenizer of a model whose table of words has so many rows; raises EncoderError."""
        try:
            tokenizer = _read(directory)
        except EncoderError:
            raise
        except Exception as error:
            raise EncoderError(
                f"the tokenizer of {name} in {directory} cannot be read: {error}", "fetch the model again"
            ) from error
        tokenizer.no_truncation()
        tokenizer.no_padding()
        size = tokenizer.get_vocab_size()
        known = [tokenizer.token_to_id(token) for token in SPECIAL]
        special = [number for number in known if number is not None]
        if not rows - PADDED_ROWS < size <= rows or len(special) < len(SPECIAL):
            raise EncoderError(
                f"the tokenizer in {directory} knows {size} tokens, {name} has {rows}",
                "it is the tokenizer of another model; fetch the model again",
            )
        return cls(tokenizer, Vocabulary(*special))

    def many(self, texts: list[str]) -> list[list[int]]:
        """Return the sub-tokens of each text, without special tokens at its ends."""
        return [found.ids for found in self._tokenizer.encode_batch_fast(texts, add_special_tokens=False)]

    def one(self, text: str) -> list[int]:
        """Return the sub-tokens of one text."""
        found: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return found

    def prefix(self, text: str) -> tuple[int, ...]:
        """Return the sub-tokens of a prefix; words that are tokens as they stand (`<encoder-only>`) stay whole."""
        words = text.split()
        whole = [number for word in words if (number := self._tokenizer.token_to_id(word)) is not None]
        return tuple(whole if len(whole) == len(words) else self.one(text))


def _read(directory: Path) -> Tokenizer:
    if (directory / "tokenizer.json").is_file():
        return Tokenizer.from_file(str(directory / "tokenizer.json"))
    vocabulary, merges = directory / "vocab.json", directory / "merges.txt"
    if not vocabulary.is_file() or not merges.is_file():
        raise EncoderError(f"{directory} has no tokenizer.json and no vocab.json with merges.txt", "fetch them too")
    tokenizer = Tokenizer(models.BPE.from_file(str(vocabulary), str(merges), unk_token="<unk>"))  # noqa: S106 (no secret)
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = [AddedToken(token, special=True, normalized=False) for token in SPECIAL]
    tokenizer.add_special_tokens([*special, AddedToken("<mask>", lstrip=True, special=True, normalized=False)])
    added = directory / "added_tokens.json"
    if added.is_file():
        tokenizer.add_tokens([str(token) for token in weights.read_json(added)])
    return tokenizer
