"""Asking needs a right, a reason, a sentence, an open claim of one's own, and something wider to see."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.factories import a_capture_programme, a_claim, a_person, a_programme_with_wider_views, an_asked_view
from verification.access.assignment import Refused, facts_about
from verification.access.models import User
from verification.access.roles import Role
from verification.access.rules import Denied
from verification.audit.events import OPERATOR, Event
from verification.audit.models import Entry
from verification.capture import consents
from verification.cases.models import Case, Programme
from verification.cases.programme_settings import CaptureSettings, change_settings
from verification.cases.review_settings import ReviewSettings, change_review
from verification.cases.states import CapturedBy
from verification.review import claims, queue
from verification.review.claims import ClaimEnded, NoSuchClaim
from verification.review.models import Claim
from verification.vault.models import CaseKey, Purpose
from verification.wider import endings
from verification.wider.ask import InvalidRequest, ask, rulings
from verification.wider.models import Tier, WiderView
from verification.wider.rules import Viewable, may_ask
from verification.wider.standing import ANSWER_FOR

from .told import facts_of, last_refusal

pytestmark = pytest.mark.django_db
WORDS = "The mark below the chin may be a bruise."


def request(claim: Claim, **changes: Any) -> WiderView:
    given: dict[str, Any] = {"tier": "1", "reason": "welfare", "sentence": WORDS} | changes
    return ask(claim.pk, given.pop("reviewer", claim.reviewer), **given)


def refusal(claim: Claim, **changes: Any) -> Denied:
    with pytest.raises(Refused) as refused:
        request(claim, **changes)
    assert not WiderView.objects.exists()
    return refused.value.ruling


@pytest.fixture
def senior() -> User:
    return a_person(Role.SENIOR_REVIEWER)


@pytest.fixture
def claim(senior: User) -> Claim:
    return a_claim(senior, a_programme_with_wider_views())


def test_a_request_waits_five_minutes_and_is_on_the_record_without_its_sentence(claim: Claim) -> None:
    view = request(claim, tier="2")
    assert view.state == WiderView.State.ASKED
    assert view.answer_by - view.asked_at == ANSWER_FOR == timedelta(minutes=5)
    (facts,) = facts_of(Event.WIDER_ASKED)
    assert facts == {"view": str(view.pk), "claim": str(claim.pk), "tier": 2, "reason": "welfare"}
    assert not Entry.objects.filter(body__contains="bruise").exists()


def test_asking_makes_no_picture(claim: Claim) -> None:
    request(claim)
    assert not CaseKey.objects.filter(purpose=Purpose.WIDER).exists()
    assert not claim.item.case.media.filter(kind="wider").exists()


def test_a_reviewer_asks_for_face_and_neck_and_a_senior_alone_for_the_frame() -> None:
    claim = a_claim(a_person(Role.REVIEWER), a_programme_with_wider_views())
    denied = refusal(claim, tier="2")
    assert (denied.reason, last_refusal()) == ("senior_needed", "senior_needed")
    assert request(claim).tier == Tier.FACE_AND_NECK


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"tier": "0"}, "tier"),
        ({"tier": "3"}, "tier"),
        ({"tier": ""}, "tier"),
        ({"reason": "curious"}, "reason"),
        ({"reason": ""}, "reason"),
        ({"sentence": ""}, "sentence"),
        ({"sentence": "a bruise?"}, "sentence"),
        ({"sentence": " " * 40}, "sentence"),
        ({"sentence": "word " * 61}, "sentence"),
        ({"sentence": WORDS + "\x00"}, "sentence"),
        ({"sentence": WORDS + "\u202e"}, "sentence"),
        ({"sentence": WORDS + "\u200b"}, "sentence"),
        ({"sentence": "\u200b" * 40}, "sentence"),
        ({"sentence": WORDS + "\ue000"}, "sentence"),
    ],
)
def test_what_is_missing_or_cannot_be_seen_is_named(claim: Claim, change: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidRequest) as invalid:
        request(claim, **change)
    assert list(invalid.value.problems) == [field]
    assert not WiderView.objects.exists()


def test_a_sentence_in_any_script_is_taken_on_one_line(claim: Claim) -> None:
    view = request(claim, sentence="  下巴下面可能有\n瘀伤，需要看清楚。 ")
    assert view.sentence == "下巴下面可能有 瘀伤，需要看清楚。"


def test_one_request_at_a_time(claim: Claim) -> None:
    request(claim)
    with pytest.raises(Refused) as refused:
        request(claim, tier="2")
    assert refused.value.ruling.reason == last_refusal() == "asked_already"
    assert WiderView.objects.count() == 1


def test_after_one_has_ended_another_may_be_asked(claim: Claim) -> None:
    first = request(claim)
    WiderView.objects.update(answer_by=timezone.now())
    second = request(claim)
    first.refresh_from_db()
    assert (first.end, second.state) == (WiderView.End.UNANSWERED, WiderView.State.ASKED)


def test_a_new_request_ends_what_an_earlier_claim_on_the_case_left_open(senior: User) -> None:
    """Else the sweeper, coming late, would destroy the new request's picture with the old request."""
    earlier = an_asked_view(asker=senior)
    claims.release(earlier.claim_id, senior)
    claim = queue.take_next(a_person(Role.SENIOR_REVIEWER))
    assert claim is not None
    later = request(claim)
    earlier.refresh_from_db()
    assert later.claim.item_id == earlier.claim.item_id
    assert (earlier.end, later.state) == (WiderView.End.CLAIM_ENDED, WiderView.State.ASKED)
    assert endings.end_overdue() == 0


