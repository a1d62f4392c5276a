"""Checkpoints are signed for what was published before and for nothing else, whoever is away, dies or lies."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone

from verification.audit import log, nodes, publishing, sequencer, tree, watches
from verification.audit.anchors import Anchor, AnchorFailed
from verification.audit.checkpoint import Checkpoint, opened
from verification.audit.events import OPERATOR, WORKER, Event
from verification.audit.models import Leaf, SignedCheckpoint, Watch
from verification.audit.notes import WITNESS, Note, SigningKey
from verification.sweeper import settle_log

from .keepers import Keepers
from .tampering import a_placed_log, entry_at, settle, tamper

pytestmark = pytest.mark.django_db(transaction=True)


def problem(part: Watch.Part) -> str:
    return Watch.objects.get(part=part).problem


def sizes() -> list[int]:
    return list(SignedCheckpoint.objects.values_list("size", flat=True))


def test_a_checkpoint_is_signed_countersigned_and_written_to_every_anchor(keepers: Keepers) -> None:
    second = keepers.place / "elsewhere"
    keepers.settings.ANCHOR_DIRS = [*keepers.settings.ANCHOR_DIRS, second]
    a_placed_log(5)
    with keepers.witnessing():
        row = keepers.publish()
    said, note = opened(row.note, keepers.log_key.verifier)
    assert (said.size, said.head) == (5, nodes.head(5))
    time = note.signed_by(keepers.witness_key.verifier)
    assert time is not None
    assert row.witnessed_at == datetime.fromtimestamp(time, UTC)
    for anchor in (keepers.anchor, Anchor(second, keepers.log_key.verifier)):
        assert anchor.last() == said
        hashes = b"".join(bytes(leaf.hash) for leaf in Leaf.objects.all())
        assert (anchor.directory / "leaves").read_bytes() == hashes


def test_nothing_is_published_twice_and_nothing_of_nothing(keepers: Keepers) -> None:
    assert publishing.publish(at_once=True) == 0
    a_placed_log(3)
    keepers.publish()
    assert publishing.publish(at_once=True) == 0
    assert sizes() == [3]


def test_new_entries_wait_for_half_a_minute_and_no_longer(keepers: Keepers) -> None:
    now = timezone.now()
    a_placed_log(3)
    assert publishing.publish(now=now) == 1
    a_placed_log(1)
    assert publishing.publish(now=now + timedelta(seconds=29)) == 0
    assert publishing.publish(now=now + timedelta(seconds=30)) == 1
    assert sizes() == [3, 4]


def test_a_clock_that_was_set_back_holds_nothing_up(keepers: Keepers) -> None:
    a_placed_log(3)
    assert publishing.publish(now=timezone.now() + timedelta(days=300)) == 1
    a_placed_log(1)
    assert publishing.publish() == 1


def test_a_process_without_the_key_publishes_nothing(keepers: Keepers) -> None:
    keepers.settings.LOG_PRIVATE_KEY = ""
    a_placed_log(3)
    assert publishing.publish(at_once=True) == 0
    assert not SignedCheckpoint.objects.exists()


# ── the witness away ──


def test_a_witness_that_is_away_stops_nothing_and_what_it_missed_is_proved_to_it_later(keepers: Keepers) -> None:
    a_placed_log(3)
    with keepers.witnessing():
        keepers.publish()
    a_placed_log(2)
    first = keepers.publish()
    assert (first.size, first.witnessed_at, problem(Watch.Part.WITNESS)) == (5, None, "away")
    since = Watch.objects.get(part=Watch.Part.WITNESS).since
    a_placed_log(2)
    keepers.publish()
    assert Watch.objects.get(part=Watch.Part.WITNESS).since == since
    with keepers.witnessing():
        caught_up = keepers.publish()
    assert (caught_up.size, problem(Watch.Part.WITNESS)) == (7, "")
    assert Note.parse(caught_up.note).signed_by(keepers.witness_key.verifier)
    path = tree.consistency(3, 7, nodes.node)
    assert tree.continues(3, nodes.head(3), 7, nodes.head(7), path)


def test_while_nothing_happens_and_the_witness_is_away_nothing_is_written(keepers: Keepers) -> None:
    a_placed_log(3)
    with keepers.witnessing():
        pass
    keepers.publish()
    lines = sum(len(day.read_text().splitlines()) for day in keepers.anchor.directory.glob("*.jsonl"))
    assert publishing.publish(at_once=True) == 0
    assert (len(sizes()), lines) == (1, 1)


def test_a_witness_of_another_key_is_no_witness(keepers: Keepers) -> None:
    a_placed_log(3)
    with keepers.witnessing():
        other = SigningKey.generate(keepers.witness_key.name, WITNESS)
        keepers.settings.WITNESS_VERIFIER_KEY = str(other.verifier)
        row = keepers.publish()
    assert (row.witnessed_at, problem(Watch.Part.WITNESS)) == (None, "refused")


def test_clocks_that_differ_are_said(keepers: Keepers, monkeypatch: pytest.MonkeyPatch) -> None:
    a_placed_log(3)
    with keepers.witnessing():
        monkeypatch.setattr("reviewconsole.witness.time.time", lambda: 1_700_000_000)
        row = keepers.publish()
    assert (row.witnessed_at, problem(Watch.Part.WITNESS)) == (datetime.fromtimestamp(1_700_000_000, UTC), "clock")


# ── rolled back, rewritten, altered ──


def remove_from(index: int) -> None:
    """As if the database were a copy from before that entry."""
    tamper(
        f"DELETE FROM audit_entry WHERE id IN (SELECT entry_id FROM audit_leaf WHERE index >= {index})",
        f"DELETE FROM audit_leaf WHERE index >= {index}",
        f"DELETE FROM audit_checkpoint WHERE size > {index}",
    )


def test_yesterdays_database_is_noticed_at_once_and_nothing_is_signed_for_it(keepers: Keepers) -> None:
    a_placed_log(3)
    keepers.publish()
    a_placed_log(4)
    keepers.publish()
    remove_from(3)
    assert publishing.publish() == 0
    assert problem(Watch.Part.CHECKPOINT) == "rolled_back"
    a_placed_log(9)
    assert publishing.publish(at_once=True) == 0
    assert problem(Watch.Part.CHECKPOINT) == "rewritten"


def test_a_rollback_is_noticed_by_the_witness_where_the_anchor_went_back_too(keepers: Keepers) -> None:
    a_placed_log(3)
    with keepers.witnessing():
        keepers.publish()
    remove_from(2)
    tamper("DELETE FROM audit_checkpoint")
    for file in keepers.anchor.directory.iterdir():
        file.unlink()
    with keepers.witnessing():
        assert publishing.publish(at_once=True) == 0
    assert problem(Watch.Part.CHECKPOINT) == "rolled_back"


def test_a_newer_copy_mends_it(keepers: Keepers) -> None:
    a_placed_log(3)
    keepers.publish()
    a_placed_log(1)
    kept = "CREATE TEMPORARY TABLE kept AS SELECT * FROM audit_leaf WHERE index > 1"
    tamper(kept, "DELETE FROM audit_leaf WHERE index > 1")
    assert publishing.publish() == 0
    tamper("INSERT INTO audit_leaf SELECT * FROM kept", "DROP TABLE kept")
    assert publishing.publish(at_once=True) == 1
    assert problem(Watch.Part.CHECKPOINT) == ""


def test_a_consistent_forgery_is_not_signed_for(keepers: Keepers) -> None:
    a_placed_log(4)
    keepers.publish()
    forged = "replace(body, '\"attempt\":1', '\"attempt\":8')"
    tamper(
        f"UPDATE audit_entry SET body = {forged} WHERE id = {entry_at(1)}",
        "UPDATE audit_leaf SET hash = sha256('\\x00'::bytea || convert_to(body, 'UTF8')) "
        "FROM audit_entry WHERE audit_entry.id = entry_id",
    )
    a_placed_log(1)
    assert publishing.publish(at_once=True) == 0
    assert problem(Watch.Part.CHECKPOINT) == "rewritten"


def test_an_entry_that_was_changed_before_its_first_checkpoint_is_not_signed_for(keepers: Keepers) -> None:
    a_placed_log(2)
    keepers.publish()
    a_placed_log(2)
    tamper(f"UPDATE audit_entry SET body = '{{}}' WHERE id = {entry_at(3)}")
    assert publishing.publish(at_once=True) == 0
    assert problem(Watch.Part.CHECKPOINT) == "altered"


def test_a_checkpoint_row_that_nobody_signed_stops_the_signing(keepers: Keepers) -> None:
    a_placed_log(2)
    keepers.publish()
    tamper("UPDATE audit_checkpoint SET note = replace(note, E'\\n2\\n', E'\\n1\\n')")
    a_placed_log(1)
    assert publishing.publish(at_once=True) == 0
    assert problem(Watch.Part.CHECKPOINT) == "altered"


def test_hashes_that_are_missing_stop_the_signing(keepers: Keepers) -> None:
    a_placed_log(4)
    tamper("DELETE FROM audit_leaf WHERE index = 1")
    assert publishing.publish(at_once=True) == 0
    assert problem(Watch.Part.CHECKPOINT) == "damaged"


# ── crashes, and two at once ──


def test_a_crash_between_place_and_checkpoint_costs_nothing(keepers: Keepers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything up to the last step was done: the witness and the anchor know more than the database."""
    a_placed_log(3)

    def die(**_: object) -> None:
        raise SystemExit

    with keepers.witnessing():
        with monkeypatch.context() as patch:
            patch.setattr(SignedCheckpoint.objects, "create", die)
            with pytest.raises(SystemExit):
                publishing.publish(at_once=True)
        assert keepers.anchor.last() is not None
        assert not SignedCheckpoint.objects.exists()
        a_placed_log(2)
        row = keepers.publish()
    assert row.size == 5
    assert row.witnessed_at is not None


