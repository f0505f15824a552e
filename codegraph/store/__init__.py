"""What survives a restart: one LMDB environment per project, and a fake of it in memory.

`protocol` is what the daemon asks of a store; `store` keeps it in LMDB, `memory` in dictionaries. `opening` makes a
usable store of whatever is found in the directory (`damage`, `versions`), `schema` says what its rows hold, `arrivals`
sorts vectors into their table, `gc` decides what goes; `environment` and `gate` are all that knows of LMDB itself.
"""
