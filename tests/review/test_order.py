"""Which case comes next, and to whom."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import (
    a_case_for_two,
    a_case_in_review,
    a_case_on_which_votes_differ,
    a_person,
    a_programme,
    a_received_case,
    settled,
    vote,
)
from verification.access.assignment import Refused, take_role
from verification.access.models import User
from verification.access.people import deactivate
from verification.access.roles import Role
from verification.audit.events import OPERATOR, WORKER
from verification.cases.lifecycle import advance, lease_for_checks
from verification.cases.models import Case
from verification.cases.review_settings import ReviewSettings, change_review
from verification.cases.states import CaseStatus
from verification.checks.reasons import Reason
from verification.review import claims, queue, setting_aside
from verification.review.models import Claim, OwnEnrolment, ReviewItem

pytestmark = pytest.mark.django_db


def given(reviewer: User) -> Case | None:
    """What the reviewer gets next; given back at once, so that they can be asked again."""
    claim = queue.take_next(reviewer)
    if claim is None:
        return None
    claims.release(claim.pk, reviewer)
    return claim.item.case


def claim_on(case: Case, reviewer: User) -> Claim:
    claim = queue.take_next(reviewer)
    assert claim is not None
    assert claim.item_id == case.pk
    return claim


def handed(case: Case, giver: User, to: User | None) -> None:
    setting_aside.hand_over(claim_on(case, giver).pk, giver, to.pk if to else None)


@pytest.fixture
def reviewer() -> User:
    return a_person(Role.REVIEWER)


@pytest.fixture
def senior() -> User:
    return a_person(Role.SENIOR_REVIEWER)


def test_what_is_due_first_comes_first_and_not_what_came_first(reviewer: User) -> None:
    slow, quick = a_programme(), a_programme()
    change_review(OPERATOR, quick, ReviewSettings(due_minutes=30))
    a_case_in_review(slow)
    urgent = a_case_in_review(quick)
    assert given(reviewer) == urgent


@pytest.mark.parametrize(("reason", "minutes"), [(Reason.NOT_LIVE, 120), (Reason.LIVENESS_UNCLEAR, 240)])
def test_a_sign_of_an_attack_halves_the_time_in_which_a_case_is_due(reason: Reason, minutes: int) -> None:
    case = lease_for_checks(a_received_case().pk)
    assert case is not None
    with transaction.atomic():
        advance(case, CaseStatus.IN_REVIEW, actor=WORKER, reasons=[reason.value])
        queue.offer(case, crops=[])
    item = ReviewItem.objects.get()
    assert item.due_at - item.queued_at == timedelta(minutes=minutes)


def test_care_comes_before_everything(reviewer: User, senior: User) -> None:
    a_case_on_which_votes_differ()
    kept = a_case_in_review(priority=50)
    handed(kept, reviewer, senior)
    care = a_case_in_review(with_care=True)
    assert given(senior) == care
    assert given(reviewer) == care


def test_a_senior_gets_what_is_kept_for_them_then_for_seniors_then_what_votes_differ_on_then_the_rest(
    reviewer: User, senior: User
) -> None:
    differing, _voters = a_case_on_which_votes_differ()
    ordinary = a_case_in_review(priority=60)
    for_seniors, for_them = a_case_in_review(priority=50), a_case_in_review(priority=55)
    handed(for_seniors, reviewer, None)
    handed(for_them, reviewer, senior)
    got = []
    while (claim := queue.take_next(senior)) is not None:
        got.append(claim.item.case)
        vote(claim)
    assert got == [for_them, for_seniors, differing, ordinary]


def test_what_votes_differ_on_never_comes_to_a_reviewer(reviewer: User) -> None:
    a_case_on_which_votes_differ()
    assert given(reviewer) is None


def test_nobody_gets_a_case_twice(reviewer: User) -> None:
    case = a_case_for_two()
    vote(claim_on(case, reviewer))
    assert given(reviewer) is None
    settled()
    assert given(reviewer) is None
    assert given(a_person(Role.REVIEWER)) == case


def test_a_senior_who_voted_does_not_settle_what_they_differ_on() -> None:
    case = a_case_for_two()
    one, other = a_person(Role.SENIOR_REVIEWER), a_person(Role.REVIEWER)
    for voter, same in ((one, "same"), (other, "different")):
        vote(claim_on(case, voter), same)
        settled()
    assert given(one) is None
    assert given(a_person(Role.SENIOR_REVIEWER)) == case


def test_nobody_gets_their_own_enrolment(reviewer: User) -> None:
    own, other = a_case_in_review(), a_case_in_review()
    OwnEnrolment.objects.create(
        person=reviewer, programme=own.programme, subject=own.subject, noted_by=a_person(Role.ADMINISTRATOR)
    )
    assert given(reviewer) == other
    assert given(a_person(Role.REVIEWER)) == own


def test_the_same_subject_at_another_programme_is_somebody_else(reviewer: User) -> None:
    case = a_case_in_review()
    OwnEnrolment.objects.create(
        person=reviewer, programme=a_programme(), subject=case.subject, noted_by=a_person(Role.ADMINISTRATOR)
    )
    assert given(reviewer) == case


def test_what_is_kept_for_a_colleague_goes_to_nobody_else_until_its_time_is_over(reviewer: User) -> None:
    case, colleague, third = a_case_in_review(), a_person(Role.REVIEWER), a_person(Role.SENIOR_REVIEWER)
    handed(case, reviewer, colleague)
    assert (given(third), given(reviewer)) == (None, None)
    with time_machine.travel(timezone.now() + setting_aside.KEPT_FOR_RECEIVER + timedelta(seconds=1)):
        assert given(third) == case
        assert given(reviewer) == case
    assert given(colleague) is not None


def test_what_is_kept_for_seniors_goes_to_any_of_them_and_later_to_everybody(reviewer: User, senior: User) -> None:
    case, third = a_case_in_review(), a_person(Role.REVIEWER)
    handed(case, reviewer, None)
    assert given(third) is None
    with time_machine.travel(timezone.now() + setting_aside.KEPT_FOR_RECEIVER + timedelta(seconds=1)):
        assert given(third) == case
    handed(a_case_in_review(priority=1), reviewer, None)
    assert given(senior) is not None


def test_a_person_to_be_looked_at_with_care_is_kept_for_five_minutes_at_most(reviewer: User) -> None:
    case, third = a_case_in_review(with_care=True), a_person(Role.REVIEWER)
    handed(case, reviewer, a_person(Role.REVIEWER))
    assert given(third) is None
    with time_machine.travel(timezone.now() + setting_aside.WITH_CARE + timedelta(seconds=1)):
        assert given(third) == case


@pytest.mark.parametrize("why", ["voted", "own", "left", "demoted"])
def test_what_its_receiver_cannot_take_goes_to_others_at_once_and_not_back(why: str) -> None:
    case, giver, colleague = a_case_for_two(), a_person(Role.REVIEWER), a_person(Role.REVIEWER)
    administrator = a_person(Role.ADMINISTRATOR)
    if why == "voted":
        vote(claim_on(case, colleague))
        settled()
    elif why == "own":
        OwnEnrolment.objects.create(
            person=colleague, programme=case.programme, subject=case.subject, noted_by=administrator
        )
    handed(case, giver, colleague)
    if why == "left":
        deactivate(administrator, colleague)
    elif why == "demoted":
        take_role(administrator, colleague, Role.REVIEWER)
    assert given(giver) is None
    assert given(a_person(Role.REVIEWER)) == case


def test_whoever_is_asked_by_name_gets_a_case_that_they_gave_away_before(reviewer: User) -> None:
    case, colleague = a_case_in_review(), a_person(Role.REVIEWER)
    handed(case, reviewer, colleague)
    handed(case, colleague, reviewer)
    assert given(colleague) is None
    assert given(reviewer) == case


@pytest.mark.django_db(transaction=True)
def test_taking_a_case_keeps_no_other_one_from_anybody(reviewer: User, senior: User) -> None:
    kept, other = a_case_in_review(), a_case_in_review()
    handed(kept, reviewer, senior)
    with transaction.atomic():
        claim_on(kept, senior)
        got: list[Claim | None] = []

        def take() -> None:
            got.append(queue.take_next(reviewer))
            connection.close()

        thread = threading.Thread(target=take)
        thread.start()
        thread.join()
    assert [claim.item_id for claim in got if claim] == [other.pk]


def test_looking_ahead_tells_what_comes_and_takes_nothing(reviewer: User) -> None:
    a_case_in_review()
    case = a_case_in_review(with_care=True)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        ahead = queue.look_ahead(reviewer)
    assert ahead is not None
    assert (ahead.kind, ahead.programme, ahead.with_care) == ("enrolment", case.programme.name, True)
    assert ahead.due_in_seconds == pytest.approx(240 * 60, abs=60)
    assert "FOR UPDATE" not in "".join(query["sql"] for query in asked)
    assert ReviewItem.objects.filter(state="waiting").count() == 2


def test_looking_ahead_sees_what_taking_would_give(reviewer: User) -> None:
    vote(claim_on(a_case_for_two(), reviewer))
    settled()
    assert queue.look_ahead(reviewer) is None
    with pytest.raises(Refused):
        queue.look_ahead(a_person(Role.RISK_OFFICER))
