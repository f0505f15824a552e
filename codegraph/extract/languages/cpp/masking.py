"""What the parser reads in place of a C++ file: the same bytes, with macros blanked out that are no syntax to it.

An export macro in front of a class, one in front of a declaration's type, attributes behind a declarator and lines
that hold a macro and nothing else stand where the grammar expects something else, and one of them costs whole
classes; so does an #if that cuts through a statement. They are replaced by blanks, so every offset and every line
stays what it is. The blank behind a macro with a title that a block follows becomes a semicolon: such a call is a
statement. What is mentioned and which tokens there are is read from the true bytes. A macro is told by its
capitals.
Tests: tests/unit/extract/test_extract_cpp.py.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from codegraph.extract.languages.cpp.openings import as_directives
from codegraph.extract.languages.cpp.patterns import SMALL, TYPE_ENDS, TYPE_WORDS, WORD_BYTES, pattern_of, written
from codegraph.extract.languages.directives import groups_of, spaces
from codegraph.extract.languages.pieces import Pieces

_MACRO: Final = pattern_of(rb"MACRO")
_CLASS: Final = pattern_of(
    rb"(?:c(?<=\bc)lass|s(?<=\bs)truct|u(?<=\bu)nion|e(?<=\be)num|n(?<=\bn)amespace)SPACE++"
    rb"((?:MACRO(?:ARGUMENTS|\((?:[^();{}\"]++|TEXT)*+\))?SPACE++)+)"
    rb"(?=(?!final\b)[A-Za-z_][\w:]*+(?:<(?:[^<>;{}()]|<[^<>;{}()]*>)*>[\w:]*+)?(?:SPACE++final\b)?SPACE*+"
    rb"(?:\{|:SPACE*+[^:\d \t\n])|(?:[A-Z]|(?<=API |ORT |DLL |LIC |PI_ |RT_ )[a-z_])\w*+SPACE*+;|\[\[)"
)
"""A macro in front of the name of a class; `struct POINT {`, `struct POINT p;` and `enum MODE mode : 2` have none."""
_KEYWORD: Final = pattern_of(rb"INDENT(MACRO\()(?:class|struct)(\))(?=SPACE++[A-Za-z_])")  # `ALIGNED(class) Name {`
_AFTER_NAME: Final = pattern_of(
    rb"[csu](?:lass|truct|nion)SPACE++[A-Za-z_][\w:]*+(?:<[^<>;{}()]*>)?SPACE++(MACROARGUMENTS?)(?=SPACE*(?::[^:]|\{))"
)
_POINTER: Final = pattern_of(rb"\*[ \t]*(MACRO)(?=[ \t]+[A-Za-z_]\w*[ \t]*[;,)=\[])")
_DECLARED: Final = pattern_of(
    rb"\n(typedef[ \t]++)?+((?:MACRO)\((?:[ \t]*+\d++[ \t]*+,)?+)"
    rb"(SPACE*+(?:[A-Za-z_]\w*+[ \t\n*]*+){1,6}),((?:SPACE*+MACROSPACE++)?)(SPACE*+[*]?[A-Za-z_]\w*+SPACE*+),"
    rb"(SPACE*+\((?:[^();{}#]|\((?:[^();{}#]|\([^();{}#]*\))*\))*\)SPACE*+)((?:,[^;{}()#]*+)?+\))(?=SPACE*+(.))"
)
"""`EXPORT(int, name, (int a), ATTRIBUTES);`, also with a number in front, and the same in a typedef."""
_WRAPPED: Final = pattern_of(
    rb"\n(?:(?:static|extern|inline)[ \t]++)*+(MACRO\()SPACE*+(?:[A-Za-z_]\w*+[ \t\n*]++){1,6}[A-Za-z_]\w*+SPACE*+"
    rb"\((?:[^();{}#]|\((?:[^();{}#]|\([^();{}#]*\))*\))*\)SPACE*+(\))(?=SPACE*+[;{])"
)
"""`EXPORT(void name(int a)) {`: the head of a function as the argument of a macro."""
_FORMAT: Final = pattern_of(
    rb"\n(?:[A-Za-z_]\w*+[ \t*]++){1,6}([a-z_]\w*+[ \t]*+\([ \t]*+\d++(?:[ \t]*+,[ \t]*+\d++)*+[ \t]*+\))"
    rb"(?=SPACE*+[*]*+[A-Za-z_]\w*+SPACE*+\()"
)
"""`void printflike(1, 2) name(...)`: an attribute that is told by its numbers, whatever it is called."""
_CALLED_BY: Final = pattern_of(
    rb"\n(?:[A-Za-z_]\w*+[ \t]++){0,4}?"
    rb"(?:\*++[ \t]*+|(?:void|bool|char|short|int|long|float|double|unsigned|size_t)[ \t]++)"
    rb"((?!(?:const|volatile|restrict|inline|bool|char|short|int|long|float|double|unsigned|signed|static|extern)\b)"
    rb"[a-z_]\w*+)(?=SPACE++(?![A-Z_0-9]++\b)[A-Za-z_]\w*+SPACE*+"
    rb"\((?:[^();{}#]|\((?:[^();{}#]|\([^();{}#]*\))*\))*\)SPACE*+[;{])"
)
"""`void lib_cdecl name(...)`: how a function is called, in small letters, behind its type."""
_PREFIX: Final = pattern_of(
    rb"INDENT(?:template[ \t]*<[^\n]*>SPACE*)?(?:\[\[[^\]\n]*\]\][ \t]*)*"
    rb"(?:(?:inline|static|extern|explicit|virtual|constexpr|friend|typedef|\"C\")[ \t]+)*"
    rb"((?:MACROARGUMENTS?(?=SPACE)[ \t]*)+)(?=SPACE+(?:(?:TYPE[ \t\n*&]+){1,6}"
    rb"(?:operator\b|[A-Za-z_][\w:]*(?:<[^<>;{}()]*>[\w:]+)?SPACE*[;=({\[]|\(\*[ \t]*[A-Za-z_]\w*[ \t]*\)[ \t]*\()"
    rb"|[A-Za-z_][\w:]*(?:<[^<>;{}()]*>)?::[~\w:]+SPACE*\())"
)
_BEFORE_KEYWORD: Final = pattern_of(
    rb"INDENT(MACROARGUMENTS?)"
    rb"(?=SPACE+(?:(?:explicit|virtual|static|inline|constexpr|operator|template|friend|using|typedef|extern|return)\b|~))"
)
_CONSTRUCTOR: Final = pattern_of(
    rb"INDENT(MACROARGUMENTS?)"
    rb"(?=[ \t]+[A-Za-z_]\w*\((?:[^(){};]++|\([^(){};]*+\))*+\)[\w \t\n]*:SPACE*\w+[({<])"
)
_CALLED_TYPE: Final = pattern_of(
    rb"typedef(?<=\btypedef)SPACE++(?:typenameSPACE++)?MACRO(\([^(){};\n]*+\))(?=SPACE++[A-Za-z_]\w*+SPACE*+;)"
)
"""`typedef MACRO(a) name;`: with its arguments the macro would be the name."""
_MIXED: Final = pattern_of(
    rb"INDENTMACRO\(((?:[^\n();{}]*,)?[ \t]*(?:(?:void|bool|char|wchar_t|short|int|long|float|double|unsigned|signed)\b"
    rb"[*& \t]*)++,(?:[^\n();{}]*,)?[ \t]*(?:-?\d[\w.]*+|'[^'\n]++'|TEXT|true|false|nullptr)?[ \t]*)\)(?=[ \t]*+;)"
)
"""`MACRO(bool, false);`: a type beside a value, or beside nothing, is no list of arguments and none of parameters."""
_MARKED: Final = pattern_of(rb"INDENT(__attribute__SPACE*+\(\([\w, \t]*+\)\))(?=SPACE++[A-Za-z_]\w*+SPACE*+=)")
"""`__attribute__((unused)) name = {...};` behind a type on a line of its own."""
_BLOCK: Final = pattern_of(rb"INDENT(MACRO)(?=[ \t]*+(?:\r?\n[ \t]*+)?+\{)")
_SUFFIX: Final = pattern_of(
    rb"\)SPACE*(?:(?:const|noexcept|override|final)SPACE+)*((?:MACROARGUMENTS?[ \t]*)+)"
    rb"(?=SPACE*(?:[;{]|:[^:]|=[ \t]*(?:0|default|delete)\b|override\b|const\b|noexcept\b))"
)
_STATEMENT: Final = re.compile(rb"\b(?:else|if|for|while|switch|return|case|define)\b")
_CAST: Final = re.compile(rb"[=(,?]\s*\([\w\s]+[*\s]*\)\Z")
_FIELD: Final = pattern_of(rb"([A-Z](?<=SPACE[A-Z])RESTARGUMENTS)(?=[ \t]*[;={])")
_BETWEEN: Final = pattern_of(
    rb"INDENT(?:[a-z]++[ \t]++)*(?!(?:WORDS)\b)TYPE[ \t*&]++"
    rb"(MACRO)(?=(?:[ \t]+|[ \t]*\n)[A-Za-z_][\w:]*[ \t]*\()"
)
_CONSTRAINT: Final = pattern_of(
    rb"(,SPACE*[A-Z_]*(?:ENABLE_IF|REQUIRES)\w*\((?:[^();{}]++|\((?:[^();{}]++|\([^();{}]*+\))*+\))*+\))(?=SPACE*[,>])"
)
_PROTOTYPE: Final = pattern_of(
    rb"(?:\(\*[ \t]*\w+\)|\b(?!return\b|else\b|do\b)\w++)SPACE++([A-Z_][A-Z_0-9]*+[ \t]*+\()"
    rb"\((?:[^();{}]++|\((?:[^();{}]++|\([^();{}]*+\))*+\))*+\)(\))(?=SPACE*;)"
)
_PROTOTYPE_END: Final = pattern_of(
    rb"\(\((?<=[A-Z_0-9 \t]\(\()(?:[^();{}]++|\((?:[^();{}]++|\([^();{}]*+\))*+\))*+\)\)SPACE*;"
)
"""What stands in every `_PROTOTYPE`, and nearly nowhere else: told in a tenth of its time."""
_CONVENTION: Final = pattern_of(rb"\((MACRO)[ \t]+(?=\*[ \t]*\w+[ \t]*\)SPACE*(?:[A-Z_]+[ \t]*)?\()")
_EMPTY_DEFAULT: Final = re.compile(rb"=([ \t]*)\{\}(?=[ \t\n]*[,)])")
_TEMPLATE: Final = re.compile(rb"template(?=[ \t]+[A-Za-z_])")
_ALONE: Final = pattern_of(rb"INDENT(MACROARGUMENTS?)[ \t]*+(?:$|(?=//))")
_TITLED: Final = pattern_of(rb"\n[ \t]*+[A-Z][A-Z0-9_]++(?=\([^\n]*\")ARGUMENTS(?:SPACE|\r)(?=[ \t\r\n]*+\{)")
"""`SECTION("what is tested") {`: a call, and a block behind it."""
_CAUGHT: Final = re.compile(rb"&\)(?<=[\w>]&\))(?=[ \t]*;)")
_NAMED_CALL: Final = re.compile(rb"[A-Z][A-Z0-9_]++\([^;]*[\"=]")
"""`CHECK_THROWS_AS(f("a"), Error&);`: a macro with a text or an assignment in it declares nothing."""
_MAX_CALL: Final = 1000
_LABEL: Final = pattern_of(rb"INDENT(MACROARGUMENTS[ \t]*+:)(?=SPACE)")
"""`CASE(name):` in C, a label that a macro writes."""
_SLOTS: Final = pattern_of(rb"INDENT(?:public|protected|private)[ \t]++(MACRO|slots)(?=[ \t]*+:)")
_ACCESS: Final = pattern_of(rb"INDENT(?:MACRO|signals)[ \t]*+:(?=[ \t]*+(?:\r?$|//))")
"""`public Q_SLOTS:` and `API_PRIVATE:` in a class: macros that say who may see what follows."""
_COMMENTS: Final = re.compile(rb"\A(?:\s++|//[^\n]*+|/\*.*?(?:\*/|\Z))*+", re.DOTALL)
_TYPED: Final = re.compile(rb"[ \t]*\r?\n[A-Za-z_]\w*[ \t]*\((?:[^();{}]|\((?:[^();{}]|\([^();{}]*\))*\))*\)\s*[{;]")
_DIRECTIVE: Final = pattern_of(
    rb"INDENT#[ \t]*+(ifdef|ifndef|if|elif|else|endif)\b(?:/\*[^*]*(?:\*(?!/)[^*]*)*\*/|[^\n\\/]++|/|\\.|\\\r?\n)*"
)
_ENUM: Final = re.compile(rb"enum(?<=\benum)\b[^;{}()#]*+\{[^{}]*+\}")  # a search for letters is faster than for `\b`
_MACRO_LINE: Final = re.compile(rb"^[ \t]*#[ \t]*(?:define|undef)\b(?:[^\n\\]++|\\.|\\\r?\n)*", re.MULTILINE)
_ATTRIBUTE: Final = re.compile(rb"\[\[[^\[\]]*+\]\]")
_LONG_MACRO: Final = pattern_of(rb"INDENT#[ \t]*+define\b[^\n\\]*+\\\r?\n(?:[^\n\\]++|\\.|\\\r?\n)*")
_COMMENT: Final = re.compile(rb"/\*.*?\*/", re.DOTALL)
_NO_LINE_END: Final = re.compile(rb"(?!\\\r?\n)[^\r\n]")
_IN_ENUM: Final = re.compile(rb"\benum\b[^;{}()]*\{[^{}]*\Z")
_MAX_BRANCHES: Final = 100
_ELSE: Final = re.compile(rb"(?:\s++|//[^\n]*+|/\*.*?\*/)*+else\b", re.DOTALL)
_OPEN: Final = re.compile(
    rb"(?:\n[ \t]*+(?!public\b|private\b|protected\b|default\b)[a-zA-Z_]\w*+[ \t]*+:|[;}]\s*+else"
    rb"|\n[ \t]*+(?:else[ \t]+)?(?:if|for|while)\b[^;{}#]*+(?<=\)))\s*+\Z"
)
"""A label, an `else` or a condition, without its statement."""
_HEADED: Final = re.compile(rb"(?:\A|\n)[ \t]*+template[ \t]*+<[^;{}()\n]*>\Z")
"""The head of a template, without what is one."""
_LISTED: Final = re.compile(rb"=\s*\{\Z")
"""The beginning of a list of values."""
_CONTINUES: Final = frozenset(b",)|&+-*/=?<;.]%^>:{(")


def masked_c(data: bytes) -> bytes:
    """Do as `masked` does for C, where a pointer to a function is no symbol: declarations in a macro become such."""
    return masked(_IN_C(b"\n" + data)[1:])


def masked(data: bytes) -> bytes:
    """Return bytes of the same length in which such macros and branches are blanks."""
    # A line starts behind a line end: a search for that sign is faster than one for `^`.
    return _IN_BOTH(_without_torn_branches(as_directives(b"\n" + data)))[1:]


def _masked_in_c(data: bytes) -> bytes:
    data = _DECLARED.sub(_pointed, data)
    return _LABEL.sub(_blank_label, _CALLED_BY.sub(_blank, _FORMAT.sub(_blank, _WRAPPED.sub(_blank_wrapping, data))))


def _masked(data: bytes) -> bytes:
    read = data
    if b"enum" in data:
        data = _ENUM.sub(_without_macros, data)
    has_macros = _MACRO.search(data) is not None
    if has_macros:
        data = _KEYWORD.sub(_blank_wrapping, _DECLARED.sub(_declaration, data))
    for pattern, needs_macro, words in _BLANKED:  # most pieces lack what a pattern cannot do without
        if (has_macros or not needs_macro) and (not words or any(each in data for each in words)):
            data = pattern.sub(_blank, data)
    if _PROTOTYPE_END.search(data):
        data = _PROTOTYPE.sub(_blank_wrapping, data)
    if has_macros:
        data = _FIELD.sub(_blank_field, _SUFFIX.sub(_blank_suffix, data))
    data = _TEMPLATE.sub(_spaced, data)
    data = _ACCESS.sub(_blank_label, data)
    data = _EMPTY_DEFAULT.sub(rb"=\1 0", data)
    data = _TITLED.sub(_ended, _without_alone(data))
    return _with_macros(_CAUGHT.sub(_without_reference, data), read)


_TYPES: Final = (b"class", b"struct", b"union")
_BLANKED: Final[tuple[tuple[re.Pattern[bytes], bool, tuple[bytes, ...]], ...]] = (
    (_CLASS, True, (*_TYPES, b"enum", b"namespace")),
    (_AFTER_NAME, True, _TYPES),
    (_POINTER, True, ()),
    (_PREFIX, True, ()),
    (_BEFORE_KEYWORD, True, ()),
    (_BETWEEN, True, ()),
    (_CONSTRUCTOR, True, ()),
    (_MARKED, False, (b"__attribute__",)),
    (_BLOCK, True, ()),
    (_CALLED_TYPE, True, ()),
    (_MIXED, True, ()),
    (_CONSTRAINT, False, (b"ENABLE_IF", b"REQUIRES")),
    (_CONVENTION, True, ()),
    (_SLOTS, False, (b"public", b"protected", b"private")),
)
"""In their order: whether there is none without a MACRO, and words of which one is in each (none: no such words)."""
_IN_C: Final = Pieces(_masked_in_c)
_IN_BOTH: Final = Pieces(_masked)


def _without_torn_branches(data: bytes) -> bytes:
    """Keep the first branch only, without its directives, of each #if that cuts through a statement or a block."""
    pieces = list(_DIRECTIVE.finditer(data))
    blanked = [(one.end(1), one.end()) for one in pieces if one.group(1) in (b"if", b"elif")]
    for group in groups_of(pieces):
        if len(group) < _MAX_BRANCHES and _is_torn(data, group):
            blanked.append((group[0].start() + 1, group[0].end()))
            blanked.append((group[1].start() + 1, group[-1].end()))
    if not blanked:
        return data
    kept = bytearray(data)
    for start, end in blanked:
        kept[start:end] = spaces(data[start:end])
        if data[end - 1 : end] != b"\n" and end - start > 1 and data[start - 2 : start] == b"if":
            kept[start + 1] = ord("1")  # a condition: the parser knows fewer of them than there are
    return bytes(kept)


