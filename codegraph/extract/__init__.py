"""Bytes to facts: what one file defines, mentions, binds and imports. Pure, path-free, in worker processes.

The way of one file through `extractor.extract`: `text` (bytes as positions) -> tree-sitter tree -> `normalise`
(canonical tokens) -> `outline` (definitions, digests) -> the language's `collect` (bindings, imports, exports)
-> `references` (who mentions what) -> `FileFacts`. `pool` runs that in other processes.
"""
