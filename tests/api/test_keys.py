"""Closed by default: without a valid key nothing under /api/v1/ answers, save the schema."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from tests.factories import a_person
from verification.access.roles import Role
from verification.audit import attempts
from verification.audit.events import OPERATOR
from verification.audit.models import Entry
from verification.cases.programmes import revoke_key

from .relying_party import CASES, RelyingParty, assert_problem

ADDRESSES = [
    ("GET", CASES),
    ("POST", CASES),
    ("GET", f"{CASES}/00000000-0000-4000-8000-000000000000"),
    ("DELETE", f"{CASES}/00000000-0000-4000-8000-000000000000"),
    ("PUT", CASES),
    ("OPTIONS", CASES),
    ("GET", "/api/v1/"),
    ("GET", "/api/v1/elsewhere"),
]


@pytest.mark.parametrize(("method", "path"), ADDRESSES)
def test_without_a_key_every_address_asks_for_one(party: RelyingParty, method: str, path: str) -> None:
    party.key = None
    response = party.send(method, path)
    assert_problem(response, 401, "key_missing")
    assert response.headers["WWW-Authenticate"].startswith("Bearer ")


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer fvk_short",
        "Bearer fvk_" + "A" * 43,
        "Bearer " + "x" * 10_000,
        "Bearer fvk_\xff" + "A" * 42,
        "Basic dXNlcjpwYXNz",
        "nonsense",
    ],
)
def test_a_wrong_key_is_refused(party: RelyingParty, header: str) -> None:
    response = Client().get(CASES, HTTP_AUTHORIZATION=header)
    assert_problem(response, 401, "key_invalid")
    assert "WWW-Authenticate" in response.headers
    entry = Entry.objects.get(event="access:denied")
    assert (entry.actor_id, "key_invalid" in entry.body) == ("not-signed-in", True)


def test_wrong_keys_cannot_fill_the_log(party: RelyingParty) -> None:
    before = Entry.objects.count()
    with time_machine.travel(timezone.now(), tick=False):
        for _ in range(30):
            Client().get(CASES, HTTP_AUTHORIZATION="Bearer fvk_short")
    assert Entry.objects.count() - before == attempts.SINGLY


def test_a_key_with_a_letter_changed_is_refused(party: RelyingParty) -> None:
    assert party.get(CASES).status_code == 200
    assert party.key is not None
    party.key = party.key[:-1] + ("A" if party.key[-1] != "A" else "B")
    assert_problem(party.get(CASES), 401, "key_invalid")


def test_the_name_of_the_scheme_may_be_in_any_case(party: RelyingParty) -> None:
    assert Client().get(CASES, HTTP_AUTHORIZATION=f"bearer {party.key}").status_code == 200


def test_a_revoked_key_gets_the_answer_of_an_unknown_one(party: RelyingParty) -> None:
    revoke_key(OPERATOR, party.api_key)
    revoked = party.get(CASES)
    party.key = "fvk_" + "A" * 43
    unknown = party.get(CASES)
    assert_problem(revoked, 401, "key_invalid")
    assert revoked.content == unknown.content


def test_the_use_of_a_revoked_key_is_logged_as_its_own(party: RelyingParty) -> None:
    revoke_key(OPERATOR, party.api_key)
    party.get(CASES)
    entry = Entry.objects.get(event="access:denied")
    assert entry.actor_id == str(party.api_key.pk)
    assert "key_revoked" in entry.body


@pytest.mark.parametrize("role", list(Role))
def test_a_signed_in_member_of_staff_is_nobody_here(client: Client, party: RelyingParty, role: Role) -> None:
    client.force_login(a_person(role), backend="django.contrib.auth.backends.ModelBackend")
    assert_problem(client.get(CASES), 401, "key_missing")


def test_a_key_opens_no_page_of_the_console(party: RelyingParty) -> None:
    for path in ("/", "/review", "/people", "/programmes"):
        response = party.get(path)
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/login")


def test_answers_are_not_kept_by_proxies(party: RelyingParty) -> None:
    for response in (party.get(CASES), party.submit()):
        assert response.headers["Cache-Control"] == "no-store"


def test_no_answer_sets_a_cookie(party: RelyingParty) -> None:
    responses: list[Any] = [party.get(CASES), party.submit(), party.get("/api/v1/schema")]
    assert not any(response.cookies for response in responses)
