"""How people judge, for whoever answers for them: sums with bounds, agreement of two, and nobody by name."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import a_case_in_review, a_person, settled, vote
from tests.known.answering import (
    ACCEPT,
    REFUSE,
    UNSURE,
    a_programme_of_two,
    an_answered_case,
    claim_on,
    many_answered,
)
from tests.known.stocked import a_pair
from verification.access.roles import Role
from verification.known.results import Measured, Tally
from verification.policy.agreement import NOT_ENOUGH, wilson
from verification.reports.judgement import agreement, judgement
from verification.reports.window import Span, Window
from verification.review.models import ReviewItem

from .days import a_window, count_everything

pytestmark = pytest.mark.django_db


def two_blind_votes(first: tuple[str, str], second: tuple[str, str]) -> None:
    case = a_case_in_review(a_programme_of_two())
    for answer in (first, second):
        vote(claim_on(case), *answer)
        settled()
    # Where the two differ a senior would be asked, who has no part here.
    ReviewItem.objects.filter(case=case).update(state=ReviewItem.State.DONE)


def test_errors_are_pooled_over_everybody() -> None:
    for _ in range(2):
        many_answered(a_person(Role.REVIEWER), {REFUSE: 28, ACCEPT: 1, UNSURE: 2}, same=False)
    found = judgement(a_window())
    assert found.results.impostors == Tally(right=56, wrong=2, untold=4)
    assert found.results.impostors.rate == wilson(2, 58)
    assert found.measured == Measured(enough=0, not_enough=2)


def test_agreement_is_of_the_first_two_blind_votes_on_a_case() -> None:
    for _ in range(3):
        two_blind_votes(ACCEPT, ACCEPT)
    for _ in range(2):
        two_blind_votes(REFUSE, REFUSE)
    # The same person but nobody alive, or another person: both refuse.
    two_blind_votes(REFUSE, ("same", "not_live"))
    two_blind_votes(ACCEPT, REFUSE)
    found = agreement(a_window())
    assert (found.pairs, found.alike) == (7, 6)
    assert found.kappa is not None
    # By hand: 6/7 agree; chance is (4·3 + 3·4) / 49 of accepting and refusing.
    assert found.kappa.value == pytest.approx((6 / 7 - 24 / 49) / (1 - 24 / 49))
    assert found.ac1 is not None
    assert found.ac1.value == pytest.approx((6 / 7 - 0.25) / (1 - 0.25))


def test_a_case_with_one_vote_a_senior_s_word_and_another_period_count_in_no_pair() -> None:
    vote(claim_on(a_case_in_review()))
    settled()
    two_blind_votes(ACCEPT, ACCEPT)
    now = timezone.now()
    before = Window(Span.CUSTOM, now - timedelta(days=9), now - timedelta(days=8))
    assert agreement(before).pairs == 0
    assert agreement(a_window()).pairs == 1


@pytest.fixture
def officer(client: Client) -> Client:
    client.force_login(a_person(Role.RISK_OFFICER))
    return client


def page(officer: Client) -> str:
    return " ".join(officer.get(reverse("reports")).content.decode().split())


def test_the_report_shows_rates_with_bounds_and_names_nobody(officer: Client) -> None:
    reviewer = a_person(Role.REVIEWER)
    many_answered(reviewer, {REFUSE: NOT_ENOUGH - 1, ACCEPT: 1}, same=False)
    an_answered_case(reviewer)
    two_blind_votes(ACCEPT, ACCEPT)
    count_everything()
    shown = page(officer)
    section = shown[shown.index('id="judgement-title"') : shown.index('id="refused-title"')]
    assert "<strong>1.9%</strong>" in section
    assert "0.3% to 9.9%" in section
    assert "Not enough yet" in section
    assert "1 of 1 <span" in section
    assert "1 of 1 cases alike" in section
    assert str(reviewer) not in section
    assert str(reviewer.pk) not in section


def test_an_empty_report_says_why(officer: Client) -> None:
    shown = page(officer)
    assert "No known case was answered in this period" in shown
    assert "manage.py known_cases import" in shown
    assert "No case had two blind reviewers in this period" in shown
    a_pair()
    assert "They follow real cases into the queue now and then." in page(officer)
