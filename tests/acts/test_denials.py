"""Whoever is turned away, by whatever it may be, leaves one entry: who, where and why, in codes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.api.relying_party import CASES, a_relying_party
from tests.crawl.visitors import undone
from tests.factories import a_bound_session, a_case_in_review, a_claim, a_person, a_session
from tests.web.capture.browser import Browser
from tests.web.test_permissions import EVERYBODY, NOBODY, TABLE, WHO, World
from verification import tasks
from verification.access.models import User
from verification.access.roles import Role
from verification.audit import attempts
from verification.audit.models import Entry
from verification.audit.pseudonyms import name_of
from verification.review import budget, claims, queue

from .site import newest

pytestmark = pytest.mark.django_db
REFUSALS = ("access:denied", "crop:refused", "decision:refused", "wider:refused", "session:refused")


@pytest.fixture(autouse=True)
def _within_one_minute() -> Iterator[None]:
    """Attempts are counted by the minute, and none of these tests is to see the next one begin."""
    with time_machine.travel(timezone.now().replace(second=1), tick=False):
        yield


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "ring", lambda _id: True)


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def refusals(after: int = 0) -> list[tuple[str, str, dict[str, Any]]]:
    """(event, actor, facts) of every refusal in the log, oldest first."""
    found = Entry.objects.filter(id__gt=after, event__in=REFUSALS).order_by("id")
    return [(entry.event, entry.actor_id, json.loads(entry.body)["facts"]) for entry in found]


def the_one(after: int = 0) -> tuple[str, str, dict[str, Any]]:
    (found,) = refusals(after)
    return found


def reason_for(name: str, who: str) -> str:
    if name.startswith("api:"):
        return "key_missing"
    return "signed_out" if who == NOBODY else "role_missing"


@pytest.mark.parametrize("who", WHO)
def test_every_address_that_is_not_theirs_leaves_one_entry(who: str) -> None:
    world = World(who)
    actor = str(world.user.pk) if world.user else "not-signed-in"
    shut = [name for name, row in TABLE.items() if who not in row.who and (who, name) != (NOBODY, "home")]
    found = {}
    for name in shut:
        with undone(world.client):
            before = newest()
            world.open(name)
            asked = [one for one in refusals(before) if one[2]["route"] == name]
            found[name] = asked
    # The API knows keys alone, whoever is signed in to the console.
    by = {name: "not-signed-in" if name.startswith("api:") else actor for name in shut}
    assert found == {
        name: [("access:denied", by[name], {"route": name, "reason": reason_for(name, who)})] for name in shut
    }


def test_coming_to_the_front_door_is_no_attempt_and_neither_is_an_address_that_is_nowhere() -> None:
    Client().get("/")
    Client().get("/wp-admin")
    signed_in(a_person()).get("/nowhere")
    assert refusals() == []


@pytest.mark.parametrize("name", ["login", "capture-notice", "api:schema"])
def test_what_is_open_to_everybody_refuses_nobody(name: str) -> None:
    assert TABLE[name].who == EVERYBODY
    invited = a_session()
    Client().get(reverse(name, args=[invited.token] if name == "capture-notice" else []))
    assert refusals() == []


def test_somebody_elses_case_and_one_that_never_was_leave_the_same_entry() -> None:
    claim, other = a_claim(), a_person(Role.REVIEWER)
    for claim_id in (claim.pk, other.pk):
        signed_in(other).get(reverse("case", args=[claim_id]))
    assert refusals() == [
        ("access:denied", str(other.pk), {"route": "case", "reason": "not_found"}) for _ in range(2)
    ]  # fmt: skip


def test_another_programmes_case_is_refused_on_the_record_of_the_key() -> None:
    case_id, party = a_case_in_review().pk, a_relying_party()
    assert party.get(f"{CASES}/{case_id}").status_code == 404
    assert the_one() == ("access:denied", str(party.api_key.pk), {"route": "api:case", "reason": "not_found"})


def test_a_form_from_elsewhere_leaves_an_entry() -> None:
    reviewer = a_person(Role.REVIEWER)
    client = Client(enforce_csrf_checks=True)
    client.force_login(reviewer)
    assert client.post("/review/take").status_code == 403
    assert the_one() == ("access:denied", str(reviewer.pk), {"route": "review-take", "reason": "foreign_form"})


@pytest.mark.parametrize(
    ("name", "reason"),
    [("person-give", "own_role"), ("person-deactivate", "own_account"), ("person-password", "own_account")],
)
def test_an_administrator_who_tries_their_own_rights_leaves_an_entry(name: str, reason: str) -> None:
    administrator = a_person(Role.ADMINISTRATOR)
    signed_in(administrator).post(reverse(name, args=[administrator.pk]), {"role": "reviewer"})
    assert the_one() == ("access:denied", str(administrator.pk), {"route": name, "reason": reason})


def test_roles_that_exclude_each_other_are_refused_on_the_record() -> None:
    person = a_person(Role.REVIEWER)
    signed_in(a_person(Role.ADMINISTRATOR)).post(
        reverse("person-give", args=[person.pk]), {"role": Role.RISK_OFFICER.value}
    )
    assert the_one()[2] == {"route": "person-give", "reason": "role_conflict"}


def test_a_case_beyond_the_budget_of_looks_is_refused_on_the_record(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "opens_again", lambda _reviewer, **_: timezone.now() + timedelta(minutes=20))
    reviewer = a_person(Role.REVIEWER)
    a_case_in_review()
    signed_in(reviewer).post(reverse("review-take"))
    assert the_one()[2] == {"route": "review-take", "reason": "budget_spent"}


def test_acting_under_a_claim_that_is_over_leaves_an_entry() -> None:
    claim = a_claim()
    claims.release(claim.pk, claim.reviewer)
    client = signed_in(claim.reviewer)
    assert client.post(reverse("case-extend", args=[claim.pk])).status_code == 410
    assert client.post(reverse("case-tickets", args=[claim.pk]), {"media": "crop-live"}).status_code == 410
    assert [facts for _, _, facts in refusals()] == [
        {"route": "case-extend", "reason": "over"}, {"route": "case-tickets", "reason": "over"},
    ]  # fmt: skip


def test_a_late_ticket_and_a_late_answer_are_refused_once_each_by_their_rooms() -> None:
    claim = a_claim()
    client = signed_in(claim.reviewer)
    ticket = client.post(reverse("case-tickets", args=[claim.pk]), {"media": "crop-live"}).json()["tickets"][
        "crop-live"
    ]
    with time_machine.travel(timezone.now() + timedelta(seconds=21)):
        assert client.post(reverse("review-look"), {"ticket": ticket}).status_code == 403
    claims.release(claim.pk, claim.reviewer)
    answer = {"same_person": "same", "alive": "live", "confidence": "4", "reasons": ["features_agree"]}
    assert client.post(reverse("case-decide", args=[claim.pk]), answer).status_code == 410
    assert [(event, facts["reason"]) for event, _, facts in refusals()] == [
        ("crop:refused", "ticket_late"), ("decision:refused", "released"),
    ]  # fmt: skip


def test_a_refused_sign_in_leaves_one_entry() -> None:
    Client().post(reverse("login"), {"username": "somebody", "password": "typed by mistake"})
    assert the_one() == ("session:refused", "not-signed-in", {"reason": "wrong_credentials"})


def test_whoever_comes_with_somebody_elses_link_leaves_an_entry_about_that_case() -> None:
    invited = a_bound_session()
    assert Client().get(f"/c/{invited.token}").status_code == 409
    assert the_one() == ("access:denied", "not-signed-in", {"route": "capture-notice", "reason": "opened_elsewhere"})
    assert Entry.objects.latest("id").case_id == name_of(invited.session.case_id)


def test_the_person_whose_time_is_over_is_refused_as_themselves() -> None:
    browser = Browser()
    browser.choose()
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        assert browser.post("/capture/challenge").status_code == 410
    assert the_one()[1:] == (
        str(name_of(browser.invited.session.case_id)), {"route": "capture-challenge", "reason": "expired"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("path", "headers", "reason"),
    [
        ("/capture/erase", {"Sec-Fetch-Site": "cross-site"}, "foreign_request"),
        ("/capture/erase", {"Sec-Fetch-Site": "same-origin"}, "no_session"),
        ("/c/no-such-token/choose", {"Sec-Fetch-Site": "same-origin"}, "unknown"),
    ],
)
def test_requests_to_the_persons_pages_that_are_not_theirs_leave_an_entry(
    path: str, headers: dict[str, str], reason: str
) -> None:
    assert Client().post(path, headers=headers).status_code in {403, 404}
    assert the_one()[2]["reason"] == reason


def test_nothing_that_was_typed_or_sent_stands_in_the_entry() -> None:
    Client().get("/c/a-secret-of-somebody")
    Client().get(CASES, headers={"Authorization": "Bearer fvk_a-secret"}, REMOTE_ADDR="203.0.113.9")
    signed_in(a_person()).get("/reports?programme=a-name")
    bodies = " ".join(Entry.objects.filter(event__in=REFUSALS).values_list("body", flat=True))
    assert len(refusals()) == 3
    assert not [word for word in ("secret", "203.0.113.9", "a-name") if word in bodies]


def test_an_insider_cannot_fill_the_log_with_refused_looks() -> None:
    client = signed_in(a_person(Role.REVIEWER))
    for _ in range(30):
        client.post(reverse("review-look"), {"ticket": "made up"})
    assert len(refusals()) == attempts.SINGLY


def test_what_is_refused_stays_refused_while_the_database_cannot_be_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*_: object, **__: object) -> bool:
        raise OperationalError("the connection is lost")

    monkeypatch.setattr(attempts, "refused", away)
    assert signed_in(a_person()).get("/people").status_code == 403
    assert "a refusal could not be recorded" in caplog.text


def test_a_page_that_asks_by_itself_after_the_end_of_its_session_cannot_fill_the_log() -> None:
    for _ in range(60):
        Client().post(reverse("live"))
    assert len(refusals()) == attempts.SINGLY
    assert queue.count_waiting() == 0
