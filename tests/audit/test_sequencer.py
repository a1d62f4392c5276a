"""Every entry gets one place, in the order of the transactions, whoever writes, dies or restores meanwhile."""

from __future__ import annotations

import threading

import pytest
from django.db import DatabaseError, connection, transaction

from verification.audit import log, nodes, sequencer, tree
from verification.audit.events import OPERATOR, WORKER, Event
from verification.audit.models import Entry, Leaf, Node

from .tampering import a_placed_log, settle, tamper

pytestmark = pytest.mark.django_db(transaction=True)

# Far beyond what this cluster has given out, as after a restore into a younger one.
AHEAD = 10**12


def bodies() -> list[bytes]:
    found = dict(Entry.objects.values_list("id", "body"))
    return [found[leaf.entry_id].encode() for leaf in Leaf.objects.order_by("index")]


def attempts() -> list[str]:
    return [body.decode().partition('"attempt":')[2].rstrip("}") for body in bodies()]


def write(attempt: int) -> None:
    with transaction.atomic():
        log.record(Event.CHECKS_STARTED, actor=WORKER, attempt=attempt)


def test_places_have_no_gap_and_the_head_is_that_of_the_entries() -> None:
    a_placed_log(11)
    assert list(Leaf.objects.values_list("index", flat=True)) == list(range(11))
    hashes = [tree.leaf_hash(body) for body in bodies()]
    assert nodes.size() == 11
    assert nodes.head(11) == tree.root(11, lambda level, index: _over(hashes[index << level : (index + 1) << level]))


def _over(hashes: list[bytes]) -> bytes:
    if len(hashes) == 1:
        return hashes[0]
    return tree.node_hash(_over(hashes[: len(hashes) // 2]), _over(hashes[len(hashes) // 2 :]))


def test_each_full_256_is_stored_once_and_serves_the_proofs() -> None:
    with transaction.atomic():
        for attempt in range(600):
            log.record(Event.CHECKS_STARTED, actor=WORKER, attempt=attempt)
    settle()
    assert list(Node.objects.values_list("level", "index").order_by("index")) == [(1, 0), (1, 1)]
    leaves = [bytes(leaf.hash) for leaf in Leaf.objects.all()]
    for index, size in ((0, 600), (255, 600), (256, 512), (599, 600), (300, 511)):
        path = tree.inclusion(index, size, nodes.node)
        assert tree.includes(leaves[index], index, size, path, nodes.head(size))
    for old, size in ((1, 600), (256, 600), (257, 600), (511, 512)):
        path = tree.consistency(old, size, nodes.node)
        assert tree.continues(old, nodes.head(old), size, nodes.head(size), path)


def test_a_hash_that_is_missing_is_said_and_nothing_is_computed_around_it() -> None:
    a_placed_log(4)
    tamper("DELETE FROM audit_leaf WHERE index = 2")
    with pytest.raises(nodes.Damaged, match="3 are there"):
        nodes.head(4)


def test_concurrent_writers_and_sequencers_leave_no_gap() -> None:
    def work() -> None:
        for attempt in range(10):
            write(attempt)
            sequencer.place_entries()
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    settle()
    assert list(Leaf.objects.values_list("index", flat=True)) == list(range(60))
    assert set(Leaf.objects.values_list("entry_id", flat=True)) == set(Entry.objects.values_list("id", flat=True))


def test_of_two_sequencers_one_stands_back() -> None:
    write(1)
    with transaction.atomic():
        assert sequencer.place_entries() in {0, 1}
        found: list[int] = []

        def stand_back() -> None:
            found.append(sequencer.place_entries())
            connection.close()

        other = threading.Thread(target=stand_back)
        other.start()
        other.join()
    assert found == [0]


def test_a_place_cannot_be_taken_twice() -> None:
    a_placed_log(2)
    with pytest.raises(DatabaseError, match="audit_leaf"), transaction.atomic():
        Leaf.objects.create(index=1, entry_id=900, hash=bytes(32))


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
    write(2)
    assert sequencer.place_entries() == 0
    written.set()
    late.join()
    settle()
    assert attempts() == ["1", "2"]


def test_an_entry_put_in_behind_the_tree_gets_no_place_and_is_named() -> None:
    a_placed_log(3)
    assert sequencer.stray() is None
    tamper(
        "INSERT INTO audit_entry (id, at, event, actor_kind, actor_id, case_id, body, xid) "
        "SELECT 900, at, event, actor_kind, actor_id, case_id, body, xid FROM audit_entry ORDER BY id LIMIT 1"
    )
    assert sequencer.place_entries() == 0
    assert sequencer.stray() == 900


def restored_into_a_younger_cluster() -> None:
    """What a dump and a restore leave: every entry with the number that another cluster gave it."""
    tamper(f"UPDATE audit_entry SET xid = (xid::text::bigint + {AHEAD})::text::xid8")


def test_a_log_restored_into_another_cluster_says_so_and_waits_for_a_word() -> None:
    a_placed_log(3)
    write(3)
    restored_into_a_younger_cluster()
    write(4)
    with pytest.raises(sequencer.OrderLost, match="audit_resume"):
        sequencer.place_entries()
    assert nodes.size() == 3


def test_resuming_places_what_was_left_behind_in_its_order_and_goes_on() -> None:
    a_placed_log(3)
    write(3)
    write(4)
    restored_into_a_younger_cluster()
    write(5)
    assert sequencer.resume(OPERATOR) == 4
    write(6)
    settle()
    assert attempts() == ["0", "1", "2", "3", "4", "5", "", "6"]
    assert sequencer.stray() is None
    marker = Entry.objects.get(event=Event.LOG_RESUMED.value)
    assert '"entries":6' in marker.body


def test_a_log_can_be_restored_twice() -> None:
    a_placed_log(2)
    for _ in range(2):
        restored_into_a_younger_cluster()
        write(9)
        sequencer.resume(OPERATOR)
    write(9)
    settle()
    assert nodes.size() == Entry.objects.count() == 7
    assert sequencer.stray() is None


def test_an_entry_of_a_transaction_that_is_older_than_the_resuming_is_not_lost() -> None:
    a_placed_log(2)
    restored_into_a_younger_cluster()
    begun, written = threading.Event(), threading.Event()

    def write_late() -> None:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_current_xact_id()")
            begun.set()
            written.wait(timeout=30)
            log.record(Event.CHECKS_STARTED, actor=WORKER, attempt=7)
        connection.close()

    late = threading.Thread(target=write_late)
    late.start()
    assert begun.wait(timeout=30)
    with pytest.raises(sequencer.Busy, match="Nothing was changed"):
        sequencer.resume(OPERATOR, patience=0.3)
    assert not Entry.objects.filter(event=Event.LOG_RESUMED.value).exists()
    written.set()
    late.join()
    sequencer.resume(OPERATOR)
    assert sorted(attempts()) == ["", "0", "1", "7"]


def test_an_order_that_is_not_lost_cannot_begin_anew() -> None:
    a_placed_log(2)
    with pytest.raises(sequencer.NothingToResume):
        sequencer.resume(OPERATOR)
    assert Entry.objects.count() == 2