def _is_torn(data: bytes, group: list[re.Match[bytes]]) -> bool:
    start = group[0].start() + 1
    before = _without_last_lines(data[max(0, start - 300) : start].rstrip())
    line = before.rpartition(b"\n")[2].lstrip()
    is_free = not before or before[-1] in b";{}>" or line.startswith((b"#", b"//")) or before.endswith((b"*/", b"\\"))
    is_template = line.startswith(b"template") and before.endswith(b">")
    is_free = (is_free and not is_template) or (before.endswith(b":") and line[:1].isalpha())
    if not is_free and not _ALONE.match(b"\n" + line) and b"//" not in line:
        return True
    for one, other in pairwise(group):
        branch = data[one.end() : other.start()]
        if branch.count(b"{") != branch.count(b"}") or branch.count(b"(") != branch.count(b")"):
            return True
        closing = branch.find(b"}")
        if 0 <= closing < branch.find(b"{") and branch[closing - 1 : closing] != b"@":  # `@}` stands in comments
            return True
        end = branch[-300:].rstrip()
        if _ELSE.match(branch) or (end.endswith((b":", b"else", b")")) and _OPEN.search(end)):
            return True
        if (end.endswith(b">") and _HEADED.search(end)) or (end.endswith(b",") and _LISTED.search(before)):
            return True
    return False


