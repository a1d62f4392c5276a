"""`manage.py audit_verify` says whether the log holds, to people and to machines, and by its exit code."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import call_command

from verification.audit.events import Event
from verification.audit.models import Entry, Link

from .tampering import a_chained_log, entry_at, tamper

pytestmark = pytest.mark.django_db(transaction=True)


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("audit_verify", *arguments, stdout=out)
    return out.getvalue().strip()


def run_and_fail(*arguments: str) -> str:
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("audit_verify", *arguments, stdout=out)
    assert ended.value.code == 1
    return out.getvalue().strip()


def test_a_log_that_holds_is_said_with_its_count_and_head() -> None:
    a_chained_log(3)
    head = bytes(Link.objects.get(index=2).digest).hex()
    assert run() == f"OK: 3 entries hold. Head {head}"


def test_a_broken_log_is_said_with_the_first_bad_index_and_the_exit_code_is_one() -> None:
    a_chained_log(3)
    gone = entry_at(1)
    tamper(f"DELETE FROM audit_entry WHERE id = {gone}")
    assert run_and_fail() == f"BROKEN at index 1: entry {gone} is missing. The 1 entries before it hold."


def test_json_says_the_same() -> None:
    a_chained_log(2)
    found = json.loads(run("--json"))
    assert found == {
        "result": "holds", "entries": 2, "unchained": 0, "bad_index": None, "reason": "",
        "head": bytes(Link.objects.get(index=1).digest).hex(),
    }  # fmt: skip
    tamper("UPDATE audit_link SET digest = sha256('x') WHERE index = 0")
    broken = json.loads(run_and_fail("--json"))
    assert (broken["result"], broken["bad_index"]) == ("broken", 0)


def test_the_log_remembers_that_it_was_verified_and_what_was_found() -> None:
    a_chained_log(2)
    run()
    entry = Entry.objects.filter(event=Event.LOG_VERIFIED.value).get()
    facts = json.loads(entry.body)["facts"]
    assert (facts["result"], facts["entries"], facts["bad_index"]) == ("holds", 2, None)
