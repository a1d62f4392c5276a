"""The chain is gap-free, and every change behind the guards' back is found where it was made."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from verification.audit import chain, log
from verification.audit.events import WORKER, Event
from verification.audit.models import Entry, Link

from .tampering import a_chained_log, entry_at, settle, tamper

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_untouched_log_holds_and_its_head_is_the_last_digest() -> None:
    a_chained_log(5)
    found = chain.verify_chain()
    assert (bool(found), found.entries, found.unchained, found.complete) == (True, 5, 0, True)
    assert found.head == bytes(Link.objects.get(index=4).digest).hex()


def test_an_empty_log_holds() -> None:
    assert chain.verify_chain() == chain.Verification(0, 0, chain.GENESIS.hex())


def test_entries_not_chained_yet_are_counted_and_no_fault() -> None:
    a_chained_log(2)
    with transaction.atomic():
        log.record(Event.CHECKS_STARTED, actor=WORKER, attempt=9)
    found = chain.verify_chain()
    assert (bool(found), found.entries, found.unchained) == (True, 2, 1)


def test_an_edited_body_is_found_at_its_index() -> None:
    a_chained_log(5)
    tamper(f"UPDATE audit_entry SET body = replace(body, '\"attempt\":2', '\"attempt\":7') WHERE id = {entry_at(2)}")
    found = chain.verify_chain()
    assert (found.bad_index, found.entries) == (2, 2)
    assert "was changed" in found.reason


@pytest.mark.parametrize(
    "change",
    [
        "event = 'case:erased'",
        "actor_id = 'sweeper'",
        "actor_kind = 'person'",
        "case_id = gen_random_uuid()",
        "at = at + interval '1 microsecond'",
    ],
)
def test_an_edited_column_is_found_at_its_index(change: str) -> None:
    a_chained_log(4)
    tamper(f"UPDATE audit_entry SET {change} WHERE id = {entry_at(3)}")
    found = chain.verify_chain()
    assert found.bad_index == 3
    assert "columns" in found.reason


def test_an_edited_digest_is_found_at_its_index() -> None:
    a_chained_log(4)
    tamper("UPDATE audit_link SET digest = sha256('x') WHERE index = 1")
    assert chain.verify_chain().bad_index == 1


def test_a_removed_entry_is_found_at_its_index() -> None:
    a_chained_log(4)
    gone = entry_at(1)
    tamper(f"DELETE FROM audit_entry WHERE id = {gone}")
    found = chain.verify_chain()
    assert (found.bad_index, found.reason) == (1, f"entry {gone} is missing")


def test_an_entry_removed_with_its_link_is_found() -> None:
    a_chained_log(4)
    tamper(f"DELETE FROM audit_entry WHERE id = {entry_at(1)}", "DELETE FROM audit_link WHERE index = 1")
    assert chain.verify_chain().reason == "link 1 is missing"


def test_closing_the_gap_of_a_removed_entry_is_found() -> None:
    a_chained_log(4)
    tamper(
        f"DELETE FROM audit_entry WHERE id = {entry_at(1)}",
        "DELETE FROM audit_link WHERE index = 1",
        "UPDATE audit_link SET index = index - 1 WHERE index = 2",
        "UPDATE audit_link SET index = index - 1 WHERE index = 3",
    )
    assert chain.verify_chain().bad_index == 1


def test_two_entries_that_changed_places_are_found() -> None:
    a_chained_log(4)
    one, two = entry_at(1), entry_at(2)
    tamper(
        "UPDATE audit_link SET entry_id = -1 WHERE index = 1",
        f"UPDATE audit_link SET entry_id = {one} WHERE index = 2",
        f"UPDATE audit_link SET entry_id = {two} WHERE index = 1",
    )
    assert chain.verify_chain().bad_index == 1


def test_an_entry_put_into_the_middle_is_found() -> None:
    a_chained_log(3)
    tamper(
        "UPDATE audit_link SET index = 3 WHERE index = 2",
        "INSERT INTO audit_entry (id, at, event, actor_kind, actor_id, case_id, body) "
        "SELECT 900, at, event, actor_kind, actor_id, case_id, body FROM audit_entry ORDER BY id LIMIT 1",
        "INSERT INTO audit_link (index, entry_id, digest) VALUES (2, 900, sha256('forged'))",
    )
    assert chain.verify_chain().bad_index == 2


def test_an_entry_put_in_behind_the_chain_with_an_old_transaction_number_is_found() -> None:
    a_chained_log(3)
    tamper(
        "INSERT INTO audit_entry (id, at, event, actor_kind, actor_id, case_id, body, xid) "
        "SELECT 900, at, event, actor_kind, actor_id, case_id, body, xid FROM audit_entry ORDER BY id LIMIT 1"
    )
    chain.extend_chain()
    found = chain.verify_chain()
    assert found.reason == "entry 900 was put in behind the chain"


def test_time_that_runs_out_is_said_and_nothing_unreached_is_vouched_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "_BATCH", 2)
    a_chained_log(2)
    a_chained_log(2)
    found = chain.verify_chain(seconds=0)
    assert (found.complete, found.entries) == (False, 2)


def test_concurrent_writers_are_chained_without_a_gap() -> None:
    def write() -> None:
        for attempt in range(10):
            with transaction.atomic():
                log.record(Event.CHECKS_STARTED, actor=WORKER, attempt=attempt)
            chain.extend_chain()
        connection.close()

    writers = [threading.Thread(target=write) for _ in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    settle()
    assert list(Link.objects.values_list("index", flat=True)) == list(range(60))
    assert set(Link.objects.values_list("entry_id", flat=True)) == set(Entry.objects.values_list("id", flat=True))
    assert chain.verify_chain()


def test_an_entry_waits_for_an_older_transaction_that_could_still_write() -> None:
    """Otherwise an entry that commits late would have no place that is not in the middle."""
    begun, written = threading.Event(), threading.Event()

    def write_late() -> None:
        with transaction.atomic():
            log.record(Event.CHECKS_STARTED, actor=WORKER, attempt=1)
            begun.set()
            written.wait(timeout=30)
        connection.close()

    late = threading.Thread(target=write_late)
    late.start()
    assert begun.wait(timeout=30)
    with transaction.atomic():
        log.record(Event.CHECKS_STARTED, actor=WORKER, attempt=2)
    assert chain.extend_chain() == 0
    written.set()
    late.join()
    settle()
    assert [Entry.objects.get(pk=link.entry_id).body.count('"attempt":1') for link in Link.objects.all()] == [1, 0]