def _without_last_lines(text: bytes) -> bytes:
    """Leave away the directives and comments that a text ends with; if it has no other whole line, all of it."""
    before = text
    while True:
        head, _, line = before.rpartition(b"\n")
        if line.lstrip().startswith(b"#") and not head.endswith(b"\\"):
            before = head.rstrip()
        elif line.endswith(b"*/") and b"/*" in before:
            before = before[: before.rfind(b"/*")].rstrip()
        else:
            return before if before is text or (head and not head.endswith(b"\\")) else b""


def _without_macros(match: re.Match[bytes]) -> bytes:
    """Blank out the macros that are defined inside of an enum, to be expanded there, and attributes of its members."""
    text = match.group()
    text = _MACRO_LINE.sub(lambda line: spaces(line.group()), text) if b"#" in text else text
    return _ATTRIBUTE.sub(lambda one: spaces(one.group()), text)


def _with_macros(data: bytes, read: bytes) -> bytes:
    """Put macros of several lines back: behind one whose last lines were blank the parser would go astray.

    Without their comments: a macro ends at the first for the parser, and what follows would be code.
    """
    kept = bytearray(data)
    for match in _LONG_MACRO.finditer(read):
        text = match.group()
        if b"/*" in text:
            text = _COMMENT.sub(lambda one: _NO_LINE_END.sub(b" ", one.group()), text)
        kept[match.start() : match.end()] = text
    return bytes(kept)


