"""What every test may rely on."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.backends.postgresql.operations import DatabaseOperations

_flush = DatabaseOperations.sql_flush


def _flush_past_the_guards(self: DatabaseOperations, *args: Any, **options: Any) -> list[str]:
    """The audit log refuses TRUNCATE, also from a test that tidies up. Here, and only here, its guards look away."""
    statements = _flush(self, *args, **options)
    return ["SET LOCAL session_replication_role = replica", *statements] if statements else statements


@pytest.fixture(scope="session", autouse=True)
def _tests_may_empty_the_log() -> Any:
    patch = pytest.MonkeyPatch()
    patch.setattr(DatabaseOperations, "sql_flush", _flush_past_the_guards)
    yield
    patch.undo()
