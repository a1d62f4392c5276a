"""What somebody who owns the database can do to the log: switch the guards off, and write."""

from __future__ import annotations

import time

from django.db import connection, transaction

from verification.audit import chain, log
from verification.audit.events import WORKER, Event
from verification.audit.models import Entry, Link


def a_chained_log(entries: int) -> None:
    """So many entries, one transaction each, all chained."""
    for attempt in range(entries):
        with transaction.atomic():
            log.record(Event.CHECKS_STARTED, actor=WORKER, attempt=attempt)
    settle()


def settle(tries: int = 200) -> None:
    """Chain every entry. The server's own housekeeping may hold a transaction open for a moment, so ask again."""
    while Link.objects.count() < Entry.objects.count():
        assert tries, "the log does not settle"
        tries -= 1
        if not chain.extend_chain():
            time.sleep(0.05)


@transaction.atomic
def tamper(*statements: str) -> None:
    """Run statements as the superuser that tests connect as, with every trigger asleep."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement)


def entry_at(index: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT entry_id FROM audit_link WHERE index = %s", [index])
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])
