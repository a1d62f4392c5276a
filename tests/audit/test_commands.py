"""The log's commands: verify, export, prove, resume. What they say, write, refuse, and leave in the log."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command

from verification.audit import verify_log
from verification.audit.events import Event
from verification.audit.models import Entry

from .keepers import Keepers
from .tampering import a_placed_log, entry_at, tamper

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("keepers")]


def run(command: str, *arguments: str) -> str:
    out = io.StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue().strip()


def run_and_fail(command: str, *arguments: str) -> str:
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command(command, *arguments, stdout=out)
    assert ended.value.code == 1
    return out.getvalue().strip()


def facts_of(event: Event) -> list[dict[str, object]]:
    return [json.loads(entry.body)["facts"] for entry in Entry.objects.filter(event=event.value).order_by("id")]


def test_a_log_that_holds_is_said_with_its_count_and_how_far_it_is_signed(keepers: Keepers) -> None:
    a_placed_log(3)
    keepers.publish()
    assert run("audit_verify").startswith("OK: 3 entries hold. Signed up to 3. Head ")


def test_a_broken_log_is_said_with_the_first_bad_index_and_the_exit_code_is_one() -> None:
    a_placed_log(3)
    tamper(f"DELETE FROM audit_entry WHERE id = {entry_at(1)}")
    assert run_and_fail("audit_verify").startswith("BAD: entry 1: its text is gone.")


def test_the_command_holds_the_database_against_what_was_published(keepers: Keepers) -> None:
    a_placed_log(3)
    keepers.publish()
    tamper("DELETE FROM audit_leaf WHERE index = 2", "DELETE FROM audit_checkpoint")
    tamper("DELETE FROM audit_entry WHERE id NOT IN (SELECT entry_id FROM audit_leaf)")
    assert run_and_fail("audit_verify").startswith("BAD: entry 2: entry 2 is missing: 3 entries were published.")


def test_json_says_the_same() -> None:
    a_placed_log(2)
    found = json.loads(run("audit_verify", "--json"))
    assert (found["result"], found["entries"], found["waiting"], found["bad_index"]) == ("holds", 2, 0, None)
    tamper("UPDATE audit_leaf SET hash = sha256('x') WHERE index = 0")
    broken = json.loads(run_and_fail("audit_verify", "--json"))
    assert (broken["result"], broken["bad_index"]) == ("broken", 0)


def test_the_log_remembers_that_it_was_verified_and_what_was_found() -> None:
    a_placed_log(2)
    run("audit_verify")
    (facts,) = facts_of(Event.LOG_VERIFIED)
    assert (facts["result"], facts["entries"], facts["bad_index"]) == ("holds", 2, None)


def test_an_export_is_on_the_record_and_is_what_the_verifier_reads(keepers: Keepers) -> None:
    a_placed_log(3)
    keepers.publish()
    file = keepers.place / "export.jsonl"
    assert "3 entries are in" in run("audit_export", str(file))
    assert facts_of(Event.LOG_EXPORTED) == [{"entries": 3}]
    with file.open("rb") as export:
        found = verify_log.verify(verify_log.read_export(export), keepers.keys, keepers.anchors)
    assert (bool(found), found.entries, found.signed) == (True, 3, 3)


def test_an_export_is_never_written_over_anything_and_says_why_it_cannot_be_written(keepers: Keepers) -> None:
    file = keepers.place / "export.jsonl"
    file.write_text("somebody's")
    with pytest.raises(CommandError, match="never written over"):
        run("audit_export", str(file))
    assert file.read_text() == "somebody's"
    assert facts_of(Event.LOG_EXPORTED) == []
    with pytest.raises(CommandError, match="could not be written: No such file"):
        run("audit_export", str(keepers.place / "nowhere" / "export.jsonl"))


def test_a_proof_is_written_and_on_the_record(keepers: Keepers) -> None:
    a_placed_log(3)
    keepers.publish()
    file = keepers.place / "one.tlog-proof"
    run("audit_proof", str(entry_at(1)), "--file", str(file))
    assert verify_log.verify_proof(file.read_text(), keepers.keys).index == 1
    assert facts_of(Event.LOG_EXPORTED) == [{"entries": 1}]
    with pytest.raises(CommandError, match="does not stand in the log"):
        run("audit_proof", "900")


def test_a_proof_that_would_not_hold_is_not_handed_out(keepers: Keepers) -> None:
    a_placed_log(3)
    keepers.publish()
    tamper("UPDATE audit_leaf SET hash = sha256('x') WHERE index = 2")
    with pytest.raises(CommandError, match="does not lead to what was signed"):
        run("audit_proof", str(entry_at(1)))


def test_resuming_is_refused_where_nothing_was_restored_and_done_where_it_was() -> None:
    a_placed_log(2)
    with pytest.raises(CommandError, match="nothing to resume"):
        run("audit_resume")
    tamper("UPDATE audit_entry SET xid = (xid::text::bigint + 1000000000000)::text::xid8")
    assert run("audit_resume").startswith("1 waiting entries have their place.")
    assert facts_of(Event.LOG_RESUMED) == [{"entries": 2}]