def _spaced(match: re.Match[bytes]) -> bytes:
    """Blank out the keyword in `a.template b<c>()`."""
    data, at = match.string, match.start()
    while at and data[at - 1] in b" \t":
        at -= 1
    return b"        " if data[max(0, at - 2) : at].endswith((b"::", b".", b"->")) else match.group()


def _without_reference(match: re.Match[bytes]) -> bytes:
    """Blank out the sign of a reference behind a type that is the last argument of a macro."""
    data, end = match.string, match.start() - 1
    start = max(data.rfind(each, max(0, end - _MAX_CALL), end) for each in (b";\n", b"{\n", b"}\n"))
    is_call = start >= 0 and _NAMED_CALL.match(_COMMENTS.sub(b"", data[start + 1 : end]))
    return b" )" if is_call else match.group()


def _ended(match: re.Match[bytes]) -> bytes:
    """End the call that names a block of a test by a semicolon."""
    return match.group()[:-1] + b";"


def _blank(match: re.Match[bytes]) -> bytes:
    return written(match, spaces(match.group(1)))


def _declaration(match: re.Match[bytes]) -> bytes:
    """Write a function, or a typedef of a pointer to one, that stands in a macro as one without it."""
    is_pointer, has_body = match.group(5).lstrip().startswith(b"*"), match.group(8) == b"{"
    return _unwrapped(match) if is_pointer == bool(match.group(1)) and is_pointer != has_body else match.group()


