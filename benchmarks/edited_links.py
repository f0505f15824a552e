"""A project whose files are edited one by one, linked in part and, to compare, whole (see `edited_again`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from codegraph.core.facts import FileFacts, Occurrences
from codegraph.core.symbols import BlobDigest
from codegraph.graph.file_view import FileParts, FileView, ids_of
from codegraph.graph.link import contributions_of, link_file
from codegraph.graph.relink import Relinker
from codegraph.graph.stored import PackedLinks
from codegraph.graph.table import SymbolTable, nowhere


class EditedLinks:
    """The table and the links of some files, as an index keeps them."""

    def __init__(self, files: Mapping[str, FileFacts]) -> None:
        self._facts = dict(files)
        self._table = SymbolTable()
        self._relinker = Relinker(self._table, self._occurrences)
        self._table.update({path: _offered(path, facts) for path, facts in files.items()})
        self._views = {path: self._view(path, self._whole(path, facts)) for path, facts in files.items()}

    @property
    def in_part(self) -> int:
        """How many files were linked in part."""
        return self._relinker.in_part

    def edit(self, path: str, facts: FileFacts) -> Iterator[str]:
        """Take in new facts of a file, link whom that concerns, and yield the paths whose links depend on the past."""
        keys = self._table.update({path: _offered(path, facts)})
        for each in sorted({path, *self._table.readers(keys)}):
            new = facts if each == path else None
            draft = self._relinker.link(each, new, self._views.get(each), keys, nowhere, is_edit=True)
            reads = self._table.reads(each)
            self._facts[each] = new or self._facts[each]
            whole = link_file(each, draft.outline, self._facts[each].occurrences, self._table)
            if draft.links != whole.links or not set(whole.reads) <= set(reads):
                yield each
            self._views[each] = self._view(each, draft.links)

    def _whole(self, path: str, facts: FileFacts) -> PackedLinks:
        linked = link_file(path, facts.outline, facts.occurrences, self._table)
        self._table.set_reads(path, linked.reads)
        return linked.links

    def _view(self, path: str, links: PackedLinks) -> FileView:
        facts = self._facts[path]
        parts = FileParts(facts.outline, links, ids_of(path, facts.outline), ())
        return FileView(path, facts.blob, facts.outline.language, parts)

    def _occurrences(self, language: str, blob: BlobDigest) -> Occurrences:
        found: Iterable[FileFacts] = (each for each in self._facts.values() if each.blob == blob)
        return next(each.occurrences for each in found if each.outline.language == language)


def _offered(path: str, facts: FileFacts) -> dict[str, tuple[tuple[str, ...], ...]]:
    return contributions_of(path, facts.outline, facts.occurrences)
