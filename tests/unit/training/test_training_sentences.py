"""From documentation to the sentence that a question may be."""

from __future__ import annotations

import pytest

from training.sentences import plain, split


@pytest.mark.parametrize(
    ("documentation", "sentence", "rest"),
    [
        ("Read all lines. Then close.", "Read all lines.", "Then close."),
        ("Returns the number of rows\n\n@param x what", "Returns the number of rows", "@param x what"),
        ("Read the <b>whole</b> {@code file} of `name`.", "Read the whole file of name.", ""),
        ("@brief Opens a file for reading.\n@return it", "Opens a file for reading.", "@return it"),
        ("Parse a [Url](http://x.y) from :class:`str`.", "Parse a Url from str.", ""),
        ("<summary>\nGets the current position.\n</summary>", "Gets the current position.", ""),
    ],
)
def test_first_sentence_is_plain(documentation: str, sentence: str, rest: str) -> None:
    """Markup goes, words stay, and what follows is kept as it is."""
    assert split(documentation)[0] == sentence
    assert split(documentation)[1].startswith(rest)


@pytest.mark.parametrize(
    "documentation",
    ["", "Deprecated.", "TODO: write this down some day", "Copyright (c) 2020 by somebody", "@param x the value of x"],
)
def test_what_says_nothing_is_no_sentence(documentation: str) -> None:
    """Licences, notes for tools and lists of parameters are nothing a person asks with."""
    assert split(documentation)[0] == ""


def test_other_scripts_are_left_out() -> None:
    """The model is for English."""
    assert plain("Возвращает размер файла и ещё что-то abc def ghi") == ""