def _pointed(match: re.Match[bytes]) -> bytes:
    """Write a declaration that stands in a macro as one of a pointer: its types are mentioned, it defines nothing."""
    is_other = match.group(1) or match.group(5).lstrip().startswith(b"*") or match.group(8) == b"{"
    return match.group() if is_other else _unwrapped(match)


def _unwrapped(match: re.Match[bytes]) -> bytes:
    typedef, start, type_, attribute, name, parameters, end, after = match.groups(default=b"")
    first, last, stop = (b" ", b" ", b" ") if after == b"{" else (b"(", b")", b" " if after == b";" else b";")
    name = name if after == b"{" or typedef else b"*" + name[1:]
    head = (b"\n", typedef, spaces(start), type_, first, spaces(attribute), name, last)
    return b"".join((*head, parameters, spaces(end)[:-1], stop))


def _blank_wrapping(match: re.Match[bytes]) -> bytes:
    """Leave of `f OF((int a));` and `EXPORT(void f(int a))` what a prototype is."""
    return written(match, spaces(match.group(1)), b" ")


def _blank_suffix(match: re.Match[bytes]) -> bytes:
    """Blank out what stands behind the parameters of a function, not a statement behind a condition."""
    data = match.string
    line = data.rfind(b"\n", 0, match.start()) + 1
    if _STATEMENT.search(data, line, match.start()) or _CAST.search(data, line, match.start() + 1):
        return match.group()
    return _blank(match)


