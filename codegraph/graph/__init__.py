"""Facts to edges and keys, and an edit to the symbols that it concerns.

The way of one change set through `index.Index.apply`: `table` takes in what files offer and says who read what changed,
`relink` links those again (`link`, `resolve`), `transition` brings the graph (`dependency_graph`) up to date and says
what differs per symbol, `staleness` marks, `context` gives the keys what they read, `deferred` puts off many of them,
`revise` makes the next `snapshot`, which is what readers see. `compare` says how two indexes differ.
"""
