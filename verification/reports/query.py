"""Asking the database in SQL. Reports aggregate there and carry only the answers back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection


def rows(sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def row(sql: str, parameters: Mapping[str, Any]) -> tuple[Any, ...]:
    """The one row of an aggregate."""
    (only,) = rows(sql, parameters)
    return only
