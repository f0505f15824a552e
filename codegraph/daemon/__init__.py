"""Keeps one project fresh and answers questions about it.

Writing: `pipeline` is the main path and the module to read first. `writer` is the thread that runs it, `facts_reader`
gets it facts, `recording` writes its revisions down, `served` and `scheduler` see to vectors; `project` puts all of it
together. Asking: `server` and `connection` are the socket, `handlers` answers each method out of one `view`:
`targets` finds what is meant (`declared` what C and C++ declare elsewhere), `searching`, `edges`, `cloning` and
`explaining` answer, `messages`, `operations`, `reports`, `streams` and `clones` are what is said. `process` and
`lifecycle`: how a daemon begins and ends.
"""
