"""After a start nothing is left to load for the first save in one of the project's main languages."""

from __future__ import annotations

import subprocess
import sys

from codegraph.core.symbols import BlobDigest
from codegraph.daemon.warming import MAIN_LANGUAGES, main_languages
from codegraph.graph.file_view import FileView

FIRST_SAVES = """
import sys
from codegraph.config import ExtractConfig
from codegraph.daemon import warming
from codegraph.extract import grammar
from codegraph.extract.pool import InlineExtractor

extractor = InlineExtractor(ExtractConfig())
warming.warm_up(extractor, {warm!r})
loaded, compiled = set(sys.modules), grammar._compiled.cache_info().misses
warming.warm_up(extractor, {then!r})
assert grammar._compiled.cache_info().misses - compiled == {misses}, grammar._compiled.cache_info()
print(len(set(sys.modules) - loaded))
"""


def _modules_loaded(warm: list[str], then: list[str], misses: int) -> int:
    """Warm up in a process of its own; return how many modules more were loaded for some other languages."""
    program = FIRST_SAVES.format(warm=warm, then=then, misses=misses)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def test_what_a_language_needs_is_loaded() -> None:
    """The second file of a language loads no module and compiles no query; the first of another one does."""
    assert _modules_loaded(["python", "go"], ["go", "python"], 0) == 0
    assert _modules_loaded(["python"], ["go"], 1) > 0


def test_the_main_languages_are_those_of_most_files() -> None:
    """Documents do not count, and what is rare is left for when it is met."""
    counts = {"go": 2, "python": 5, "markdown": 9, "c": 1, "rust": 3}
    files = [FileView("a", BlobDigest(b""), name) for name, count in counts.items() for _ in range(count)]
    assert main_languages(files) == ["python", "rust", "go"]
    assert MAIN_LANGUAGES == 3
