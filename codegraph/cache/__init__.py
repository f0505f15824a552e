"""Vectors by content: a hot tier in memory, a cold tier on disk, shared by all projects of a user.

Keys are embedding keys, which say everything about a vector, so nothing here is ever out of date: there is
no invalidation, only eviction. Both tiers may be emptied at any time at the cost of computing again.
`tiers` asks `hot`, then `cold`; `codec` says how a vector is written down.
"""
