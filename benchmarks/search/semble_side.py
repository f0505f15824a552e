"""The half of `beside` that runs in the interpreter semble is installed in; it imports nothing of this repository.

    PYTHON semble_side.py model DIRECTORY VOCABULARY     write a stand-in model
    PYTHON semble_side.py measure MODEL < JOB            index and ask; JOB is JSON, one result line a repository

The stand-in has the shape of semble's default model, ROWS rows of DIMENSIONS numbers behind a WordPiece tokenizer,
and random values: what indexing and asking cost does not depend on them, what is found does. VOCABULARY holds real
word pieces, one a line, so that texts fall into as many pieces as they would; rows without a piece fill up.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

ROWS, DIMENSIONS = 62_500, 256
"""16 million numbers, as the name of semble's default model says."""


def write_model(directory: Path, vocabulary: Path) -> None:
    """Write a stand-in model."""
    tokenizers: Any = importlib.import_module("tokenizers")
    pieces = [line for line in vocabulary.read_text(encoding="utf-8").split("\n") if line][:ROWS]
    rows = dict.fromkeys([*pieces, *(f"[filler{number}]" for number in range(ROWS - len(pieces)))])
    numbers = {piece: number for number, piece in enumerate(rows)}
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordPiece(numbers, unk_token="[UNK]"))
    tokenizer.normalizer = tokenizers.normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
    vectors = np.random.default_rng(1).standard_normal((len(numbers), DIMENSIONS)).astype(np.float32)
    importlib.import_module("model2vec").StaticModel(vectors, tokenizer, normalize=True).save_pretrained(directory)


def measure(model: str, job: dict[str, dict[str, Any]]) -> None:
    """Index each repository and ask its queries; the model is loaded and warm, and nothing is cached."""
    index_of: Any = importlib.import_module("semble").SembleIndex
    warm = next(iter(job.values()))["root"]
    index_of.from_path(warm, model_path=model).search("warm")
    for name, each in job.items():
        started, cpu = time.perf_counter(), time.process_time()
        index = index_of.from_path(each["root"], model_path=model)
        spent = time.perf_counter() - started, time.process_time() - cpu
        index.search("warm", top_k=10)
        queries, cpus = [], []
        for query in each["queries"]:
            began, began_cpu = time.perf_counter(), time.process_time()
            index.search(query, top_k=10)
            queries.append(1e3 * (time.perf_counter() - began))
            cpus.append(1e3 * (time.process_time() - began_cpu))
        found = {"name": name, "seconds": spent[0], "cpu_seconds": spent[1], "units": len(index.chunks)}
        print(json.dumps(found | {"query_ms": queries, "query_cpu_ms": cpus}), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "model":
        write_model(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        measure(sys.argv[2], json.load(sys.stdin))
