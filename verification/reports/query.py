"""Asking the database in SQL. Reports aggregate there and carry only the answers back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection


def text_fact(name: str, entry: str = "entry") -> str:
    """SQL for one fact of an audit entry that is an id or a code; NULL where it is missing.

    An entry's body is canonical JSON: no spaces, and a quotation mark inside a text is escaped, so `"name":"` can only
    be the key. Cutting there is three to four times as fast as parsing (56,000 entries: 0.3 s against 1 s).
    """
    return f"""NULLIF(split_part(split_part({entry}.body, '"{name}":"', 2), '"', 1), '')"""


def number_fact(name: str, entry: str = "entry") -> str:
    """SQL for one fact that is a whole number, as double precision; NULL where it is missing."""
    after = f"""split_part({entry}.body, '"{name}":', 2)"""
    return f"""NULLIF(split_part(split_part({after}, ',', 1), '}}', 1), '')::double precision"""


def not_undone(entry: str = "entry") -> str:
    """SQL that holds for a recorded decision which its reviewer did not take back."""
    claim, undone = text_fact("claim", entry), text_fact("claim", "undone")
    return f"""NOT EXISTS (
        SELECT 1 FROM audit_entry AS undone
        WHERE undone.case_id = {entry}.case_id AND undone.event = 'decision:undone' AND {undone} = {claim}
    )"""


def rows(sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def row(sql: str, parameters: Mapping[str, Any]) -> tuple[Any, ...]:
    """The one row of an aggregate."""
    (only,) = rows(sql, parameters)
    return only