def test_a_foreign_claim_and_one_that_ended_take_no_request(claim: Claim, senior: User) -> None:
    with pytest.raises(NoSuchClaim):
        request(claim, reviewer=a_person(Role.SENIOR_REVIEWER))
    claims.release(claim.pk, senior)
    with pytest.raises(ClaimEnded):
        request(claim)
    assert not WiderView.objects.exists()


@pytest.mark.parametrize("tier", ["1", "2"])
def test_a_programme_that_allows_none_is_asked_for_none(senior: User, tier: str) -> None:
    denied = refusal(a_claim(senior), tier=tier)
    assert (denied.reason, last_refusal()) == ("tier_off", "tier_off")
    assert denied.sentence == "This programme does not allow it."


def test_a_programme_may_allow_the_neck_alone(senior: User) -> None:
    claim = a_claim(senior, a_programme_with_wider_views(frame=False))
    assert refusal(claim, tier="2").reason == "tier_off"
    assert request(claim, tier="1")


def test_the_switch_counts_at_the_moment_of_asking(claim: Claim) -> None:
    change_review(OPERATOR, claim.item.case.programme, ReviewSettings())
    assert refusal(claim).reason == "tier_off"


def captured(claim: Claim, region: str) -> Claim:
    """The same case as if the capture page had filmed it."""
    programme = a_capture_programme(capture_region=region)
    change_review(OPERATOR, programme, replace(ReviewSettings(), wider_neck=True, wider_frame=True))
    Case.objects.filter(pk=claim.item_id).update(
        captured_by=CapturedBy.CAPTURE_PAGE, programme=programme, notice_version=consents.notice_version(programme)
    )
    return Claim.objects.get(pk=claim.pk)


@pytest.mark.parametrize("tier", ["1", "2"])
def test_a_capture_of_the_face_holds_nothing_wider(claim: Claim, tier: str) -> None:
    denied = refusal(captured(claim, Programme.Region.FACE), tier=tier)
    assert denied.reason == "nothing_wider"
    assert denied.sentence == "This capture holds only the face: there is nothing wider to see."


def test_a_capture_of_face_and_neck_holds_nothing_wider_than_that(claim: Claim) -> None:
    claim = captured(claim, Programme.Region.FACE_AND_NECK)
    denied = refusal(claim, tier="2")
    assert denied.reason == "nothing_wider"
    assert denied.sentence == "This capture holds face and neck, and nothing wider."
    assert request(claim, tier="1")


def test_a_person_is_shown_no_wider_than_the_notice_that_they_read_said(claim: Claim) -> None:
    """Whoever was filmed before the programme allowed wider views was told of a look at their face alone."""
    claim = captured(claim, Programme.Region.FACE_AND_NECK)
    change_settings(
        OPERATOR, claim.item.case.programme, replace(CaptureSettings.of(claim.item.case.programme), contact="Others.")
    )
    assert refusal(claim).reason == "not_told"


def test_without_consent_to_a_human_look_there_is_no_wider_one(claim: Claim) -> None:
    Case.objects.update(scopes=["compare", "transmit"])
    claim.refresh_from_db()
    assert refusal(claim).reason == "no_human_view"


def test_the_page_learns_by_the_same_rule(senior: User) -> None:
    said = rulings(a_claim(senior, a_programme_with_wider_views(frame=False)))
    assert bool(said[Tier.FACE_AND_NECK])
    frame = said[Tier.FRAME]
    assert isinstance(frame, Denied)
    assert frame.reason == "tier_off"


@pytest.mark.parametrize("role", [Role.RISK_OFFICER, Role.ADMINISTRATOR])
def test_whoever_reviews_no_case_asks_for_nothing(role: Role) -> None:
    everything = Viewable(human_view=True, told=True, holds=frozenset(Tier), allowed=frozenset(Tier))
    person = facts_about(a_person(role))
    assert not any(may_ask(person, tier, everything) for tier in Tier)
