"""A public code-search benchmark, asked through the real answers of codegraph: `python -m benchmarks.search --help`.

A *repository* is a directory below the corpus, and of it only the folder that the benchmark names is indexed. A
*query* has one or more *targets*: files, or line spans of files. Each repository is indexed as `codegraph index` does
it, into a scratch state that later runs find again, and each query goes through
`codegraph.daemon.searching.answer_search`. Scores are those of `scoring`; beside them stand what others published,
index time and latency. Results are kept as JSON by machine and commit. `python -m benchmarks.search.tune` fits the
weights of the rerank and says what they are worth on repositories that were left out. Tests:
tests/unit/benchmarks/test_bench_search.py.
"""
