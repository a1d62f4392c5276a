"""Nobody looks at more faces within an hour than the budget allows, by whatever door."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import a_case_in_review, a_claim, a_person
from verification.access.assignment import Refused
from verification.access.models import User
from verification.access.roles import Role
from verification.audit.events import Event
from verification.audit.models import Entry
from verification.review import claims, grants, queue
from verification.review.models import Claim
from verification.review.rendering import CROP_LIVE, CROP_REFERENCE

pytestmark = pytest.mark.django_db
BOTH = (CROP_LIVE, CROP_REFERENCE)


@pytest.fixture(autouse=True)
def _two_looks_an_hour(settings: Any) -> None:
    settings.LOOKS_PER_REVIEWER_HOUR = 2


def tickets(claim: Claim) -> list[str]:
    return list(grants.mint_tickets(claim.pk, claim.reviewer, "session", BOTH).values())


def look(token: str, reviewer: User) -> None:
    grants.redeem(token, session_key="session", reviewer=reviewer)


def looked(reviewer: User) -> Claim:
    """A claim whose two pictures were looked at."""
    claim = a_claim(reviewer)
    for token in tickets(claim):
        look(token, reviewer)
    return claim


def spent() -> int:
    return Entry.objects.filter(event=Event.BUDGET_SPENT).count()


@pytest.fixture
def reviewer() -> User:
    return a_person(Role.REVIEWER)


def test_whoever_has_spent_the_budget_takes_nothing_until_it_opens_again(reviewer: User) -> None:
    claims.release(looked(reviewer).pk, reviewer)
    with pytest.raises(Refused, match="You can look again in 60 min"):
        queue.take_next(reviewer)
    assert queue.take_next(a_person(Role.REVIEWER)) is not None
    a_case_in_review()
    with time_machine.travel(timezone.now() + timedelta(hours=1, seconds=1)):
        assert queue.take_next(reviewer) is not None


def test_it_is_in_the_log_once_an_hour(reviewer: User) -> None:
    claims.release(looked(reviewer).pk, reviewer)
    for _ in range(3):
        with pytest.raises(Refused):
            queue.take_next(reviewer)
    assert spent() == 1


def test_a_case_in_hand_is_gone_back_to_but_not_looked_at_anew(reviewer: User) -> None:
    claim = looked(reviewer)
    assert queue.take_next(reviewer) == claim
    with pytest.raises(grants.LookRefused) as refused:
        tickets(claim)
    assert refused.value.reason == "budget_spent"
    assert spent() == 1


def test_a_case_that_was_begun_is_seen_to_its_end_and_a_hoard_of_tickets_is_not(reviewer: User) -> None:
    claim = a_claim(reviewer)
    hoard = [token for _ in range(3) for token in tickets(claim)]
    for token in hoard[:4]:
        look(token, reviewer)
    with pytest.raises(grants.LookRefused) as refused:
        look(hoard[4], reviewer)
    assert refused.value.reason == "budget_spent"
    assert Entry.objects.filter(event=Event.CROP_VIEWED).count() == 4


def test_looks_of_others_cost_nothing(reviewer: User) -> None:
    looked(a_person(Role.REVIEWER))
    assert a_claim(reviewer) is not None


def test_the_pages_say_why(client: Client, reviewer: User) -> None:
    client.force_login(reviewer)
    claim = looked(reviewer)
    answer = client.post(reverse("case-tickets", args=[claim.pk]), {"media": BOTH})
    assert (answer.status_code, answer.json()["reason"]) == (403, "budget_spent")
    claims.release(claim.pk, reviewer)
    page = client.post("/review/take", follow=True)
    assert "You can look again in 60 min." in page.content.decode()
