"""A reviewer reads their own results and nobody else's, and learns the answer of a known case after their vote."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import a_person, settled, vote
from tests.known.answering import ACCEPT, REFUSE, UNSURE, an_answered_case, claim_on, many_answered
from tests.known.stocked import a_followed_case, a_known_case_in_review
from verification.access.models import User
from verification.access.roles import Role
from verification.policy.agreement import NOT_ENOUGH

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer() -> User:
    return a_person(Role.REVIEWER)


def page(person: User, address: str = "") -> str:
    client = Client()
    client.force_login(person)
    return " ".join(client.get(address or reverse("review-mine")).content.decode().split())


def test_before_the_first_known_case_the_page_says_how_it_begins(reviewer: User, settings: Any) -> None:
    assert "No known case yet" in page(reviewer)
    settings.KNOWN_CASE_SHARE = 0.0
    assert "Known cases are switched off here" in page(reviewer)


def test_too_few_answers_give_counts_and_no_rate(reviewer: User) -> None:
    an_answered_case(reviewer, ACCEPT, same=False)
    shown = page(reviewer)
    assert shown.count("Not enough yet") == 2
    assert f"1 answered, 1 of them wrongly accepted. A rate is told from {NOT_ENOUGH} on: 52 more." in shown
    assert "interval" not in shown.replace("interval-", "")


def test_enough_answers_give_a_rate_between_its_bounds(reviewer: User) -> None:
    many_answered(reviewer, {REFUSE: 57, ACCEPT: 3, UNSURE: 4}, same=False)
    shown = page(reviewer)
    assert "<strong>5.0%</strong> wrongly accepted" in shown
    assert "3 of the 60 that you answered. Your true rate lies between 1.7% and 13.7% (95 % bounds)." in shown
    assert "“Cannot tell” to 4 of 64" in shown
    assert 'aria-label="Wrongly accepted: 5.0%, between 1.7% and 13.7%"' in shown
    # Drawn on a scale to 25 %, the next that holds the upper bound.
    assert "<span>0%</span><span>25%</span>" in shown


def test_the_latest_known_cases_say_what_was_right(reviewer: User) -> None:
    given = [
        an_answered_case(reviewer, ACCEPT),
        an_answered_case(reviewer, ACCEPT, live=False),
        an_answered_case(reviewer, UNSURE, same=False),
    ]
    shown = page(reviewer)
    latest = shown[shown.index('id="latest"') :]
    for tag in ("Right", "Wrong", "Cannot tell"):
        assert f">{tag}</span>" in latest
    for one in given:
        assert one.case.code in latest
    assert "no living person in front of a camera; it shows the same person." in latest
    assert "<canvas" not in shown
    assert "<img" not in shown


def test_nobody_reads_another_s_results(reviewer: User) -> None:
    given = an_answered_case(reviewer, ACCEPT, same=False)
    other = page(a_person(Role.SENIOR_REVIEWER))
    assert given.case.code not in other
    assert "No known case yet" in other


@pytest.mark.parametrize("role", [Role.RISK_OFFICER, Role.ADMINISTRATOR])
def test_those_who_do_not_review_have_no_such_page(role: Role) -> None:
    assert "Your role does not include this." in page(a_person(role))


def test_the_findings_of_a_known_case_say_so_once_the_vote_counts(reviewer: User) -> None:
    claim = claim_on(a_known_case_in_review(same=False), reviewer)
    vote(claim, *ACCEPT)
    address = reverse("case-findings", args=[claim.pk])
    assert "known case" not in page(reviewer, address)
    settled()
    shown = page(reviewer, address)
    assert "This was a known case" in shown
    assert "They are two different people." in shown
    assert ">Wrong</span>" in shown


def test_the_findings_of_a_real_case_say_nothing_of_known_ones(reviewer: User) -> None:
    claim = claim_on(a_followed_case(), reviewer)
    vote(claim, *ACCEPT)
    settled()
    assert "known case" not in page(reviewer, reverse("case-findings", args=[claim.pk]))
