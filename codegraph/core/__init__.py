"""Pure data that every floor may import: symbols, facts, digests and changes. No behaviour beyond construction."""
