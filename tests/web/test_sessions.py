"""A session has an end: by sign-out, by idleness, by age, by a lost role, by a new password, by an ended access."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tests.factories import a_claim, a_person
from verification.access.assignment import take_role
from verification.access.models import User
from verification.access.people import deactivate, reset_password
from verification.access.roles import Role
from verification.audit.models import Entry

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def sign_in(client: Client, user: User, password: str | None = None) -> Any:
    fields = {"username": user.username, "password": password or user.shown_password}  # type: ignore[attr-defined]
    return client.post("/login", fields)


def is_signed_in(client: Client) -> bool:
    return client.get("/account/password").status_code == 200


def ends() -> list[str]:
    return [entry.body for entry in Entry.objects.filter(event="session:ended")]


@pytest.fixture
def reviewer() -> User:
    return a_person(Role.REVIEWER)


def test_signing_in_and_out_is_recorded_by_id_and_never_by_name(client: Client, reviewer: User) -> None:
    sign_in(client, reviewer)
    client.post("/logout")
    events = Entry.objects.filter(event__startswith="session:").order_by("id")
    assert [entry.event for entry in events] == ["session:started", "session:ended"]
    assert {entry.actor_id for entry in events} == {str(reviewer.pk)}
    assert not any(reviewer.username in entry.body for entry in events)
    assert not is_signed_in(client)


def test_signing_in_gives_a_new_session_key(client: Client, reviewer: User) -> None:
    client.get("/login")
    before = client.session.session_key
    sign_in(client, reviewer)
    assert client.session.session_key != before


def test_signing_out_by_a_link_is_impossible(client: Client, reviewer: User) -> None:
    sign_in(client, reviewer)
    assert client.get("/logout").status_code == 405
    assert is_signed_in(client)


def test_a_session_ends_after_fifteen_idle_minutes_and_not_before(client: Client, reviewer: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        sign_in(client, reviewer)
        assert is_signed_in(client)
        clock.shift(timedelta(minutes=14))
        assert is_signed_in(client)
        clock.shift(timedelta(minutes=14))
        assert is_signed_in(client)
        clock.shift(timedelta(minutes=15))
        assert not is_signed_in(client)
    assert len(ends()) == 1
    assert '"reason":"idle"' in ends()[0]


def test_a_session_ends_after_twelve_hours_whatever_happens_in_it(client: Client, reviewer: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        sign_in(client, reviewer)
        for _ in range(71):
            assert is_signed_in(client)
            clock.shift(timedelta(minutes=10))
        assert is_signed_in(client)
        clock.shift(timedelta(minutes=10))
        assert not is_signed_in(client)
    assert '"reason":"absolute"' in ends()[0]


def test_the_heartbeat_of_an_open_page_is_no_sign_of_life(client: Client, reviewer: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        claim = a_claim(reviewer)
        sign_in(client, reviewer)
        assert is_signed_in(client)
        for _ in range(15):
            clock.shift(timedelta(minutes=1))
            client.post(reverse("case-pulse", args=[claim.pk]))
        assert not is_signed_in(client)


def test_when_a_person_was_last_seen_is_noted(client: Client, reviewer: User) -> None:
    sign_in(client, reviewer)
    is_signed_in(client)
    reviewer.refresh_from_db()
    assert reviewer.last_seen_at is not None


def test_a_role_taken_away_is_gone_at_the_next_request_and_the_case_goes_back(client: Client, reviewer: User) -> None:
    claim = a_claim(reviewer)
    sign_in(client, reviewer)
    assert client.get(reverse("case", args=[claim.pk])).status_code == 200
    take_role(a_person(Role.ADMINISTRATOR), reviewer, Role.REVIEWER)
    assert client.get(reverse("case", args=[claim.pk])).status_code == 403
    assert client.post(reverse("case-pulse", args=[claim.pk])).status_code == 403
    assert client.get("/review").status_code == 403


def test_an_ended_access_ends_the_open_session(client: Client, reviewer: User) -> None:
    sign_in(client, reviewer)
    deactivate(a_person(Role.ADMINISTRATOR), reviewer)
    assert not is_signed_in(client)
    assert sign_in(client, reviewer).status_code == 422


def test_a_new_password_ends_the_open_session(client: Client, reviewer: User) -> None:
    sign_in(client, reviewer)
    password = reset_password(a_person(Role.ADMINISTRATOR), reviewer)
    assert not is_signed_in(client)
    assert sign_in(client, reviewer, password).status_code == 302


def test_changing_ones_password_keeps_this_session_and_ends_the_others(client: Client, reviewer: User) -> None:
    other = Client()
    sign_in(other, reviewer)
    sign_in(client, reviewer)
    new = "quiet otter counts seven pears"
    old = reviewer.shown_password  # type: ignore[attr-defined]
    response = client.post("/account/password", {"old_password": old, "new_password1": new, "new_password2": new})
    assert response.status_code == 302
    assert is_signed_in(client)
    assert not is_signed_in(other)
    assert Entry.objects.filter(event="password:changed").count() == 1


def test_a_weak_password_is_refused_with_its_reason(client: Client, reviewer: User) -> None:
    sign_in(client, reviewer)
    old = reviewer.shown_password  # type: ignore[attr-defined]
    response = client.post(
        "/account/password", {"old_password": old, "new_password1": "short", "new_password2": "short"}
    )
    assert response.status_code == 422
    assert "at least 12 characters" in response.content.decode()


def test_nothing_that_was_shown_may_be_kept(client: Client, reviewer: User) -> None:
    assert "no-store" in client.get("/login")["Cache-Control"]
    sign_in(client, reviewer)
    for address in ("/review", "/account/password", "/people", "/nowhere"):
        assert "no-store" in client.get(address)["Cache-Control"]
