"""What dies with a capture session: when its time is over, when consent is taken back, when it is erased."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from tests.capture.answers import an_upload, drawn_for, later, reread, send
from tests.factories import a_claim, a_consenting_session, a_passed_case, a_session
from verification import tasks
from verification.audit.events import OPERATOR, SUBJECT, Event
from verification.audit.models import Entry
from verification.capture import doors, endings
from verification.capture.models import Challenge, ClipDigest
from verification.cases.models import Case
from verification.cases.states import CaseStatus
from verification.retention import due, schedule
from verification.retention.erase import erase_case, withdraw_case
from verification.review.grants import mint_tickets, redeem
from verification.review.models import ReviewItem
from verification.subject.held import held_about
from verification.vault.models import CaseKey

pytestmark = pytest.mark.django_db
PERSON = SUBJECT


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "ring", lambda _case_id: True)


def living_keys(case: Case) -> int:
    return CaseKey.objects.filter(case=case, wrapped__isnull=False).count()


def test_a_capture_that_never_came_ends_unresolved_and_its_reference_dies() -> None:
    invited = a_session()
    assert due.expire_captures() == 0
    with time_machine.travel(timezone.now() + doors.OPEN_FOR + endings.GRACE + timedelta(seconds=1)):
        assert due.expire_captures() == 1
        assert due.expire_captures() == 0
    case = Case.objects.get()
    assert (case.status, case.reasons) == (CaseStatus.UNRESOLVED, ["capture_expired"])
    assert reread(invited).end == "expired"
    assert living_keys(case) == 0


def test_a_challenge_drawn_at_the_last_moment_is_waited_for() -> None:
    invited = a_consenting_session()
    with time_machine.travel(later(minutes=14, seconds=58)):
        upload = an_upload(drawn_for(invited))
        with time_machine.travel(later(seconds=60)):
            assert due.expire_captures() == 0
            assert send(invited, upload, after_ms=0)


def test_a_session_whose_case_was_erased_is_not_found_again_and_again() -> None:
    invited = a_session()
    erase_case(invited.session.case_id, actor=OPERATOR)
    with time_machine.travel(later(minutes=30)):
        due.expire_captures()
        assert endings.overdue(10) == []


def test_a_captured_case_is_not_expired_with_its_session() -> None:
    invited = a_consenting_session()
    send(invited, an_upload(drawn_for(invited)))
    with time_machine.travel(later(hours=1)):
        assert due.expire_captures() == 0
    assert Case.objects.get().status == CaseStatus.RECEIVED


def test_consent_taken_back_destroys_reference_and_clip_at_once() -> None:
    invited = a_consenting_session()
    send(invited, an_upload(drawn_for(invited)))
    withdraw_case(invited.session.case_id, actor=PERSON)
    case = Case.objects.get()
    assert (case.status, case.reasons, living_keys(case)) == (CaseStatus.UNRESOLVED, ["withdrawn"], 0)
    assert Entry.objects.filter(event=Event.CONSENT_WITHDRAWN).count() == 1


def test_taking_consent_back_twice_is_taking_it_back_once() -> None:
    case_id = a_consenting_session().session.case_id
    for _ in range(2):
        withdraw_case(case_id, actor=PERSON)
    assert Case.objects.get().status == CaseStatus.UNRESOLVED
    assert Entry.objects.filter(event=Event.CONSENT_WITHDRAWN).count() == 1


def test_consent_taken_back_ends_the_look_that_is_going_on() -> None:
    claim = a_claim()
    withdraw_case(claim.item_id, actor=PERSON)
    claim.refresh_from_db()
    assert claim.ended_at is not None
    assert ReviewItem.objects.get().state == ReviewItem.State.DONE


def test_consent_taken_back_after_the_end_erases_the_record() -> None:
    case = a_passed_case()
    withdraw_case(case.pk, actor=PERSON)
    assert Case.objects.get().status == CaseStatus.ERASED


def test_erasing_leaves_no_consent_no_challenge_and_no_way_back() -> None:
    invited = a_consenting_session()
    send(invited, an_upload(drawn_for(invited)))
    erase_case(invited.session.case_id, actor=PERSON)
    session = reread(invited)
    assert (session.consents, session.browser_digest, session.return_url) == ({}, None, "")
    assert not Challenge.objects.exists()
    assert ClipDigest.objects.exists()  # belongs to no case, and must still tell a replay


def test_cookies_lose_their_way_back_after_a_week() -> None:
    invited = a_consenting_session()
    due.forget_small_things()
    assert reread(invited).browser_digest is not None
    with time_machine.travel(timezone.now() + doors.COME_BACK_FOR + timedelta(seconds=1)):
        due.forget_small_things()
    assert reread(invited).browser_digest is None


def test_media_due_of_a_waiting_capture_is_the_end_of_its_session() -> None:
    session = a_session().session
    until = schedule.media_due(session.case)
    assert until is not None
    assert abs(until - (session.expires_at + endings.GRACE)) < timedelta(seconds=1)


@pytest.mark.django_db(transaction=True)
def test_a_look_is_shown_to_the_person_without_a_name() -> None:
    claim = a_claim()
    tickets = mint_tickets(claim.pk, claim.reviewer, "session", claim.item.crops)
    redeem(tickets["crop-live"], session_key="session", reviewer=claim.reviewer)
    (view,) = held_about(claim.item.case).views
    assert (view.role, view.reason) == ("reviewer", "review")
    assert abs(view.at - timezone.now()) < timedelta(minutes=1)


def test_the_readme_shows_the_schedule_that_is_enforced() -> None:
    assert schedule.table() in (Path(settings.BASE_DIR) / "README.md").read_text(encoding="utf-8")
