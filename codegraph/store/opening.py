"""Opening a store: whatever is found in the directory, what comes back can be used.

Steps: take the directory for this process; judge the data file without LMDB (codegraph.store.damage);
open it; read every row that a warm start depends on once against its checksum; compare versions
(codegraph.store.versions) and drop what they invalidate. A damaged state is set aside, one of another
schema removed, and an events.Rebuilt says so each time. Only a state that cannot be had at all is an
error: StoreLocked, StoreReadOnly, StoreFull. Tests: tests/unit/store/test_store_opening.py.
"""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from codegraph.config import StoreConfig
from codegraph.errors import StoreCorrupt
from codegraph.events import EventLog, Rebuilt
from codegraph.store import schema
from codegraph.store.damage import discard, find_damage, set_aside
from codegraph.store.environment import Environment, Transaction, lock_directory, translate_os_error
from codegraph.store.store import Identity, Store
from codegraph.store.versions import VERSION_NAMES, Invalidation, compare_versions, without_outdated

logger = logging.getLogger(__name__)

_LOADED_AT_START = (schema.META, schema.FILES, schema.SKIPPED, schema.LINKS, schema.SYMBOLS)


def new_instance_name() -> str:
    """Return a name that no other store has."""
    return secrets.token_hex(8)


def open_store(
    directory: Path,
    config: StoreConfig,
    versions: Mapping[str, str],
    events: EventLog,
) -> Store:
    """Open the state in `directory`, or start a fresh one.

    `versions` are this process's, by the names of codegraph.store.versions. Raises StoreLocked,
    StoreReadOnly, StoreFull, and ValueError on an unknown version's name.
    """
    compare_versions({}, versions)
    lock = lock_directory(directory)
    try:
        return _open_locked(_Request(directory, config, versions, events), lock)
    except OSError as error:
        os.close(lock)
        raise translate_os_error(error, directory) from error
    except BaseException:
        os.close(lock)
        raise


@dataclass(frozen=True, slots=True)
class _Request:
    """What the caller of `open_store` asked for."""

    directory: Path
    config: StoreConfig
    versions: Mapping[str, str]
    events: EventLog


class _OtherSchemaError(Exception):
    """The state was written by another version of this package."""


def _open_locked(request: _Request, lock: int) -> Store:
    reason, upgraded = find_damage(request.directory), False
    if reason is not None:
        set_aside(request.directory)
    else:
        try:
            return _open_sound(request, lock)
        except StoreCorrupt as error:
            reason = error.message
            set_aside(request.directory)
        except _OtherSchemaError as error:
            reason, upgraded = str(error), True
            discard(request.directory)
    request.events.publish(Rebuilt(what="store", reason=reason, upgraded=upgraded))
    return _open_sound(request, lock)


def _open_sound(request: _Request, lock: int) -> Store:
    environment = Environment(request.directory, limit_bytes=request.config.map_bytes, sync=request.config.sync)
    try:
        _check_rows(environment)
        stored = environment.read(_read_meta)
        if not stored:
            identity = environment.write(lambda transaction: _initialise(transaction, request))
        elif stored.get("schema") != schema.SCHEMA_VERSION:
            raise _OtherSchemaError(f"schema {stored.get('schema')} -> {schema.SCHEMA_VERSION}")
        else:
            identity = _bring_up_to_date(environment, stored, request)
    except BaseException:
        environment.close()
        raise
    return Store(environment, lock, request.events, identity)


def _check_rows(environment: Environment) -> None:
    """Raise StoreCorrupt if a row that is read at every start is damaged; nothing is copied."""
    for table in _LOADED_AT_START:

        def check(_: memoryview, value: memoryview, table: str = table) -> None:
            if not schema.intact(value):
                raise StoreCorrupt(f"a row of {table} is damaged")

        environment.scan(table, check)


def _read_meta(transaction: Transaction) -> dict[str, str]:
    """Return the texts of `meta`: schema, instance, revision and versions; empty in a fresh store."""
    return {
        key.decode("ascii"): schema.unseal(value, "meta").decode("utf-8")
        for key, value in transaction.items(schema.META)
        if not key.startswith(schema.USER_PREFIX)
    }


def _put_meta(transaction: Transaction, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        transaction.put(schema.META, name.encode("ascii"), schema.seal(text.encode("utf-8")))


def _version_texts(versions: Mapping[str, str]) -> dict[str, str]:
    return {f"version.{name}": text for name, text in versions.items()}


def _initialise(transaction: Transaction, request: _Request) -> Identity:
    for table in schema.TABLES:
        transaction.clear(table)
    identity = Identity(new_instance_name(), 0, ())
    head = {"schema": schema.SCHEMA_VERSION, "instance": identity.instance, "revision": "0"}
    _put_meta(transaction, head | _version_texts(request.versions))
    return identity


def _bring_up_to_date(environment: Environment, stored: Mapping[str, str], request: _Request) -> Identity:
    """Drop what this process's versions invalidate, in one transaction with the new versions."""
    names = {name: stored[f"version.{name}"] for name in VERSION_NAMES if f"version.{name}" in stored}
    invalidation = compare_versions(names, request.versions)
    if invalidation.outdated:
        environment.write(lambda transaction: _apply(transaction, invalidation, request.versions))
    if invalidation.contents:
        what = ", ".join((*invalidation.tables, "wanted keys"))
        reason = invalidation.reason(names, request.versions)
        logger.info("%s are made again: %s", what, reason)
        request.events.publish(Rebuilt(what=what, reason=reason, upgraded=True))
    return Identity(stored["instance"], int(stored["revision"]), invalidation.contents)


def _apply(transaction: Transaction, invalidation: Invalidation, versions: Mapping[str, str]) -> None:
    transaction.delete(schema.META, schema.CLOSING_KEY)
    for table in invalidation.tables:
        transaction.clear(table)
    if invalidation.doubts_files:
        for key, value in transaction.items(schema.FILES):
            path, body = schema.unpack_row(key, value, schema.FILES)
            record = msgspec.structs.replace(schema.decode_file(body), trusted_after_ns=0)
            transaction.put(schema.FILES, key, schema.pack_row(path, schema.encode_file(record)))
    for key, value in transaction.items(schema.SYMBOLS) if invalidation.contents else ():
        path, body = schema.unpack_row(key, value, schema.SYMBOLS)
        states = without_outdated(schema.decode_symbols(body), invalidation)
        transaction.put(schema.SYMBOLS, key, schema.pack_row(path, schema.encode_symbols(states)))
    _put_meta(transaction, _version_texts(versions))
