"""Words and vectors to ranked symbols, and which symbols are copies of each other.

The way of one query through `search.Searcher.search`: `shape` says what kind of question it is, `lexical` (segments of
postings: `segment`, `scoring`, `merging`) and `spaces` (`vectors`, `quantise`) give candidates, `signals` says what is
known of each, `rank` weighs it, `folding` shows it. `query_language` reads filters, `documents` and `analysis` say what
is indexed. Clones are apart: `fingerprints` of each file, `overlap` of pairs, groups in `clones`.
"""
