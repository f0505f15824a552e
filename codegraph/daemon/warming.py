"""What the first save after a start would wait for: grammars, their queries, and the modules that link a language.

They are loaded when a language is first met, in a worker and here. So an empty file of each of a project's main
languages is extracted and linked, for nothing, while nobody waits.
Tests: tests/unit/daemon/test_daemon_warming.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from codegraph.core.changes import SourceFile, Stamp
from codegraph.core.digests import blob_digest
from codegraph.core.facts import decode_compressed_occurrences, decode_outline
from codegraph.core.symbols import DOCUMENT_LANGUAGES
from codegraph.extract.pool import Extractor
from codegraph.graph.file_view import FileView
from codegraph.graph.link import contributions_of, link_file
from codegraph.graph.table import SymbolTable

MAIN_LANGUAGES = 3


def main_languages(files: Iterable[FileView]) -> list[str]:
    """Return the languages of code that most of the files have, the first one first."""
    counts = Counter(file.language for file in files if file.language not in DOCUMENT_LANGUAGES)
    return [language for language, _ in counts.most_common(MAIN_LANGUAGES)]


def warm_up(extractor: Extractor, languages: Iterable[str]) -> None:
    """Extract and link an empty file of each language. Raises DaemonError if no worker can be started."""
    nothing = blob_digest(b"")
    files = [SourceFile(language, b"", nothing, Stamp(0, 0, 0, 0), language) for language in languages]
    for path, facts in extractor.extract(files):
        outline, occurrences = decode_outline(facts.outline), decode_compressed_occurrences(facts.occurrences)
        contributions_of(path, outline, occurrences)
        link_file(path, outline, occurrences, SymbolTable())
