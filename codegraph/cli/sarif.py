"""Clones in the form that code scanners exchange: one log of SARIF 2.1.0 (OASIS Standard, 2020).

One result for each group. Its location is the first member, the others are `relatedLocations`. Lines and columns are
counted from 1, columns in UTF-16 code units, paths are relative to the project and percent-encoded. The
fingerprint of a result is that of its members' names, so it survives edits that leave the group as it is.
Pure. Tests: tests/unit/cli/test_cli_clones.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

from codegraph.core.digests import digest
from codegraph.core.symbols import CloneKind
from codegraph.daemon.clones import CloneGroup, ClonesResult
from codegraph.daemon.messages import SymbolInfo

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT = "PROJECT"
_RULES = {
    CloneKind.EXACT: "Equal code: only comments, layout and docstrings differ.",
    CloneKind.RENAMED: "Equal code but for a consistent renaming and for literals.",
    CloneKind.NEAR: "Code with most of its runs of tokens in common.",
    CloneKind.SEMANTIC: "Code that calls the same and touches the same members, written in another way.",
}

Json = dict[str, Any]


def sarif_log(found: ClonesResult, root: str, version: str) -> Json:
    """Return the log of one answer; `root`: the project's absolute path."""
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "codegraph",
                        "version": version,
                        "rules": [
                            {
                                "id": _rule(kind),
                                "shortDescription": {"text": text},
                                "defaultConfiguration": {"level": "note"},
                            }
                            for kind, text in _RULES.items()
                        ],
                    }
                },
                "originalUriBaseIds": {ROOT: {"uri": Path(root).as_uri() + "/"}},
                "columnKind": "utf16CodeUnits",
                "results": [_result(group) for group in found.groups],
            }
        ],
    }


def _rule(kind: CloneKind) -> str:
    return f"clone/{kind}"


def _result(group: CloneGroup) -> Json:
    first, *others = (member.symbol for member in group.members)
    links = ", ".join(f"[{_escaped(each.qualified_name)}]({number})" for number, each in enumerate(others, 1))
    more = f" and {group.count - len(group.members)} more" if group.count > len(group.members) else ""
    names = "\n".join(member.symbol.id for member in group.members)
    return {
        "ruleId": _rule(group.kind),
        "ruleIndex": list(_RULES).index(group.kind),
        "level": "note",
        "message": {"text": f"{_escaped(first.qualified_name)} has clones: {links}{more}."},
        "locations": [_location(first)],
        "relatedLocations": [{"id": number, **_location(each)} for number, each in enumerate(others, 1)],
        "partialFingerprints": {"members/v1": digest(names.encode("utf-8", "surrogatepass")).hex()},
        "properties": {"similarity": group.similarity, "tokens": group.tokens, "members": group.count},
    }


def _escaped(text: str) -> str:
    """Escape what would begin or end a link in a message (section 3.11.6)."""
    return text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def _location(symbol: SymbolInfo) -> Json:
    start, end = symbol.range.start, symbol.range.end
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(symbol.file), "uriBaseId": ROOT},
            "region": {
                "startLine": start.line + 1,
                "startColumn": start.character + 1,
                "endLine": end.line + 1,
                "endColumn": end.character + 1,
            },
        },
        "logicalLocations": [{"fullyQualifiedName": symbol.qualified_name, "kind": symbol.kind}],
    }
