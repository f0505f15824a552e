"""Where code stands in files of templates and of languages without a grammar here, and what in it says nothing.

One row a language, by the manuals of the languages; names of languages are those of GitHub's Linguist in lower case.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final, NamedTuple


class Region(NamedTuple):
    """What code stands between."""

    first: str
    """What may be its first character, as it is written in a set of characters."""
    rest: str
    """A pattern for what follows, without groups and short."""
    closes: str
    """Verbatim; "": what opens ends with it, a quote."""


class Form(NamedTuple):
    """How a language's files are read."""

    regions: tuple[Region, ...] = ()
    """None: everything is code."""
    silent: re.Pattern[str] | None = None
    """Comments and strings; a string begins with its quote."""
    called: bool = False
    """Whether calls have brackets or a mark before them, so that a plain word by itself is none."""
    marks: bool = False
    """Whether names may end in `?` and `!`."""


_DOUBLE: Final = r"\"(?:[^\"\\\r\n]|\\.)*+\""
_SINGLE: Final = r"'(?:[^'\\\r\n]|\\.)*+'"
_BLOCK: Final = r"/\*(?:[^*]|\*(?!/))*+(?:\*/|\Z)"


def _silent(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


_OF_C: Final = _silent(_BLOCK, r"//[^\r\n]*", _DOUBLE, _SINGLE)
_OF_SHELL: Final = _silent(r"#(?![{\[(])[^\r\n]*", _DOUBLE, _SINGLE)
_OF_TEMPLATES: Final = _silent(_DOUBLE, _SINGLE)
_OF_LISP: Final = _silent(r";[^\r\n]*", _DOUBLE)
_OF_ML: Final = _silent(r"\(\*(?:[^*]|\*(?!\)))*+(?:\*\)|\Z)", r"//[^\r\n]*")

_BRACES: Final = Region("{", r"\{(?![!{]|\s{0,9}/\*)", "}}")
_THREE_BRACES: Final = Region("{", r"\{\{", "}}}")
_TAGS: Final = Region("{", "%", "%}")
_PERCENT: Final = Region("<", "%(?![#%]|--)", "%>")
_PHP: Final = Region("<", r"\?(?:php\b|=)", "?>")
_EXPRESSION: Final = Region("$#*@", r"\{", "}")
_SCRIPT: Final = Region("<", r"(?i:script)\b(?![^<>]{0,500}json)[^<>]{0,1000}>", "</script")
_ATTRIBUTE: Final = (
    r"(?=[oO(\[*#@:vxnthujwbld])(?:(?i:on\w{1,40})|[(\[*#@:][\w.()\[\]:@-]{1,80}"
    r"|(?:v|x|ng|th|hx|up|jsf|wire|bind|let)[-:][\w.:-]{1,80}|data-action)\s{0,9}=\s{0,9}"
)
_HANDLER: Final = Region(r"\s", _ATTRIBUTE + "[\"']", "")
_CONTROL: Final = Region("@", r"(?:if|else if|for|switch|case|defer|let|when|while|foreach)\s{0,9}\(?", "{")
_IN_MARKUP: Final = (_SCRIPT, _HANDLER)

_ANGULAR: Final = Form(
    (*_IN_MARKUP, _THREE_BRACES, _BRACES, _TAGS, _PERCENT, _PHP, _EXPRESSION, _CONTROL), _OF_TEMPLATES
)
_JINJA: Final = Form((*_IN_MARKUP, _BRACES, _TAGS), _OF_TEMPLATES)
_SERVER: Final = Form((*_IN_MARKUP, _PERCENT, _EXPRESSION), _OF_TEMPLATES)
_WORDY: Final = Form(silent=_OF_SHELL, marks=True)
_LIKE_C: Final = Form(silent=_OF_C, called=True)

MARKUP: Final = Form(_IN_MARKUP, _OF_TEMPLATES)
"""Of what stands around tags that are parsed."""

FORMS: Final = MappingProxyType(
    {
        "html": _ANGULAR,
        "jinja": _JINJA,
        "handlebars": Form((*_IN_MARKUP, _THREE_BRACES, _BRACES), _OF_TEMPLATES),
        "go-template": Form((*_IN_MARKUP, _BRACES, Region("{", r"(?=[$\w]|/\w)", "}")), _OF_TEMPLATES),
        "ejs": Form((*_IN_MARKUP, _PERCENT), _OF_TEMPLATES),
        "heex": Form((*_IN_MARKUP, _PERCENT, _BRACES, Region(r"=\s>", r"\{", "}")), _OF_TEMPLATES, marks=True),
        "jsp": _SERVER,
        "freemarker": Form(
            (_EXPRESSION, Region("<", "[#@](?!-)", ">"), Region(r"\[", "[#@](?!-)", "]")), _OF_TEMPLATES
        ),
        "velocity": Form((Region("$", r"!?\{?(?=[A-Za-z_])", "\n"), Region("#", "(?=[a-z{])", "\n")), _OF_TEMPLATES),
        "mako": Form(
            (*_IN_MARKUP, _EXPRESSION, _PERCENT, Region("%", r"(?:(?<=[\n \t]%)|(?<=\A%))(?!%)", "\n")), _OF_TEMPLATES
        ),
        "aspx": Form((*_IN_MARKUP, _PERCENT), _OF_TEMPLATES),
        "razor": Form(silent=_silent(r"@\*(?:[^*]|\*(?!@))*+(?:\*@|\Z)", _BLOCK, r"(?<!:)//[^\r\n]*"), called=True),
        "haml": _WORDY,
        "slim": _WORDY,
        "pug": Form(silent=_silent(r"(?<!:)//[^\r\n]*", _SINGLE)),
        "xaml": Form((Region(r"\s", r"[\w.:]{1,80}\s{0,9}=\s{0,9}\"", '"'),)),
        "coffeescript": Form(silent=_OF_SHELL),
        "groovy": Form(silent=_OF_C),
        "dart": _LIKE_C,
        "qml": _LIKE_C,
        "objective-c": _LIKE_C,
        "opencl": _LIKE_C,
        "yacc": _LIKE_C,
        "x-macros": Form(silent=_OF_C),
        "assembly": Form(silent=_silent(_BLOCK, r"//[^\r\n]*", _DOUBLE)),
        "cython": Form(silent=_OF_SHELL, called=True),
        "clojure": Form(silent=_OF_LISP),
        "f_sharp": Form(silent=_OF_ML),
        "ocaml": Form(silent=_silent(r"\(\*(?:[^*]|\*(?!\)))*+(?:\*\)|\Z)")),
        "visual_basic": Form(silent=_silent(r"'[^\r\n]*", r"\"[^\"\r\n]*\"")),
        "erlang": Form(silent=_silent(r"%[^\r\n]*", _DOUBLE), called=True),
        "julia": Form(silent=_silent(r"#[^\r\n]*"), called=True),
        "r": Form(silent=_silent(r"#[^\r\n]*"), called=True),
        "perl": Form(silent=_silent(r"(?<!\$)#[^\r\n]*")),
        "entry-points": Form((Region("=", r"\s{0,9}[\"']?[A-Za-z_][\w.]{0,200}:(?=[A-Za-z_])", "\n"),)),
    }
)
