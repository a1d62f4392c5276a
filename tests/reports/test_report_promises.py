"""The report of the promises as a document: quiet and busy periods, in both languages, with doors to the entries."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from tests import factories
from tests.incidents.worries import a_held_worry
from verification.audit import log
from verification.audit.events import OPERATOR, SUBJECT, Event
from verification.audit.models import SignedCheckpoint
from verification.capture import consents
from verification.cases.programmes import issue_key, revoke_key
from verification.cases.scopes import Scope
from verification.cases.states import CapturedBy
from verification.intake import sessions
from verification.reports import agreements, csv_file, erasures, restores
from verification.reports.acts import acts
from verification.reports.document import Document, Row, Table, tables
from verification.reports.registry import REPORTS, made
from verification.reports.window import Span, Window
from verification.reports.words import LANGUAGES, Words
from verification.retention.erase import erase_case, withdraw_case
from verification.vault.models import CaseKey, Purpose

from .days import a_window

pytestmark = pytest.mark.django_db


def report(language: str = "en") -> Document:
    return made(REPORTS["promises"], a_window(), Words(language))


def table(document: Document, caption: str) -> Table:
    (found,) = (one for _, one in tables(document.sections) if one.caption == caption)
    return found


def line(document: Document, caption: str, first: str) -> Row:
    (found,) = (row for row in table(document, caption).rows if row.cells[0].value == first)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_quiet_period_says_that_nothing_was_due(language: str) -> None:
    words, document = Words(language), report(language)
    assert document.lead[0].text == words("promises.nothing_due")
    assert not table(document, words("promises.late_list")).rows
    assert words("promises.restores_empty") in csv_file.written(document)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_purpose_and_scope_is_said_in_words(language: str) -> None:
    words = Words(language)
    assert all(words.has(f"promises.{what}_of_{purpose}") for what in ("key", "bytes") for purpose in Purpose)
    assert all(words.has(f"promises.scope_{scope}") for scope in Scope)
    assert all(words.has(f"promises.by_{by}") for by in CapturedBy)


def test_what_died_in_time_is_said_so_and_what_did_not_stops_the_reader() -> None:
    case = factories.a_passed_case()
    assert report().lead[0].text == "All media of the cases that closed in this period died in time."
    CaseKey.objects.filter(case=case).update(destroyed_at=timezone.now() + timedelta(minutes=5))
    document = report()
    assert (document.lead[0].text, document.lead[0].tone) == (
        "One key or file of a closed case did not die in time.", "stop"
    )  # fmt: skip
    (late,) = table(document, "What was late, and why").rows
    assert late.cells[0].to is not None
    assert late.cells[0].to.case == str(case.pk)
    assert late.cells[-1].value == "No hold explains it. See whether the sweeper ran."


def test_erasures_are_counted_by_reason_with_their_receipts() -> None:
    for _ in range(2):
        erase_case(factories.a_passed_case().pk, actor=OPERATOR)
    withdraw_case(factories.a_passed_case().pk, actor=OPERATOR)
    document = report()
    assert [[cell.value for cell in row.cells] for row in table(document, "Erasures").rows] == [
        ["asked for", 2], ["consent withdrawn after closing", 1]
    ]  # fmt: skip
    assert erasures.receipts(a_window()) == erasures.Receipts(published=3, waiting=0, witnessed=False)
    window = a_window()
    another_checkpoint(witnessed_at=timezone.now())
    erase_case(factories.a_passed_case().pk, actor=OPERATOR)
    assert erasures.receipts(window) == erasures.Receipts(published=3, waiting=1, witnessed=True)


def test_consents_are_told_by_scope_and_by_who_asked() -> None:
    programme = factories.a_capture_programme()
    factories.a_consenting_session(programme)
    factories.a_consenting_session(programme, scopes=["compare", "transmit"])
    sessions.choose(factories.a_session(programme).session, "other_way", cookie="")
    factories.a_session(programme)
    factories.a_received_case()
    found = {(one.asked_by, one.scope): (one.cases, one.given, one.refused) for one in agreements.given(a_window())}
    page = CapturedBy.CAPTURE_PAGE
    assert found[page, Scope.COMPARE] == (2, 2, 0)
    assert found[page, Scope.HUMAN_VIEW] == (2, 1, 1)
    assert found[page, Scope.VOICE] == (2, 0, None)
    assert found[CapturedBy.RELYING_PARTY, Scope.HUMAN_VIEW] == (1, 1, 0)
    assert (CapturedBy.RELYING_PARTY, Scope.VOICE) not in found
    invited = agreements.invitations(a_window())
    assert (invited.sent, invited.camera, invited.other_way, invited.agreed) == (4, 2, 1, 2)
    assert line(report(), "Capture sessions of this period", "Took the other way").cells[1].value == 1


def test_a_withdrawal_is_counted_from_the_log() -> None:
    invited = factories.a_consenting_session()
    withdraw_case(invited.session.case_id, actor=SUBJECT)
    row = line(report(), "Capture sessions of this period", "Consents withdrawn in this period, of any case")
    assert row.cells[1].value == 1
    assert agreements.invitations(a_window()).withdrawn == 1


def test_holds_are_told_from_asking_to_end() -> None:
    a_held_worry()
    document = report()
    assert line(document, "Legal holds", "Asked for in this period").cells[1].value == 1
    assert line(document, "Legal holds", "In force now").cells[1].value == 1
    assert "One legal hold is in force." in [one.text for one in document.lead]


def test_restores_and_changes_of_keys_are_told() -> None:
    api_key, _ = issue_key(OPERATOR, factories.a_programme(), "A system")
    revoke_key(OPERATOR, api_key)
    with transaction.atomic():
        log.record(Event.LOG_RESUMED, actor=OPERATOR, entries=7)
    document = report()
    (restored,) = table(document, "The log went on in a restored copy").rows
    assert (restored.cells[1].value, restored.tone) == (7, "doubt")
    assert line(document, "Keys", "API keys of relying parties").cells[1].value == "1 issued, 1 revoked"


def another_checkpoint(old: str = "", new: str = "", **changes: Any) -> None:
    """Like the last one, with `old` in its note replaced by `new`."""
    last = SignedCheckpoint.objects.latest("id")
    note = last.note.replace(old, new) if old else last.note
    SignedCheckpoint.objects.create(origin=last.origin, size=last.size, note=note, **changes)


def test_a_log_key_that_changed_is_said() -> None:
    window = a_window()
    same = restores.signers(window)
    assert same is not None
    assert (same.first, same.changed) == ((("test.example/log", "00000000"),), False)
    another_checkpoint("AAAAAAAA", "AQEBAQAA")
    changed = restores.signers(window)
    assert changed is not None
    assert (changed.last, changed.changed) == ((("test.example/log", "01010101"),), True)
    document = made(REPORTS["promises"], window, Words())
    assert line(document, "Keys", "Keys that sign the log's checkpoints").cells[1].value == (
        "changed, from test.example/log 00000000 to test.example/log 01010101"
    )


def test_a_note_that_cannot_be_read_names_no_key() -> None:
    window = a_window()
    another_checkpoint("\n\n", " ")
    found = restores.signers(window)
    assert found is not None
    assert found.last == ()


def test_a_window_without_a_checkpoint_names_no_signer() -> None:
    now = a_window().start
    quiet = Window(Span.CUSTOM, now - timedelta(days=9), now - timedelta(days=8))
    assert restores.signers(quiet) is None
    document = made(REPORTS["promises"], quiet, Words())
    said = line(document, "Keys", "Keys that sign the log's checkpoints").cells[1].value
    assert said == "no checkpoint was signed in this period"


def test_acts_are_told_by_code() -> None:
    invited = factories.a_consenting_session()
    consents.give(invited.session, factories.ALL_SCOPES)
    found = acts(a_window(), (Event.CAPTURE_CHOSEN, Event.CONSENT_GIVEN))
    assert found.by_code(Event.CAPTURE_CHOSEN) == [("camera", 1)]
    assert (found.of(Event.CAPTURE_CHOSEN), found.of(Event.CAPTURE_CHOSEN, "other_way")) == (1, 0)
    assert found.of(Event.CONSENT_GIVEN) == 2
