"""Putting aside, handing over and skipping from the page of a case; and what would come next."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import a_case_for_two, a_case_in_review, a_claim, a_person, settled, vote
from verification.access.models import User
from verification.access.roles import Role
from verification.audit.events import OPERATOR
from verification.retention.erase import erase_case
from verification.review import claims, queue
from verification.review.models import Claim
from verification.web import setting_aside
from verification.web.ended import sentence_for

pytestmark = pytest.mark.django_db
FORMS = {
    "case-hold": {"reason": "need_a_break", "minutes": "10"},
    "case-hand-over": {"to": "senior"},
    "case-skip": {},
}


@pytest.fixture
def reviewer(client: Client) -> User:
    person = a_person(Role.REVIEWER)
    client.force_login(person)
    return person


def send(
    client: Client, name: str, claim: Claim, changes: dict[str, str] | None = None, *, script: bool = False
) -> Any:
    headers = {"Accept": "application/json"} if script else {}
    return client.post(reverse(name, args=[claim.pk]), FORMS[name] | (changes or {}), headers=headers)


def test_every_end_of_a_claim_has_a_sentence() -> None:
    assert all(sentence_for(end.value) for end in Claim.End)


@pytest.mark.parametrize(
    ("name", "end"), [("case-hold", "held"), ("case-hand-over", "handed_over"), ("case-skip", "skipped")]
)
def test_each_ends_the_claim_and_leads_back_to_the_queue(client: Client, reviewer: User, name: str, end: str) -> None:
    claim = a_claim(reviewer)
    response = send(client, name, claim)
    assert response["Location"] == reverse("review")
    claim.refresh_from_db()
    assert claim.end == end


@pytest.mark.parametrize("name", FORMS)
def test_a_double_click_is_answered_like_the_first(client: Client, reviewer: User, name: str) -> None:
    claim = a_claim(reviewer)
    assert [send(client, name, claim).status_code for _ in range(2)] == [302, 302]


@pytest.mark.parametrize("name", FORMS)
def test_a_claim_that_is_over_is_said_to_be(client: Client, reviewer: User, name: str) -> None:
    claim = a_claim(reviewer)
    claims.release(claim.pk, reviewer)
    response = send(client, name, claim)
    assert response.status_code == 410
    assert "You gave this case back." in response.content.decode()
    assert send(client, name, claim, script=True).json()["reason"] == "released"


@pytest.mark.parametrize("name", FORMS)
def test_a_foreign_claim_looks_like_a_missing_one(client: Client, reviewer: User, name: str) -> None:
    claim = a_claim()
    assert send(client, name, claim).status_code == 404
    assert claims.open_claim(claim.pk, claim.reviewer) == claim


@pytest.mark.parametrize(
    ("name", "changes", "sentence"),
    [
        ("case-hold", {"minutes": "45"}, "5 to 30 minutes"),
        ("case-hold", {"minutes": "ten"}, "5 to 30 minutes"),
        ("case-hold", {"minutes": "٧"}, "5 to 30 minutes"),
        ("case-hold", {"reason": ""}, "Say why"),
        ("case-hand-over", {"to": ""}, "Choose a colleague"),
        ("case-hand-over", {"to": "everybody"}, "Choose a colleague"),
    ],
)
def test_what_is_refused_leaves_the_case_where_it_is_and_says_why(
    client: Client, reviewer: User, name: str, changes: dict[str, str], sentence: str
) -> None:
    claim = a_claim(reviewer)
    refused = send(client, name, claim, changes, script=True)
    assert refused.status_code == 422
    assert sentence in refused.json()["sentence"]
    by_form = send(client, name, claim, changes)
    assert by_form["Location"] == reverse("case", args=[claim.pk])
    assert sentence in client.get(by_form["Location"]).content.decode()
    assert claims.open_claim(claim.pk, reviewer) == claim


def test_a_script_is_told_where_to_go(client: Client, reviewer: User) -> None:
    assert send(client, "case-skip", a_claim(reviewer), script=True).json() == {"next": "/review"}


def test_whoever_is_chosen_the_answer_is_the_same(client: Client, reviewer: User) -> None:
    """A colleague who voted is on the list like everybody, and choosing them looks like choosing anybody."""
    answers = []
    for voted in (True, False):
        case = a_case_for_two()
        colleague = a_person(Role.REVIEWER)
        if voted:
            first = queue.take_next(colleague)
            assert first is not None
            vote(first)
            settled()
        claim = queue.take_next(reviewer)
        assert claim is not None
        assert colleague in setting_aside.choices(claim)["colleagues"]
        response = send(client, "case-hand-over", claim, {"to": str(colleague.pk)})
        page = client.get(response["Location"])
        answers.append((response.status_code, "Handed over." in page.content.decode()))
        assert queue.take_next(reviewer) is None
        erase_case(case.pk, actor=OPERATOR)
    assert answers[0] == answers[1] == (302, True)


def test_what_was_put_aside_is_fetched_back_and_comes_next(client: Client, reviewer: User) -> None:
    claim = a_claim(reviewer)
    send(client, "case-hold", claim)
    client.post(reverse("review-fetch-back"))
    again = queue.take_next(reviewer)
    assert again is not None
    assert again.item_id == claim.item_id
    assert "Nothing of yours is put aside" in client.post("/review/fetch-back", follow=True).content.decode()


def test_a_case_to_be_looked_at_with_care_offers_five_minutes_only(reviewer: User) -> None:
    a_case_in_review(with_care=True)
    claim = queue.take_next(reviewer)
    assert claim is not None
    assert setting_aside.choices(claim)["hold_minutes"] == [5]


def test_what_comes_next_is_told_without_an_id_and_without_taking_it(client: Client, reviewer: User) -> None:
    case = a_case_in_review(with_care=True)
    answer = client.get("/review/next")
    told = answer.json()
    assert set(told["next"]) == {"kind", "programme", "with_care", "due_in_seconds"}
    assert (told["waiting"], told["next"]["with_care"]) == (1, True)
    for telling in (str(case.pk), case.code, case.subject):
        assert telling not in answer.content.decode()
    assert not Claim.objects.exists()


def test_nothing_comes_next_when_nothing_waits(client: Client, reviewer: User) -> None:
    assert client.get("/review/next").json() == {"waiting": 0, "next": None}