def test_a_writer_of_the_past_cannot_put_its_checkpoint_behind_a_newer_one(keepers: Keepers) -> None:
    a_placed_log(3)
    keepers.publish()
    stale = Checkpoint(keepers.log_key.name, 2, nodes.head(2))
    day = timezone.now().date()
    assert keepers.anchor.append(stale, stale.signed(keepers.log_key), publishing._leaves, day) is False
    last = keepers.anchor.last()
    assert last is not None
    assert last.size == 3


def test_a_second_publisher_stands_back(keepers: Keepers) -> None:
    a_placed_log(3)
    found: list[int] = []

    def other() -> None:
        found.append(publishing.publish(at_once=True))
        connection.close()

    with transaction.atomic():
        assert publishing._ours()
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert found == [0]


def test_what_a_dying_writer_left_in_an_anchor_is_completed(keepers: Keepers) -> None:
    a_placed_log(3)
    keepers.publish()
    (day,) = keepers.anchor.directory.glob("*.jsonl")
    with day.open("a") as file:
        file.write('{"checkpoint": "half a li')
    leaves = keepers.anchor.directory / "leaves"
    leaves.write_bytes(leaves.read_bytes()[:-7])
    last = keepers.anchor.last()
    assert last is not None
    assert last.size == 3
    a_placed_log(2)
    keepers.publish()
    assert leaves.read_bytes() == b"".join(bytes(leaf.hash) for leaf in Leaf.objects.all())
    assert json.loads(day.read_text().splitlines()[-1])["checkpoint"].split("\n")[1] == "5"


