"""A wider view is a decision of other people: of one for the neck, of two for the frame, within five minutes."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from django.utils import timezone

from tests.factories import a_person, an_asked_view
from verification.access.assignment import Refused, take_role
from verification.access.models import User
from verification.access.people import deactivate
from verification.access.roles import Role
from verification.access.rules import Denied
from verification.audit.events import OPERATOR, Event
from verification.audit.models import Entry
from verification.cases.review_settings import ReviewSettings, change_review
from verification.retention.erase import erase_case
from verification.review import claims
from verification.review.models import Claim
from verification.vault.models import CaseKey, Purpose
from verification.wider.answers import answer, withdraw
from verification.wider.models import Tier, WiderAnswer, WiderView
from verification.wider.standing import ANSWER_FOR, NoSuchView

from .told import facts_of, last_refusal

pytestmark = pytest.mark.django_db

rung: list[UUID] = []


@pytest.fixture(autouse=True)
def nobody_rang() -> None:
    rung.clear()


@pytest.fixture
def officer() -> User:
    return a_person(Role.RISK_OFFICER)


def say(view: WiderView, approver: User, *, approves: bool = True) -> WiderView:
    answer(view.pk, approver, approves=approves, ring=rung.append)
    view.refresh_from_db()
    return view


def refusal(view: WiderView, approver: User, *, approves: bool = True) -> Denied:
    before = WiderAnswer.objects.count()
    with pytest.raises(Refused) as refused:
        say(view, approver, approves=approves)
    assert WiderAnswer.objects.count() == before
    assert last_refusal() == refused.value.ruling.reason
    return refused.value.ruling


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("role", [Role.RISK_OFFICER, Role.SENIOR_REVIEWER])
def test_one_other_person_s_yes_is_enough_for_face_and_neck(role: Role) -> None:
    view = an_asked_view()
    say(view, a_person(role))
    assert view.state == WiderView.State.APPROVED
    assert rung == [view.pk]
    (facts,) = facts_of(Event.WIDER_ANSWERED)
    assert facts == {"view": str(view.pk), "tier": 1, "approves": True}


@pytest.mark.django_db(transaction=True)
def test_the_whole_frame_needs_two(officer: User) -> None:
    view = an_asked_view(Tier.FRAME)
    say(view, officer)
    assert (view.state, rung) == (WiderView.State.ASKED, [])
    say(view, a_person(Role.SENIOR_REVIEWER))
    assert (view.state, rung) == (WiderView.State.APPROVED, [view.pk])


def test_one_person_is_not_two(officer: User) -> None:
    view = an_asked_view(Tier.FRAME)
    say(view, officer)
    assert refusal(view, officer).reason == "answered_before"
    view.refresh_from_db()
    assert view.state == WiderView.State.ASKED


def test_of_the_two_one_is_a_risk_officer(officer: User) -> None:
    view = an_asked_view(Tier.FRAME)
    say(view, a_person(Role.SENIOR_REVIEWER))
    assert refusal(view, a_person(Role.SENIOR_REVIEWER)).reason == "risk_officer_needed"
    assert say(view, officer).state == WiderView.State.APPROVED


def test_a_second_senior_may_still_refuse() -> None:
    view = an_asked_view(Tier.FRAME)
    say(view, a_person(Role.SENIOR_REVIEWER))
    assert say(view, a_person(Role.SENIOR_REVIEWER), approves=False).end == WiderView.End.REFUSED


@pytest.mark.parametrize("tier", list(Tier))
@pytest.mark.parametrize("approves", [True, False])
def test_nobody_answers_their_own_request(tier: Tier, approves: bool) -> None:
    view = an_asked_view(tier)
    denied = refusal(view, view.asked_by, approves=approves)
    assert denied.reason == "own_request"
    assert Entry.objects.get(event=Event.WIDER_REFUSED).actor_id == str(view.asked_by_id)
    view.refresh_from_db()
    assert view.state == WiderView.State.ASKED


@pytest.mark.parametrize("roles", [[Role.REVIEWER], [Role.ADMINISTRATOR], []])
def test_others_have_no_say(roles: list[Role]) -> None:
    assert refusal(an_asked_view(), a_person(*roles)).reason == "role_missing"


def test_somebody_who_left_has_no_say(officer: User) -> None:
    view = an_asked_view()
    deactivate(a_person(Role.ADMINISTRATOR), officer)
    officer.refresh_from_db()
    assert refusal(view, officer).reason == "role_missing"


@pytest.mark.parametrize("tier", list(Tier))
def test_one_no_ends_it_and_leaves_no_picture(tier: Tier, officer: User) -> None:
    view = say(an_asked_view(tier), officer, approves=False)
    assert (view.state, view.end) == (WiderView.State.ENDED, WiderView.End.REFUSED)
    assert refusal(view, a_person(Role.SENIOR_REVIEWER)).reason == "refused"
    assert rung == []
    assert not CaseKey.objects.filter(purpose=Purpose.WIDER).exists()


def test_a_no_after_a_yes_ends_it_too(officer: User) -> None:
    view = an_asked_view(Tier.FRAME)
    say(view, officer)
    assert say(view, a_person(Role.RISK_OFFICER), approves=False).end == WiderView.End.REFUSED


def test_an_answer_that_comes_too_late_changes_nothing(officer: User) -> None:
    view = an_asked_view()
    with time_machine.travel(view.asked_at + ANSWER_FOR, tick=False):
        Claim.objects.update(heard_at=timezone.now())
        denied = refusal(view, officer)
    assert (denied.reason, rung) == ("unanswered", [])


def test_an_answer_in_the_last_second_counts(officer: User) -> None:
    view = an_asked_view()
    with time_machine.travel(view.answer_by - timedelta(seconds=1), tick=False):
        Claim.objects.update(heard_at=timezone.now())
        assert say(view, officer).state == WiderView.State.APPROVED


def test_an_answer_after_the_claim_changes_nothing(officer: User) -> None:
    view = an_asked_view()
    claims.release(view.claim_id, view.asked_by)
    assert refusal(view, officer).reason == "claim_ended"


def test_an_answer_to_somebody_who_fell_silent_changes_nothing(officer: User) -> None:
    view = an_asked_view()
    Claim.objects.update(heard_at=timezone.now() - timedelta(minutes=2))
    assert refusal(view, officer).reason == "claim_ended"


def test_an_answer_after_the_programme_switched_it_off_changes_nothing(officer: User) -> None:
    view = an_asked_view()
    change_review(OPERATOR, view.claim.item.case.programme, ReviewSettings())
    assert refusal(view, officer).reason == "not_allowed"


def test_an_answer_to_somebody_who_lost_the_right_to_ask_changes_nothing(officer: User) -> None:
    view = an_asked_view(Tier.FRAME)
    administrator = a_person(Role.ADMINISTRATOR)
    take_role(administrator, view.asked_by, Role.SENIOR_REVIEWER)
    assert refusal(view, officer).reason == "claim_ended"


def test_a_yes_of_somebody_who_lost_the_right_to_it_no_longer_counts(officer: User) -> None:
    view = an_asked_view(Tier.FRAME)
    say(view, officer)
    take_role(a_person(Role.ADMINISTRATOR), officer, Role.RISK_OFFICER)
    assert say(view, a_person(Role.SENIOR_REVIEWER)).state == WiderView.State.ASKED
    assert say(view, a_person(Role.RISK_OFFICER)).state == WiderView.State.APPROVED


def test_an_answer_after_an_erasure_finds_nothing(officer: User) -> None:
    view = an_asked_view()
    erase_case(view.claim.item_id, actor=OPERATOR)
    for missing in (view.pk, uuid4()):
        with pytest.raises(NoSuchView):
            answer(missing, officer, approves=True, ring=rung.append)


def test_the_asker_may_withdraw_and_nobody_else(officer: User) -> None:
    view = an_asked_view()
    with pytest.raises(NoSuchView):
        withdraw(view.pk, officer)
    assert withdraw(view.pk, view.asked_by)
    assert not withdraw(view.pk, view.asked_by)
    assert refusal(view, officer).reason == "withdrawn"
    assert [facts["reason"] for facts in facts_of(Event.WIDER_ENDED)] == ["withdrawn"]
