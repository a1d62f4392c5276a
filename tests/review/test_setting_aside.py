"""Putting a case aside, handing it over, skipping it: each within its limits, each on the record."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from tests.factories import (
    a_case_for_two,
    a_case_in_review,
    a_case_on_which_votes_differ,
    a_claim,
    a_person,
    settled,
    vote,
)
from verification.access.models import User
from verification.access.people import deactivate
from verification.access.roles import Role
from verification.audit.events import OPERATOR, Event
from verification.audit.models import Entry
from verification.notices import board
from verification.notices.models import Notice
from verification.retention.erase import erase_case
from verification.review import claims, queue, setting_aside
from verification.review.claims import ClaimEnded, NoSuchClaim
from verification.review.models import Claim, ReviewItem
from verification.review.setting_aside import NotSetAside, hand_over, hold, skip

pytestmark = pytest.mark.django_db
HELP = "waiting_for_help"


def facts(event: Event) -> dict[str, Any]:
    return dict(json.loads(Entry.objects.get(event=event).body)["facts"])


def item_of(claim: Claim) -> ReviewItem:
    return ReviewItem.objects.get(pk=claim.item_id)


def next_for(reviewer: User) -> Claim:
    claim = queue.take_next(reviewer)
    assert claim is not None
    return claim


def test_a_case_put_aside_waits_for_its_time_and_goes_to_nobody() -> None:
    claim = a_claim()
    until = hold(claim.pk, claim.reviewer, reason=HELP, minutes=10)
    assert until == pytest.approx(timezone.now() + timedelta(minutes=10), abs=timedelta(seconds=10))
    assert (item_of(claim).state, item_of(claim).hold_reason) == ("held", HELP)
    assert queue.take_next(a_person(Role.SENIOR_REVIEWER)) is None
    assert setting_aside.bring_back_due() == 0
    claim.refresh_from_db()
    assert claim.end == Claim.End.HELD
    assert facts(Event.CASE_HELD) == {"claim": str(claim.pk), "reason": HELP, "minutes": 10}


def test_it_comes_back_to_the_same_reviewer_for_five_minutes_and_then_to_everybody() -> None:
    claim, other = a_claim(), a_person(Role.REVIEWER)
    hold(claim.pk, claim.reviewer, reason=HELP, minutes=10)
    back = timezone.now() + timedelta(minutes=10, seconds=5)
    with time_machine.travel(back):
        assert setting_aside.bring_back_due() == 1
        assert setting_aside.bring_back_due() == 0
        assert board.open_for(claim.reviewer).get().kind == Notice.Kind.CASE_BACK
        assert queue.take_next(other) is None
    with time_machine.travel(back + setting_aside.KEPT_AFTERWARDS + timedelta(seconds=5)):
        assert next_for(other).item_id == claim.item_id


def test_who_takes_it_back_settles_the_notice() -> None:
    claim = a_claim()
    hold(claim.pk, claim.reviewer, reason=HELP, minutes=5)
    assert setting_aside.fetch_back(claim.reviewer) == 1
    assert setting_aside.fetch_back(claim.reviewer) == 0
    assert board.open_for(claim.reviewer).count() == 1
    assert next_for(claim.reviewer).item_id == claim.item_id
    assert board.open_for(claim.reviewer).count() == 0
    assert item_of(claim).handed_to is None


@pytest.mark.parametrize("why", ["left", "erased"])
def test_a_case_put_aside_is_never_stuck(why: str) -> None:
    claim = a_claim()
    hold(claim.pk, claim.reviewer, reason=HELP, minutes=5)
    if why == "left":
        deactivate(a_person(Role.ADMINISTRATOR), claim.reviewer)
    else:
        erase_case(claim.item_id, actor=OPERATOR)
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        setting_aside.bring_back_due()
        again = queue.take_next(a_person(Role.REVIEWER))
    assert (again is not None) == (why == "left")


@pytest.mark.parametrize(
    ("reason", "minutes", "sentence"),
    [
        ("", 10, "Say why"),
        ("because", 10, "Say why"),
        (HELP, 4, "5 to 30 minutes"),
        (HELP, 31, "5 to 30 minutes"),
        (HELP, -5, "5 to 30 minutes"),
    ],
)
def test_a_case_is_not_put_aside_without_a_reason_or_without_end(reason: str, minutes: int, sentence: str) -> None:
    claim = a_claim()
    with pytest.raises(NotSetAside, match=sentence):
        hold(claim.pk, claim.reviewer, reason=reason, minutes=minutes)
    assert claims.open_claim(claim.pk, claim.reviewer) == claim
    assert not Entry.objects.filter(event=Event.CASE_HELD).exists()


def test_a_case_is_put_aside_twice_at_most() -> None:
    claim = a_claim()
    for _ in range(setting_aside.HOLDS_PER_CASE):
        hold(claim.pk, claim.reviewer, reason=HELP, minutes=5)
        setting_aside.fetch_back(claim.reviewer)
        claim = next_for(claim.reviewer)
    with pytest.raises(NotSetAside, match="twice already"):
        hold(claim.pk, claim.reviewer, reason=HELP, minutes=5)


def test_nobody_puts_one_case_after_another_aside() -> None:
    reviewer = a_person(Role.REVIEWER)
    for _ in range(setting_aside.HELD_AT_ONCE):
        hold(a_claim(reviewer).pk, reviewer, reason=HELP, minutes=5)
    last = a_claim(reviewer)
    with pytest.raises(NotSetAside, match="two cases aside already"):
        hold(last.pk, reviewer, reason=HELP, minutes=5)


def test_a_person_to_be_looked_at_with_care_waits_five_minutes_at_most() -> None:
    a_case_in_review(with_care=True)
    reviewer = a_person(Role.REVIEWER)
    claim = next_for(reviewer)
    with pytest.raises(NotSetAside, match="looked at with care"):
        hold(claim.pk, reviewer, reason=HELP, minutes=6)
    hold(claim.pk, reviewer, reason=HELP, minutes=5)


def test_handing_over_tells_the_receiver_and_the_log_but_names_nobody() -> None:
    claim, colleague = a_claim(), a_person(Role.REVIEWER)
    hand_over(claim.pk, claim.reviewer, colleague.pk)
    notice = board.open_for(colleague).get()
    assert (notice.kind, notice.subject) == (Notice.Kind.HANDED_OVER, str(claim.pk))
    assert facts(Event.CASE_HANDED_OVER) == {"claim": str(claim.pk), "to": str(colleague.pk)}
    assert next_for(colleague).item_id == claim.item_id
    assert not board.open_for(colleague).exists()


def test_handing_over_to_a_senior_tells_every_senior_and_the_one_who_comes_settles_it_for_all() -> None:
    claim = a_claim(a_person(Role.SENIOR_REVIEWER))
    seniors = [a_person(Role.SENIOR_REVIEWER) for _ in range(2)]
    hand_over(claim.pk, claim.reviewer, None)
    assert [board.open_for(senior).count() for senior in (*seniors, claim.reviewer)] == [1, 1, 0]
    assert facts(Event.CASE_HANDED_OVER)["to"] == "senior"
    next_for(seniors[0])
    assert [board.open_for(senior).count() for senior in seniors] == [0, 0]


def test_what_is_said_about_a_kept_case_is_settled_when_its_time_is_over() -> None:
    claim, colleague = a_claim(), a_person(Role.REVIEWER)
    hand_over(claim.pk, claim.reviewer, colleague.pk)
    assert setting_aside.settle_late_notices() == 0
    with time_machine.travel(timezone.now() + setting_aside.KEPT_FOR_RECEIVER + timedelta(seconds=1)):
        assert setting_aside.settle_late_notices() == 1
        assert setting_aside.settle_late_notices() == 0


def test_what_is_said_about_an_erased_case_is_settled() -> None:
    claim, colleague = a_claim(), a_person(Role.REVIEWER)
    hand_over(claim.pk, claim.reviewer, colleague.pk)
    erase_case(claim.item_id, actor=OPERATOR)
    assert setting_aside.settle_late_notices() == 1


def test_all_colleagues_may_be_chosen_whether_or_not_they_voted() -> None:
    a_case_for_two()
    voter, idle, reviewer = (a_person(Role.REVIEWER) for _ in range(3))
    senior = a_person(Role.SENIOR_REVIEWER)
    a_person(Role.RISK_OFFICER)
    vote(next_for(voter))
    settled()
    assert set(setting_aside.colleagues(next_for(reviewer))) == {voter, idle, senior}


def test_handing_over_to_somebody_who_voted_looks_the_same_and_tells_them_nothing() -> None:
    a_case_for_two()
    voter, reviewer = a_person(Role.REVIEWER), a_person(Role.REVIEWER)
    vote(next_for(voter))
    settled()
    claim = next_for(reviewer)
    hand_over(claim.pk, reviewer, voter.pk)
    claim.refresh_from_db()
    assert (claim.end, item_of(claim).handed_to) == (Claim.End.HANDED_OVER, voter)
    assert not Notice.objects.exists()


def test_a_case_on_which_votes_differ_is_handed_to_seniors_only() -> None:
    a_case_on_which_votes_differ()
    senior, other, reviewer = a_person(Role.SENIOR_REVIEWER), a_person(Role.SENIOR_REVIEWER), a_person(Role.REVIEWER)
    claim = next_for(senior)
    assert setting_aside.colleagues(claim) == (other,)
    with pytest.raises(NotSetAside, match="Choose a colleague"):
        hand_over(claim.pk, senior, reviewer.pk)


@pytest.mark.parametrize("whom", ["oneself", "nobody", "administrator"])
def test_a_case_is_handed_to_colleagues_only(whom: str) -> None:
    claim = a_claim()
    chosen = {"oneself": claim.reviewer.pk, "nobody": uuid4(), "administrator": a_person(Role.ADMINISTRATOR).pk}[whom]
    with pytest.raises(NotSetAside, match="Choose a colleague"):
        hand_over(claim.pk, claim.reviewer, chosen)
    assert claims.open_claim(claim.pk, claim.reviewer) == claim


def test_a_skipped_case_does_not_come_straight_back() -> None:
    claim = a_claim()
    skip(claim.pk, claim.reviewer)
    assert queue.take_next(claim.reviewer) is None
    with time_machine.travel(timezone.now() + setting_aside.SKIPPED_FOR + timedelta(seconds=1)):
        again = next_for(claim.reviewer)
    assert again.item_id == claim.item_id
    claim.refresh_from_db()
    assert claim.end == Claim.End.SKIPPED


def test_a_skipped_case_waits_for_others_at_once_and_may_be_skipped_again() -> None:
    claim, other = a_claim(), a_person(Role.REVIEWER)
    skip(claim.pk, claim.reviewer)
    skip(next_for(other).pk, other)
    with time_machine.travel(timezone.now() + setting_aside.SKIPPED_FOR + timedelta(seconds=1)):
        skip(next_for(other).pk, other)
        assert queue.take_next(other) is None


def test_a_case_to_be_looked_at_with_care_comes_back_after_five_minutes() -> None:
    a_case_in_review(with_care=True)
    reviewer = a_person(Role.REVIEWER)
    skip(next_for(reviewer).pk, reviewer)
    assert queue.take_next(reviewer) is None
    with time_machine.travel(timezone.now() + setting_aside.WITH_CARE + timedelta(seconds=1)):
        assert queue.take_next(reviewer) is not None


def test_five_cases_an_hour_are_skipped_and_the_sixth_is_refused_with_the_time() -> None:
    reviewer, now = a_person(Role.REVIEWER), timezone.now()
    for minute in range(setting_aside.SKIPS_PER_HOUR):
        with time_machine.travel(now + timedelta(minutes=minute), tick=False):
            skip(a_claim(reviewer).pk, reviewer)
    with time_machine.travel(now + timedelta(minutes=10), tick=False):
        claim = a_claim(reviewer)
        with pytest.raises(NotSetAside, match="You can skip again in 50 min"):
            skip(claim.pk, reviewer)
        claims.release(claim.pk, reviewer)
    with time_machine.travel(now + timedelta(minutes=61), tick=False):
        skip(next_for(reviewer).pk, reviewer)


VERBS: dict[str, Callable[[Claim, User], object]] = {
    "hold": lambda claim, who: hold(claim.pk, who, reason=HELP, minutes=5),
    "hand over": lambda claim, who: hand_over(claim.pk, who, None),
    "skip": lambda claim, who: skip(claim.pk, who),
}


@pytest.mark.parametrize("verb", VERBS)
def test_nobody_moves_a_case_that_is_not_theirs(verb: str) -> None:
    claim = a_claim()
    with pytest.raises(NoSuchClaim):
        VERBS[verb](claim, a_person(Role.REVIEWER))
    assert claims.open_claim(claim.pk, claim.reviewer) == claim


@pytest.mark.parametrize("verb", VERBS)
def test_a_second_press_changes_nothing(verb: str) -> None:
    claim = a_claim()
    VERBS[verb](claim, claim.reviewer)
    before = item_of(claim).state, Entry.objects.count()
    with pytest.raises(ClaimEnded):
        VERBS[verb](claim, claim.reviewer)
    assert (item_of(claim).state, Entry.objects.count()) == before


@pytest.mark.parametrize("verb", VERBS)
def test_a_claim_that_ran_out_moves_nothing(verb: str) -> None:
    claim = a_claim()
    with time_machine.travel(timezone.now() + claims.CLAIM_FOR), pytest.raises(ClaimEnded):
        VERBS[verb](claim, claim.reviewer)
    assert item_of(claim).state == ReviewItem.State.CLAIMED