def test_an_anchor_that_cannot_be_written_is_said_and_catches_up(keepers: Keepers) -> None:
    a_placed_log(3)
    blocked = keepers.place / "blocked"
    blocked.write_text("a file where the directory should be")
    keepers.settings.ANCHOR_DIRS = [blocked, keepers.place / "anchor"]
    keepers.publish()
    assert problem(Watch.Part.ANCHOR) == "failed"
    blocked.unlink()
    a_placed_log(2)
    keepers.publish()
    assert problem(Watch.Part.ANCHOR) == ""
    assert Anchor(blocked, keepers.log_key.verifier).last() == keepers.anchor.last()


def test_an_anchor_says_why_it_fails(keepers: Keepers, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    anchor = Anchor(file, keepers.log_key.verifier)
    said = Checkpoint(keepers.log_key.name, 1, bytes(32))
    with pytest.raises(AnchorFailed, match=r"Not a directory|exists"):
        anchor.append(said, said.signed(keepers.log_key), publishing._leaves, timezone.now().date())


def test_a_log_of_which_much_was_never_published_is_signed_for_in_steps(
    keepers: Keepers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "MOST", 4)
    a_placed_log(10)
    assert [publishing.publish() for _ in range(3)] == [1, 1, 0]
    assert sizes() == [4, 8]
    assert publishing.publish(at_once=True) == 1
    assert sizes() == [4, 8, 10]


# ── the order ──


def test_an_order_that_was_lost_is_said_until_it_is_found(keepers: Keepers) -> None:
    a_placed_log(2)
    tamper("UPDATE audit_entry SET xid = (xid::text::bigint + 1000000000000)::text::xid8")
    assert publishing.place() == 0
    assert problem(Watch.Part.ORDER) == "restored"
    sequencer.resume(OPERATOR)
    assert publishing.place() == 0
    assert problem(Watch.Part.ORDER) == ""


def test_a_problem_is_written_when_it_changes_and_not_again(keepers: Keepers) -> None:
    watches.say(Watch.Part.WITNESS, "away")
    since = Watch.objects.get(part=Watch.Part.WITNESS).since
    watches.say(Watch.Part.WITNESS, "away")
    assert Watch.objects.get(part=Watch.Part.WITNESS).since == since
    watches.say(Watch.Part.WITNESS, "refused")
    assert Watch.objects.get(part=Watch.Part.WITNESS).since > since


def test_before_the_end_the_last_entries_are_placed_and_signed(keepers: Keepers) -> None:
    a_placed_log(2)
    keepers.publish()
    with transaction.atomic():
        log.record(Event.CHECKS_STARTED, actor=WORKER, attempt=9)
    assert settle_log() == 1
    assert sizes() == [2, 3]
    settle()
