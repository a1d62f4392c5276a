"""Every wider view that was seen had the leave it needed, by the log, or it is counted as one that had not."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from tests.factories import a_person, a_ready_view, an_asked_view
from verification.access.roles import Role
from verification.audit import log
from verification.audit.events import Actor, Event
from verification.reports import looks, overview, refusals, wider
from verification.wider import endings, rules
from verification.wider import models as enforced
from verification.wider.answers import answer
from verification.wider.looks import mint_ticket, redeem
from verification.wider.models import WiderView

from .days import a_window

pytestmark = pytest.mark.django_db


def seen(tier: enforced.Tier = enforced.Tier.FACE_AND_NECK) -> WiderView:
    view = a_ready_view(tier)
    redeem(mint_ticket(view.pk, view.asked_by, "session"), session_key="session", asker=view.asked_by)
    return view


def sentences() -> list[str]:
    return [sentence.text for sentence in overview.overview(a_window()).sentences]


def test_the_report_knows_the_tiers_that_are_enforced() -> None:
    assert {tier.value: tier.label for tier in enforced.Tier} == wider.TIERS
    assert {tier.value: people for tier, people in rules.APPROVERS.items()} == wider.MUST_AGREE


def test_each_tier_is_counted_from_asking_to_seeing() -> None:
    seen()
    seen(enforced.Tier.FRAME)
    answer(an_asked_view().pk, a_person(Role.RISK_OFFICER), approves=False, ring=print)
    an_asked_view()
    WiderView.objects.filter(state="asked").update(answer_by=timezone.now())
    endings.end_overdue()
    found = wider.wider(a_window())
    assert found.tiers == [wider.Tier(1, 3, 1, 1, 1, 1), wider.Tier(2, 1, 1, 1, 0, 0)]
    assert found
    assert "2 wider views were seen, each by the leave of others." in sentences()


def test_a_wider_view_is_a_look_that_its_claim_explains() -> None:
    view = seen()
    assert looks.account(a_window(), looks.by_reviewer(a_window())) == looks.Account(looks=1, unexplained=0, silent=0)
    assert [line.looks for line in looks.by_reviewer(a_window()) if line.person == str(view.asked_by_id)] == [1]


def forged(seen: WiderView, actor: Actor, **changes: object) -> None:
    facts = {
        "view": str(seen.pk), "claim": str(seen.claim_id), "tier": seen.tier, "reason": seen.reason, "approvers": [],
    } | changes  # fmt: skip
    with transaction.atomic():
        log.record(Event.WIDER_VIEWED, actor=actor, case_id=seen.claim.item_id, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize("tier", list(enforced.Tier))
def test_one_that_was_seen_before_enough_had_agreed_is_found(tier: enforced.Tier) -> None:
    view = an_asked_view(tier)
    if tier is enforced.Tier.FRAME:
        answer(view.pk, a_person(Role.RISK_OFFICER), approves=True, ring=print)
    forged(view, Actor.person(view.asked_by_id))
    found = wider.wider(a_window())
    assert (found.without_leave, bool(found)) == (1, False)
    assert "1 wider view was seen without the leave of others." in sentences()


def test_a_yes_to_another_request_is_no_leave_and_neither_is_one_s_own_or_a_later_one() -> None:
    view = a_ready_view()
    approver = view.answers.get().approver_id
    forged(view, Actor.person(view.asked_by_id), view=str(uuid4()))
    forged(view, Actor.person(approver))
    late = an_asked_view()
    forged(late, Actor.person(late.asked_by_id))
    answer(late.pk, a_person(Role.RISK_OFFICER), approves=True, ring=print)
    assert wider.wider(a_window()).without_leave == 3


def test_a_tier_that_nobody_knows_never_has_leave() -> None:
    view = a_ready_view()
    forged(view, Actor.person(view.asked_by_id), tier=3)
    assert wider.wider(a_window()).without_leave == 1


def test_another_programme_s_views_are_not_counted() -> None:
    view = seen()
    assert wider.wider(a_window(view.claim.item.case.programme_id)).seen == 1
    assert wider.wider(a_window(uuid4())).seen == 0


def test_refused_attempts_are_counted_by_reason() -> None:
    view = an_asked_view()
    with pytest.raises(Exception, match="Nobody answers their own request"):
        answer(view.pk, view.asked_by, approves=True, ring=print)
    assert ("wider:refused", "own_request", 1) in [
        (line.event, line.reason, line.times) for line in refusals.refusals(a_window())
    ]


def test_a_day_without_any_says_nothing_of_them() -> None:
    assert not [sentence for sentence in sentences() if "wider" in sentence]
