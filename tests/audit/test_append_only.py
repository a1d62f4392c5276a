"""The database refuses every change to the log, whoever asks and however."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, models, transaction

from verification.audit import log
from verification.audit.events import WORKER, Event
from verification.audit.models import Entry, Leaf, Node, SignedCheckpoint

pytestmark = pytest.mark.django_db
TABLES: tuple[type[models.Model], ...] = (Entry, Leaf, Node, SignedCheckpoint)


@pytest.fixture(autouse=True)
def _one_row_in_each() -> None:
    entry = log.record(Event.CHECKS_STARTED, actor=WORKER, attempt=1)
    Leaf.objects.create(index=0, entry_id=entry.id, hash=b"d" * 32)
    Node.objects.create(level=1, index=0, hash=b"d" * 32)
    SignedCheckpoint.objects.create(origin="example.org/log", size=1, note="a note\n")


@pytest.mark.parametrize("table", [model._meta.db_table for model in TABLES])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {}", "TRUNCATE {} CASCADE"])
def test_removing_is_refused(table: str, statement: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))
    assert [model._default_manager.count() for model in TABLES] == [1] * len(TABLES)


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("audit_entry", "body = '{}'"),
        ("audit_leaf", "hash = sha256('x')"),
        ("audit_node", "hash = sha256('x')"),
        ("audit_checkpoint", "note = 'another'"),
    ],
)
def test_editing_is_refused(table: str, change: str) -> None:
    refusal = pytest.raises(DatabaseError, match="append-only: UPDATE refused")
    with refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {change}")


def test_an_upsert_cannot_edit_either() -> None:
    entry = Entry.objects.get()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Entry.objects.bulk_create(
            [entry], update_conflicts=True, unique_fields=["id"], update_fields=["body"]
        )  # fmt: skip
