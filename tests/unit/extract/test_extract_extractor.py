"""Golden facts of a rich sample: `codegraph.extract.extractor` as a whole.

When facts change on purpose, bump `extractor.SCHEMA` and write the file again:
`python tests/unit/extract/test_extract_extractor.py`, then read the difference.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from codegraph.core.digests import blob_digest
from codegraph.core.facts import FileFacts, decode_own_input
from codegraph.extract.extractor import SCHEMA, Limits, encode_facts, extract

GOLDEN = Path(__file__).parent / "golden"
SAMPLE = GOLDEN / "sample.py.txt"
EXPECTED = GOLDEN / "sample.facts.txt"


def sample_facts() -> FileFacts:
    return extract(SAMPLE.read_bytes(), "python", Limits())


def written(facts: FileFacts) -> Iterator[str]:
    """Write facts down, one thing a line."""
    yield f"schema {SCHEMA}"
    for index, one in enumerate(facts.outline.definitions):
        span = one.range
        place = f"{span.start_line}:{span.start_column}-{span.end_line}:{span.end_column}"
        yield f"definition {index} {one.kind} {one.descriptor!r} in {one.container} at {place} broken={one.parse_error}"
        own = decode_own_input(facts.inputs[one.own])
        yield f"  signature {one.signature}"
        yield f"  container {own.container}"
        yield f"  docstring {own.docstring!r}"
        yield f"  tokens {' '.join(own.tokens)}"
    for problem in facts.outline.problems:
        yield f"problem {problem.reason} {problem.line} {problem.detail}"
    found = facts.occurrences
    for reference in found.references:
        yield f"reference {reference.owner} {reference.role.name} {'.'.join(reference.chain)} {reference.positions}"
    for binding in found.bindings:
        yield f"binding {binding.owner} {binding.kind.name} {binding.name} {'.'.join(binding.chain)}"
    for imported in found.imports:
        dots = "." * imported.level
        yield (
            f"import {imported.owner} {imported.kind.name} {dots}{imported.module} {imported.name} as {imported.alias} "
            f"at {imported.line}:{imported.column}"
        )
    yield f"exports {[export.name for export in found.exports]} explicit={found.explicit_exports}"
    yield f"encoded {hashlib.blake2b(encode_facts(facts).outline, digest_size=8).hexdigest()}"


def test_golden_facts() -> None:
    """The facts of the sample are what they were, down to the encoded bytes of the outline."""
    assert "\n".join(written(sample_facts())).splitlines() == EXPECTED.read_text(encoding="utf-8").splitlines()


def test_facts_are_a_pure_function() -> None:
    """Two extractions give equal facts and equal bytes, and the blob is the digest of the file."""
    first, second = sample_facts(), sample_facts()
    assert encode_facts(first) == encode_facts(second)
    assert first.blob == blob_digest(SAMPLE.read_bytes())


if __name__ == "__main__":
    EXPECTED.write_text("\n".join(written(sample_facts())) + "\n", encoding="utf-8")
