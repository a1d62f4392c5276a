"""The database refuses every change to the log, whoever asks and however."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from verification.audit import log
from verification.audit.events import WORKER, Event
from verification.audit.models import Entry, Link

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _an_entry_and_a_link() -> None:
    entry = log.record(Event.CHECKS_STARTED, actor=WORKER, attempt=1)
    Link.objects.create(index=0, entry_id=entry.id, digest=b"d" * 32)


@pytest.mark.parametrize("table", ["audit_entry", "audit_link"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {}", "TRUNCATE {} CASCADE"])
def test_removing_is_refused(table: str, statement: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))
    assert (Entry.objects.count(), Link.objects.count()) == (1, 1)


def test_editing_an_entry_is_refused() -> None:
    with pytest.raises(DatabaseError, match="append-only: UPDATE refused"), transaction.atomic():
        Entry.objects.update(body="{}")


def test_editing_a_link_is_refused() -> None:
    with pytest.raises(DatabaseError, match="append-only: UPDATE refused"), transaction.atomic():
        Link.objects.update(digest=b"e" * 32)


def test_an_upsert_cannot_edit_either() -> None:
    entry = Entry.objects.get()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Entry.objects.bulk_create(
            [entry], update_conflicts=True, unique_fields=["id"], update_fields=["body"]
        )  # fmt: skip