def _blank_field(match: re.Match[bytes]) -> bytes:
    """Blank out what stands behind the type and the name of a field."""
    start = match.start() - 1
    return _blank(match) if _ends_in_name(match.string[max(0, start - 200) : start]) else match.group()


def _ends_in_name(text: bytes) -> bool:
    """Tell whether a text ends in a type, blanks, perhaps stars, and a name that begins with a small letter.

    An expression that is anchored at the end would be tried at every byte.
    """
    text = text.rstrip(b" \t\n")
    before = text.rstrip(WORD_BYTES)
    starred = before.rstrip(b"*&")
    type_ = starred.rstrip(b" \t")
    is_small = text[len(before) : len(before) + 1] in SMALL and text[len(before) :] not in TYPE_WORDS
    return len(before) < len(text) and is_small and len(type_) < len(starred) and type_[-1:] in TYPE_ENDS


def _blank_label(match: re.Match[bytes]) -> bytes:
    """Blank out a label, unless an expression goes on: `a ? b` on the line before."""
    before = _without_last_lines(match.string[max(0, match.start() - 400) : match.start()].rstrip())
    while before.endswith(b"*/"):
        before = before[: max(0, before.rfind(b"/*"))].rstrip()
    return spaces(match.group()) if before[-1:] in b";{}:" or b"//" in before.rpartition(b"\n")[2] else match.group()


