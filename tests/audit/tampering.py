"""What somebody who owns the database can do to the log: switch the guards off, and write."""

from __future__ import annotations

import time

from django.db import connection, transaction

from verification.audit import log, sequencer
from verification.audit.events import WORKER, Event
from verification.audit.models import Entry, Leaf


def a_placed_log(entries: int) -> None:
    """So many entries, one transaction each, all with their place."""
    for attempt in range(entries):
        with transaction.atomic():
            log.record(Event.CHECKS_STARTED, actor=WORKER, attempt=attempt)
    settle()


def settle(tries: int = 200) -> None:
    """Place every entry. The server's own housekeeping may hold a transaction open for a moment, so ask again."""
    while Leaf.objects.count() < Entry.objects.count():
        assert tries, "the log does not settle"
        tries -= 1
        if not sequencer.place_entries():
            time.sleep(0.05)


@transaction.atomic
def tamper(*statements: str) -> None:
    """Run statements as the superuser that tests connect as, with every trigger asleep."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement)


def entry_at(index: int) -> int:
    return Leaf.objects.get(index=index).entry_id
