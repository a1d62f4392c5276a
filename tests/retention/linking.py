"""Somebody who has the whole database, and knows a case as its relying party does, looks for its entries in the log."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey, Model
from django.utils import timezone

from verification.access.models import User
from verification.audit.models import Entry
from verification.cases.models import ApiKey, Programme

_UUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)
# The log itself: what is to be reached and leads nowhere.
_LOG = {"audit_entry", "audit_leaf", "audit_node", "audit_checkpoint"}
# What one act writes into several tables has times that lie no further apart.
_AT_ONCE = timedelta(milliseconds=500)
# Shorter than this nothing is drawn at random.
_RANDOM = 16


@dataclass(frozen=True)
class Row:
    table: str
    ids: frozenset[str]
    times: frozenset[datetime]


@dataclass(frozen=True)
class Found:
    """The entries that were reached, each with what led to it."""

    by_id: dict[int, set[str]]
    by_time: dict[int, set[str]]


def follow(known: set[str]) -> Found:
    """From these ids to every id that stands beside one of them in any row, again and again; then into the log.

    What everybody shares leads to nobody: programmes, their keys, and members of staff.
    """
    shared = {str(pk) for model in (Programme, ApiKey, User) for pk in model.objects.values_list("pk", flat=True)}
    rows, reached = list(_dump()), {_plain(one) for one in known}
    shared = {_plain(one) for one in shared}
    while True:
        beside = [row for row in rows if row.ids & reached]
        grown = reached.union(*(row.ids - shared for row in beside))
        if grown == reached:
            break
        reached = grown
    return Found(dict(_entries_by_id(reached)), dict(_entries_by_time(beside)))


def _entries_by_id(reached: set[str]) -> Iterator[tuple[int, set[str]]]:
    for entry in Entry.objects.all():
        hit = _ids(f"{entry.case_id} {entry.actor_id} {entry.body}") & reached
        if hit:
            yield entry.id, hit


def _entries_by_time(beside: list[Row]) -> Iterator[tuple[int, set[str]]]:
    moments = {(row.table, moment) for row in beside for moment in row.times}
    for entry in Entry.objects.all():
        hit = {f"{table} {moment}" for table, moment in moments if abs(moment - entry.at) < _AT_ONCE}
        if hit:
            yield entry.id, hit


def _dump() -> Iterator[Row]:
    models = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    for table in set(connection.introspection.table_names()) - _LOG:
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column.name for column in cursor.description or ()]
            for values in cursor.fetchall():
                yield _row(table, models.get(table), dict(zip(names, values, strict=True)))


def _row(table: str, model: type[Model] | None, values: dict[str, Any]) -> Row:
    ids: set[str] = set()
    for name, value in values.items():
        ids |= _ids(value)
        if isinstance(value, int) and not isinstance(value, bool):
            ids |= _key(table, model, name, value)
    return Row(table, frozenset(ids), frozenset(value for value in values.values() if isinstance(value, datetime)))


def _key(table: str, model: type[Model] | None, name: str, value: int) -> set[str]:
    """A number is an id where it is a row's own key, or refers to one."""
    fields = {field.column: field for field in model._meta.local_fields} if model else {}
    field = fields.get(name)
    if isinstance(field, ForeignKey):
        return {f"{field.related_model._meta.db_table}:{value}"}
    return {f"{table}:{value}"} if field is not None and field.primary_key else set()


def _ids(value: Any) -> set[str]:
    if isinstance(value, UUID):
        return {_plain(str(value))}
    if isinstance(value, (bytes, memoryview)):
        return {bytes(value).hex()} if len(value) >= _RANDOM else set()
    if isinstance(value, (dict, list)):
        return _ids(json.dumps(value))
    if isinstance(value, str):
        whole = {value} if len(value) >= _RANDOM and " " not in value else set()
        return whole | {_plain(found) for found in _UUID.findall(value)}
    return set()


def _plain(text: str) -> str:
    return text.replace("-", "").lower() if _UUID.fullmatch(text) else text


def fine_times(table: str) -> set[datetime]:
    """The times in a table that say more than a day."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')
        found = {value for row in cursor.fetchall() for value in row if isinstance(value, datetime)}
    return {at for at in found if timezone.localtime(at).time().isoformat() != "00:00:00"}
