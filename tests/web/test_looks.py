"""The one door to pixels, tried by the wrong people, the wrong session and the wrong time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import a_claim, a_person
from verification.access.assignment import take_role
from verification.access.models import User
from verification.access.roles import Role
from verification.audit.models import Entry
from verification.review.models import Claim

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def reviewer() -> User:
    return a_person(Role.REVIEWER)


@pytest.fixture
def claim(reviewer: User) -> Claim:
    return a_claim(reviewer)


@pytest.fixture
def desk(reviewer: User) -> Client:
    return signed_in(reviewer)


def a_ticket(client: Client, claim: Claim) -> str:
    return str(
        client.post(reverse("case-tickets", args=[claim.pk]), {"media": "crop-live"}).json()["tickets"]["crop-live"]
    )


def look(client: Client, ticket: str) -> Any:
    return client.post(reverse("review-look"), {"ticket": ticket})


def views() -> int:
    return Entry.objects.filter(event="crop:viewed").count()


def test_a_look_is_a_marked_picture_that_nobody_keeps(desk: Client, claim: Claim) -> None:
    response = look(desk, a_ticket(desk, claim))
    assert (response["Content-Type"], response.content[8:12]) == ("image/webp", b"WEBP")
    assert response["Cache-Control"] == "no-store"
    assert views() == 1


def test_a_ticket_is_good_once(desk: Client, claim: Claim) -> None:
    ticket = a_ticket(desk, claim)
    look(desk, ticket)
    again = look(desk, ticket)
    assert (again.status_code, again.json()["reason"]) == (403, "ticket_used")
    assert views() == 1


@pytest.mark.parametrize("role", [*Role, None])
def test_nobody_else_can_use_a_ticket_whatever_their_role(desk: Client, claim: Claim, role: Role | None) -> None:
    ticket = a_ticket(desk, claim)
    response = look(signed_in(a_person(*([role] if role else []))), ticket)
    assert response.status_code == 403
    assert views() == 0


def test_a_ticket_is_worth_nothing_in_another_session_of_the_same_person(
    desk: Client, claim: Claim, reviewer: User
) -> None:
    response = look(signed_in(reviewer), a_ticket(desk, claim))
    assert (response.status_code, response.json()["reason"]) == (403, "ticket_unknown")
    assert views() == 0


@pytest.mark.parametrize("change", ["", "x", "é", "\x00", "A" * 5000])
def test_a_ticket_that_was_tampered_with_opens_nothing(desk: Client, claim: Claim, change: str) -> None:
    ticket = a_ticket(desk, claim)
    response = look(desk, change + ticket[1:] if change else "")
    assert (response.status_code, response.json()["reason"]) == (403, "ticket_unknown")
    assert views() == 0


def test_a_ticket_in_the_address_opens_nothing(desk: Client, claim: Claim) -> None:
    assert desk.get(reverse("review-look"), {"ticket": a_ticket(desk, claim)}).status_code == 405
    assert desk.post(f"{reverse('review-look')}?ticket={a_ticket(desk, claim)}").status_code == 403
    assert views() == 0


def test_a_ticket_is_worth_nothing_once_the_role_is_taken(desk: Client, claim: Claim, reviewer: User) -> None:
    ticket = a_ticket(desk, claim)
    take_role(a_person(Role.ADMINISTRATOR), reviewer, Role.REVIEWER)
    assert look(desk, ticket).status_code == 403
    assert views() == 0


def test_a_ticket_is_worth_nothing_once_the_claim_is_over(desk: Client, claim: Claim) -> None:
    ticket = a_ticket(desk, claim)
    Claim.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    assert look(desk, ticket).json()["reason"] == "claim_ended"
    assert desk.post(reverse("case-tickets", args=[claim.pk])).status_code == 410
    assert views() == 0
