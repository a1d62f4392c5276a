"""Refusals at the door: the same words for every cause, a lock that says when it opens, and no name in any log."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from tests.factories import a_person
from verification.access.models import User
from verification.access.roles import Role
from verification.audit.models import Entry

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


WRONG = "not the password"


def attempt(client: Client, username: str, password: str = WRONG) -> Any:
    return client.post("/login", {"username": username, "password": password})


def words(response: Any, username: str) -> str:
    """The page without what differs by its nature: the name that was typed and the token of the form."""
    page = response.content.decode().replace(username, "")
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page)


@pytest.fixture
def reviewer() -> User:
    return a_person(Role.REVIEWER)


def test_an_unknown_name_and_a_wrong_password_get_the_same_answer(client: Client, reviewer: User) -> None:
    wrong, unknown = attempt(client, reviewer.username), attempt(Client(), "nobody-here")
    assert wrong.status_code == unknown.status_code == 422
    assert words(wrong, reviewer.username) == words(unknown, "nobody-here")


def test_five_failures_lock_the_door_and_the_page_says_until_when(client: Client, reviewer: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        statuses = [attempt(client, reviewer.username).status_code for _ in range(5)]
        assert statuses == [422, 422, 422, 422, 429]
        locked = attempt(client, reviewer.username, reviewer.shown_password)  # type: ignore[attr-defined]
        assert locked.status_code == 429
        assert "Try again in 15 minutes" in locked.content.decode()
        assert "12:15 UTC" in locked.content.decode()
        clock.shift(timedelta(minutes=15, seconds=1))
        assert attempt(client, reviewer.username, reviewer.shown_password).status_code == 302  # type: ignore[attr-defined]


def test_a_name_that_does_not_exist_is_locked_too(client: Client) -> None:
    assert [attempt(client, "nobody-here").status_code for _ in range(5)][-1] == 429


def test_refusals_are_recorded_without_the_name_that_was_typed(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        for _ in range(6):
            attempt(client, "a-name-or-a-password")
    reasons = [entry.body for entry in Entry.objects.filter(event="session:refused").order_by("id")]
    assert len(reasons) == 6
    assert '"reason":"wrong_credentials"' in reasons[0]
    assert '"reason":"locked_out"' in reasons[-1]
    assert "a-name-or-a-password" not in "".join(reasons)
    assert "a-name-or-a-password" not in caplog.text


def test_after_signing_in_the_way_leads_on_within_the_site_only(client: Client, reviewer: User) -> None:
    fields = {"username": reviewer.username, "password": reviewer.shown_password}  # type: ignore[attr-defined]
    assert client.post("/login", fields | {"next": "/account/password"})["Location"] == "/account/password"
    client.post("/logout")
    assert client.post("/login", fields | {"next": "https://elsewhere.example/"})["Location"] == "/"


def test_a_form_without_the_sessions_token_changes_nothing(reviewer: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(reviewer)
    response = client.post("/review/take")
    assert response.status_code == 403
    assert "This page was too old to be sent" in response.content.decode()
    assert client.post("/logout").status_code == 403


def test_a_page_of_a_session_that_has_ended_says_so(reviewer: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(reviewer)
    client.logout()
    answer = client.post("/review/take", headers={"Accept": "application/json"})
    assert answer.json()["sentence"] == "You are signed out, so nothing can be sent from this page."
    assert "too old to be sent" in client.post("/login", {"username": "x", "password": "y"}).content.decode()


def test_each_role_is_led_to_its_first_screen() -> None:
    first = {Role.REVIEWER: "/review", Role.RISK_OFFICER: "/reports", Role.ADMINISTRATOR: "/people"}
    for role, address in first.items():
        client = Client()
        client.force_login(a_person(role))
        assert client.get("/")["Location"] == address


def test_a_person_without_a_role_is_told_what_will_be_here(client: Client) -> None:
    client.force_login(a_person())
    assert "You have no role yet" in client.get("/").content.decode()
