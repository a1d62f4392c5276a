"""Nobody sent a known case: relying parties see none, reports count none among the real ones, its media dies alike."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from tests.api.relying_party import CASES, RelyingParty, a_relying_party
from tests.factories import a_person
from tests.reports.days import a_window
from verification.access.roles import Role
from verification.audit.events import OPERATOR
from verification.cases.models import Case
from verification.cases.states import CaseStatus, Outcome
from verification.known.models import KnownCase
from verification.management.commands.prepare import counts
from verification.reports import cases, times
from verification.retention import due, schedule
from verification.retention.erase import erase_case
from verification.review import queue
from verification.review.decisions import decide
from verification.review.models import Claim

from .stocked import a_followed_case, a_known_case_in_review, a_pair, follow

pytestmark = pytest.mark.django_db


@pytest.fixture
def party() -> RelyingParty:
    return a_relying_party()


def test_a_relying_party_finds_no_known_case_in_its_list(party: RelyingParty) -> None:
    known = a_known_case_in_review(party.programme)
    real = a_followed_case(party.programme)
    for query in ("", "?status=in_review"):
        listed = {found["id"] for found in party.get(f"{CASES}{query}").json()["cases"]}
        assert str(real.pk) in listed
        assert str(known.pk) not in listed


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE"])
def test_a_known_case_looks_like_one_that_never_was(party: RelyingParty, method: str) -> None:
    known = a_known_case_in_review(party.programme)
    there, never = (party.send(method, f"{CASES}/{case_id}") for case_id in (known.pk, uuid4()))
    assert there.status_code == never.status_code == 404
    assert there.content == never.content
    known.refresh_from_db()
    assert known.status == CaseStatus.IN_REVIEW


def figures() -> tuple[Any, ...]:
    window = a_window()
    spans = times.machine(window), times.waits(window), times.handling(window)
    return cases.ends(cases.moves(window)), cases.standing(window), spans, times.waiting_now(window).cases


def test_reports_count_no_known_case_among_the_real_ones() -> None:
    real = a_followed_case()
    claim_of(queue.take_next(a_person(Role.REVIEWER)), real)
    before = figures()
    for end in ("answered", "erased", "waiting"):
        known = a_known_case_in_review(after=real)
        Case.objects.filter(pk=known.pk).update(settled_at=timezone.now())
        if end == "answered":
            claim = claim_of(queue.take_next(a_person(Role.REVIEWER)), known)
            decide(
                claim.pk, claim.reviewer, same_person="same", alive="live", confidence="4", reasons=["features_agree"]
            )
        if end == "erased":
            erase_case(known.pk, actor=OPERATOR)
    assert figures() == before


def claim_of(claim: Claim | None, case: Case) -> Claim:
    assert claim is not None
    assert claim.item_id == case.pk
    return claim


def test_a_known_case_that_nobody_answers_ends_like_any_other() -> None:
    known = a_known_case_in_review()
    with time_machine.travel(timezone.now() + schedule.OPEN_CASE + timedelta(minutes=1)):
        due.expire_open_cases()
    known.refresh_from_db()
    assert (known.status, known.outcome) == (CaseStatus.UNRESOLVED, Outcome.UNRESOLVED)
    assert not known.media_keys.filter(wrapped__isnull=False).exists()


def test_the_summary_of_a_demo_counts_the_images_that_were_sent() -> None:
    a_followed_case()
    before = counts()
    a_pair()
    follow(a_followed_case())
    assert counts()["images_stored"] == 2 * before["images_stored"]


def test_an_erased_known_case_keeps_its_answer_and_nothing_about_anybody() -> None:
    known = a_known_case_in_review()
    erase_case(known.pk, actor=OPERATOR)
    assert KnownCase.objects.filter(case=known).exists()
    assert not known.votes.exists()
