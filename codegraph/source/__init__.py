"""The file tree as it is: what was written, what is gone, what is left out and why.

The way of one save: a watcher (`inotify`, `observer` or `polling`; `watcher` chooses) gives `hints`, `settle` makes
them a batch, `scan` compares stats (`stamps` says when to believe them) in the directories hinted at, `reading` reads
what differs, once and whole. `ignore` and `content` say what is left out; `cookies` prove that a save has been seen.
"""