def _without_alone(data: bytes) -> bytes:
    """Blank out lines that hold a macro only, however many stand one behind the other."""
    kept, last = bytearray(data), len(data)
    for match in _ALONE.finditer(data):
        start, end = match.span(1)
        if _stands_alone(match, follows=last < start and not data[last:start].strip()):
            kept[start:end], last = spaces(match.group(1)), end
    return bytes(kept)


def _stands_alone(match: re.Match[bytes], *, follows: bool) -> bool:
    """Tell whether a macro on a line, perhaps one behind another, is no part of an expression or of a list."""
    data, start = match.string, match.start() + 1
    before = data[max(0, start - 400) : start].rstrip()
    after = _COMMENTS.sub(b"", data[match.end() : match.end() + 400])[:2]
    while before.endswith(b"*/"):
        before = before[: max(0, before.rfind(b"/*"))].rstrip()
    line = before.rpartition(b"\n")[2].lstrip()
    if match.group(1).endswith(b")"):
        if _TYPED.match(data, match.end()):
            return False  # it gives the type of the function on the next line
    elif after[:1] == b"}" and _IN_ENUM.search(data, max(0, start - 4000), start):
        return False  # the last of an enum
    starts = follows or not before or before[-1] in b";{}:>" or line.startswith((b"#", b"//"))
    return starts and (not after or after[0] not in _CONTINUES)
