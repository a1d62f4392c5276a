"""The export holds what the filter holds, says when it is cut, and is itself in the log."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.db import transaction

from tests import factories
from verification.access.roles import Role
from verification.audit import log
from verification.audit.events import WORKER, Actor, Event
from verification.audit.models import Entry
from verification.reports import export
from verification.reports.entries import Sought

pytestmark = pytest.mark.django_db
OFFICER = Actor.person("officer")


def read(prepared: export.Export) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(prepared.chunks()), newline="")))


def some_entries(count: int) -> None:
    with transaction.atomic():
        for attempt in range(count):
            log.record(Event.CHECKS_STARTED, actor=WORKER, attempt=attempt)


def test_every_fitting_entry_is_in_the_file_once_newest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "_BATCH", 2)
    some_entries(5)
    factories.a_passed_case()
    wanted = Sought(event=Event.CHECKS_STARTED)
    rows = read(export.export(wanted, OFFICER))
    assert [int(row["id"]) for row in rows] == [entry.id for entry in wanted.entries()]
    assert len(rows) == 6
    assert json.loads(rows[0]["entry"])["event"] == "checks:started"


def test_a_file_that_is_cut_says_so_in_its_last_line_and_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "MAX_ROWS", 3)
    some_entries(5)
    prepared = export.export(Sought(), OFFICER)
    rows = read(prepared)
    assert len(rows) == 4
    assert rows[-1]["id"].startswith("CUT: the newest 3 of 5 entries.")
    assert export.file_name(prepared).endswith("-newest-3.csv")


def test_a_whole_file_says_nothing_of_a_cut() -> None:
    some_entries(3)
    prepared = export.export(Sought(), OFFICER)
    assert len(read(prepared)) == 3
    assert "newest" not in export.file_name(prepared)


def test_the_export_is_in_the_log_before_its_first_line_is_written() -> None:
    some_entries(3)
    export.export(Sought(), OFFICER)
    entry = Entry.objects.get(event=Event.LOG_EXPORTED.value)
    assert json.loads(entry.body)["facts"] == {"entries": 3}
    assert entry.actor_id == "officer"


def test_what_is_written_while_the_file_is_sent_is_not_in_it() -> None:
    some_entries(3)
    prepared = export.export(Sought(), OFFICER)
    some_entries(2)
    assert len(read(prepared)) == 3


def test_a_hostile_display_name_stays_one_harmless_cell() -> None:
    person = factories.a_person(Role.REVIEWER)
    person.display_name = "=cmd|'/C calc'!A0,\"\r\n\u202e<b>"
    person.save(update_fields=["display_name"])
    with transaction.atomic():
        log.record(Event.SESSION_STARTED, actor=Actor.person(person.pk))
    (row,) = read(export.export(Sought(event=Event.SESSION_STARTED), OFFICER))
    assert row["actor_name"] == "'=cmd|'/C calc'!A0,\"⟨U+000D⟩⟨U+000A⟩⟨U+202E⟩<b>"


def test_no_cell_of_a_whole_log_is_a_formula() -> None:
    factories.a_claim()
    for row in csv.reader(io.StringIO("".join(export.export(Sought(), OFFICER).chunks()), newline="")):
        assert not [value for value in row if value.startswith(("=", "+", "-", "@"))]
