"""Byte-level BPE without a model library: codegraph/embed/subwords.py."""

from __future__ import annotations

from pathlib import Path

import pytest

transformers = pytest.importorskip("transformers")

from hypothesis import assume, given, settings  # noqa: E402 (after the check that the models extra is installed)
from hypothesis import strategies as st  # noqa: E402
from tiny_models import make_model  # noqa: E402

from codegraph.embed.subwords import Subwords  # noqa: E402


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("models") / "tiny")


def test_subtokens_are_robertas(directory: Path) -> None:
    """Any text gives what the library's own tokenizer gives, with a special token inside and without."""
    theirs = transformers.RobertaTokenizer.from_pretrained(str(directory))
    ours = Subwords.load("tiny", directory, 300)
    words = st.sampled_from(["def", " value", "</s>", " <s>", "  ", "\n", "'ll", "\t", " x1", "é", "日"])

    @given(st.one_of(st.text(max_size=30), st.lists(words).map("".join)))
    @settings(max_examples=200)
    def check(text: str) -> None:
        assume("<mask>" not in text)  # takes the blank before it along, as it did when the models were trained
        expected = theirs(text, add_special_tokens=False)["input_ids"]
        assert ours.one(text) == ours.many([text, "x"])[0] == expected

    check()


def test_the_rule_of_the_reference_is_a_blank_in_front(directory: Path) -> None:
    """Tokenising '@ ' + token without its first sub-token is tokenising the token with a blank before it."""
    subwords = Subwords.load("tiny", directory, 300)
    for token in ("value", "", "(", "</s>", " \n", "'s", "日本"):
        assert subwords.one("@ " + token)[1:] == subwords.one(" " + token)


def test_prefixes_of_special_words_stay_whole(directory: Path) -> None:
    """`<s> </s>` are two tokens; anything else is plain text."""
    subwords = Subwords.load("tiny", directory, 300)
    assert subwords.prefix("<s> </s>") == (0, 2)
    assert subwords.prefix("load: ") == tuple(subwords.one("load: "))
