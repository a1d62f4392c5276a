"""The sweeper's steps, the tasks and the commands: each does its work once, and the log holds what its row says."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from celery import current_app
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from tests.audit.keepers import Keepers
from tests.audit.tampering import a_placed_log, entry_at, settle, tamper
from tests.factories import a_person, a_received_case, an_asked_view, approve
from tests.intake import pictures
from tests.known.listed import PERMISSION, a_set
from tests.reports.months import a_planned_report
from verification import tasks
from verification.audit.acts import Act
from verification.audit.acts_of_machines import COMMANDS, STEPS, TASKS
from verification.audit.models import Entry
from verification.management.commands import prepare
from verification.notices.models import Notice
from verification.reports import filing
from verification.sweeper import STEPS as SWEPT

from .site import newest, written_since
from .work_due import WORK

OF_THE_LOG = {
    "entries_placed",
    "checkpoints_published",
    "checkpoints_mailed",
    "entries_counted",
    "monthly_reports_rung",
}
SWEPT_BY_NAME = {name: step for name, step, _ in SWEPT}


@pytest.fixture(autouse=True)
def _nobody_at_work(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> None:
    """A storage of its own, a mail server that is there, and a broker that takes every message."""
    media = settings.STORAGES["media"]
    elsewhere = {**media, "OPTIONS": {**media["OPTIONS"], "location": str(tmp_path / "media")}}
    settings.STORAGES = {**settings.STORAGES, "media": elsewhere}
    settings.EMAIL_FROM = "console@bank.example"
    for task in (tasks.process_case, tasks.render_wider):
        monkeypatch.setattr(task, "delay", lambda _id: None)
    monkeypatch.setattr(filing, "LIMIT", 1)
    monkeypatch.setattr(current_app, "send_task", lambda *_, **__: None)


def insist(act: Act, left: set[str]) -> None:
    assert {event.value for event in act.always} <= left
    assert left <= {event.value for event in act.events}
    assert left or not act.events


def test_every_step_has_something_to_do_here() -> None:
    assert set(WORK) | OF_THE_LOG == set(STEPS)


@pytest.mark.django_db
@pytest.mark.parametrize("name", WORK)
def test_a_step_leaves_what_its_row_says(name: str) -> None:
    prepare_work, later = WORK[name]
    prepare_work()
    before = newest()
    with time_machine.travel(timezone.now() + later, tick=True):
        assert SWEPT_BY_NAME[name]() >= 1
    insist(STEPS[name], written_since(before))


@pytest.mark.django_db(transaction=True)
def test_keeping_the_log_leaves_nothing_in_it(keepers: Keepers) -> None:
    keepers.settings.CHECKPOINT_MAIL_TO = ["risk@bank.example"]
    a_placed_log(2)
    before = Entry.objects.count()
    keepers.publish()
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert SWEPT_BY_NAME["checkpoints_mailed"]() == 1
    tasks.mail_checkpoint(timezone.now().date().isoformat())
    assert Entry.objects.count() == before
    for name in OF_THE_LOG:
        insist(STEPS[name], set())
    insist(TASKS["verification.mail_checkpoint"], set())


@pytest.mark.django_db
def test_a_case_is_checked_on_the_record() -> None:
    case = a_received_case()
    before = newest()
    tasks.process_case(str(case.pk))
    insist(TASKS["verification.process_case"], written_since(before))


@pytest.mark.django_db
def test_the_reports_of_a_month_are_made_on_the_record() -> None:
    report = a_planned_report()
    before = newest()
    tasks.make_monthly_report(str(report.pk))
    insist(TASKS["verification.make_monthly_report"], written_since(before))


@pytest.mark.django_db
def test_a_wider_view_is_drawn_on_the_record() -> None:
    view = approve(an_asked_view())
    before = newest()
    tasks.render_wider(str(view.pk))
    insist(TASKS["verification.render_wider"], written_since(before))


@pytest.mark.django_db
def test_a_notice_is_mailed_off_the_record() -> None:
    WORK["notices_mailed"][0]()
    before = newest()
    tasks.send_notice(str(Notice.objects.get().pk))
    assert Notice.objects.get().emailed_at is not None
    insist(TASKS["verification.send_notice"], written_since(before))


def run(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def leaves_its_row(row: str, act: Callable[[], Any]) -> None:
    before = newest()
    act()
    insist(COMMANDS[row], written_since(before))


@pytest.mark.django_db(transaction=True)
def test_commands_about_the_log_are_in_it(keepers: Keepers) -> None:
    a_placed_log(2)
    keepers.publish()
    leaves_its_row("audit_verify", lambda: run("audit_verify"))
    leaves_its_row("audit_export", lambda: run("audit_export", str(keepers.place / "export.jsonl")))
    proof = str(keepers.place / "one.tlog-proof")
    leaves_its_row("audit_proof", lambda: run("audit_proof", str(entry_at(1)), "--file", proof))
    settle()
    tamper("UPDATE audit_entry SET xid = (xid::text::bigint + 1000000000000)::text::xid8")
    leaves_its_row("audit_resume", lambda: run("audit_resume"))


@pytest.mark.django_db
def test_commands_about_people_and_pairs_leave_what_their_rows_say(tmp_path: Path) -> None:
    person = a_person()
    leaves_its_row("changepassword", lambda: run("changepassword", person.username))
    listed = str(a_set(tmp_path / "set", ("a.png", "b.png", "yes", "yes")))
    wanted = ("--set", "volunteers", "--permitted-by", PERMISSION)
    leaves_its_row("known_cases import", lambda: run("known_cases", "import", listed, *wanted))
    leaves_its_row("known_cases list", lambda: run("known_cases", "list"))
    leaves_its_row("known_cases retire", lambda: run("known_cases", "retire", "--set", "volunteers"))


@pytest.mark.django_db
def test_tracing_a_picture_is_on_the_record_though_nothing_is_found(tmp_path: Path) -> None:
    found = tmp_path / "found.png"
    found.write_bytes(pictures.png())

    def trace() -> None:
        with pytest.raises(SystemExit):
            run("trace_leak", str(found))

    leaves_its_row("trace_leak", trace)


@pytest.mark.django_db
def test_preparing_an_installation_is_on_the_record(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(prepare, "bring_files", lambda: None)
    settings.DATA_DIR = tmp_path
    (tmp_path / "keys").mkdir()
    before = newest()
    call_command("prepare", "--demo")
    left = written_since(before)
    insist(COMMANDS["prepare"], left)
    assert left == {event.value for event in COMMANDS["prepare"].events}


def test_commands_about_files_do_without_the_database(tmp_path: Path) -> None:
    """This test has no database: whoever asks it for one fails."""
    assert "carried by" in run("models", "list")
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("reference,probe,mated\na.png,b.png,1\n")
    with pytest.raises(CommandError):
        run("evaluate", "match", "--pairs", str(pairs), "--images", str(tmp_path))
    for row in ("models", "evaluate", "reports_rebuild", "sweep"):
        assert COMMANDS[row].why
        assert not COMMANDS[row].events
