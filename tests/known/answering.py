"""Reviewers who answer known cases."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from tests.factories import a_person, a_programme, settled, vote
from verification.access.models import User
from verification.access.roles import Role
from verification.audit.events import OPERATOR
from verification.cases.models import Case, Programme
from verification.cases.review_settings import ReviewSettings, change_review
from verification.known.models import KnownCase, KnownPair
from verification.review import queue
from verification.review.models import Claim, ReviewItem, Vote

from .stocked import a_known_case_in_review, a_pair

ACCEPT, REFUSE, UNSURE = ("same", "live"), ("different", "live"), ("same", "cannot_tell")


def claim_on(case: Case, reviewer: User | None = None) -> Claim:
    """The next case, which must be this one."""
    claim = queue.take_next(reviewer or a_person(Role.REVIEWER))
    assert claim is not None
    assert claim.item_id == case.pk
    return claim


def an_answered_case(
    reviewer: User, answer: tuple[str, str] = ACCEPT, *, same: bool = True, live: bool = True, counts: bool = True
) -> Vote:
    """A known case that this reviewer has answered."""
    given = vote(claim_on(a_known_case_in_review(same=same, live=live), reviewer), *answer)
    if counts:
        settled()
    given.refresh_from_db()
    return given


def a_programme_of_two() -> Programme:
    programme = a_programme()
    change_review(OPERATOR, programme, replace(ReviewSettings.of(programme), reviewers=2))
    return programme


@transaction.atomic
def many_answered(reviewer: User, answers: dict[tuple[str, str], int], *, same: bool = True, live: bool = True) -> None:
    """Hundreds of answered known cases as rows: the real verbs would take minutes, and are tried by other tests."""
    pair, programme, now = a_pair(same=same, live=live), a_programme(), timezone.now()
    KnownPair.objects.filter(pk=pair.pk).update(used=1, last_used_at=now)
    for answer, times in answers.items():
        cases = Case.objects.bulk_create(
            Case(programme=programme, kind="enrolment", known=True, live_images=1, status="decided")
            for _ in range(times)
        )
        KnownCase.objects.bulk_create(KnownCase(case=case, pair=pair, same=same, live=live) for case in cases)
        ReviewItem.objects.bulk_create(ReviewItem(case=case, state="done") for case in cases)
        claims = Claim.objects.bulk_create(
            Claim(item_id=case.pk, reviewer=reviewer, fence=1, ends_at=now, ended_at=now, end="decided")
            for case in cases
        )
        Vote.objects.bulk_create(
            Vote(
                case_id=claim.item_id, claim=claim, reviewer=reviewer, same_person=answer[0], alive=answer[1],
                reasons=["features_agree"], state="counted", seconds=30,
            )
            for claim in claims
        )  # fmt: skip
