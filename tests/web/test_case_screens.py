"""Deciding through the page: what is missing is said, the first write wins, a late one gets a clear answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import a_case_in_review, a_claim, a_person, settled
from verification.access.models import User
from verification.access.roles import LOOKING, Role
from verification.audit.events import OPERATOR
from verification.cases.models import Case
from verification.checks.models import StoredResult
from verification.checks.results import Band
from verification.retention.erase import erase_case
from verification.review.findings import compare, open_questions
from verification.review.models import Claim, Vote

pytestmark = pytest.mark.django_db
ANSWERS = {"same_person": "same", "alive": "live", "confidence": "4", "reasons": ["features_agree"]}


@pytest.fixture
def reviewer(client: Client) -> User:
    user = a_person(Role.REVIEWER)
    client.force_login(user)
    return user


@pytest.fixture
def claim(reviewer: User) -> Claim:
    return a_claim(reviewer)


def send(client: Client, claim: Claim, **answers: Any) -> Any:
    return client.post(reverse("case-decide", args=[claim.pk]), ANSWERS | answers)


def test_what_is_missing_is_said_and_what_was_chosen_stays(client: Client, claim: Claim) -> None:
    response = send(client, claim, alive="", note="a scar")
    assert response.status_code == 422
    assert "Not recorded. Say whether the person is live." in response.content.decode()
    assert response.content.decode().count(" checked>") == 3
    assert 'value="a scar"' in response.content.decode()
    assert not Vote.objects.exists()


def test_a_note_is_shown_as_text_and_never_as_markup(client: Client, claim: Claim) -> None:
    response = client.get(send(client, claim, note="<script>alert(1)</script>")["Location"])
    assert "<script>alert(1)" not in response.content.decode()
    assert "&lt;script&gt;" in response.content.decode()


def test_a_second_decision_changes_nothing_and_is_told_so(client: Client, claim: Claim) -> None:
    assert send(client, claim).status_code == 302
    second = send(client, claim, same_person="different")
    assert second.status_code == 409
    assert "The first decision counts." in second.content.decode()
    assert Vote.objects.get().same_person == "same"


def test_a_late_decision_is_not_recorded_and_is_told_so(client: Client, claim: Claim) -> None:
    Claim.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    late = send(client, claim)
    assert late.status_code == 410
    assert "came too late and were not recorded" in late.content.decode()
    assert not Vote.objects.exists()


def test_a_case_that_was_erased_meanwhile_closes_its_page(client: Client, claim: Claim) -> None:
    erase_case(claim.item_id, actor=OPERATOR)
    state = client.post(reverse("case-pulse", args=[claim.pk]))
    assert state.status_code == 404 or not state.json()["open"]
    assert send(client, claim).status_code in {404, 409, 410}


def test_a_claim_that_ended_says_why(client: Client, claim: Claim) -> None:
    client.post(reverse("case-release", args=[claim.pk]))
    response = client.get(reverse("case", args=[claim.pk]))
    assert response.status_code == 410
    assert "You gave this case back." in response.content.decode()


def test_extending_twice_adds_five_minutes_once(client: Client, claim: Claim) -> None:
    answers = [client.post(reverse("case-extend", args=[claim.pk])).json()["again"] for _ in range(2)]
    assert answers == [False, True]
    left = client.post(reverse("case-pulse", args=[claim.pk])).json()["seconds_left"]
    assert 800 < left <= 900


def test_taking_again_leads_back_to_the_case_one_has(client: Client, reviewer: User, claim: Claim) -> None:
    a_case_in_review()
    assert client.post("/review/take")["Location"] == reverse("case", args=[claim.pk])
    assert "You are in the middle of case" in client.get("/review").content.decode()


def test_an_empty_queue_says_what_will_be_there(client: Client, reviewer: User) -> None:
    assert "Nothing is waiting" in client.get("/review").content.decode()
    assert "as soon as the machine is unsure" in client.post("/review/take", follow=True).content.decode()


@pytest.mark.parametrize("role", sorted(LOOKING))
def test_how_much_is_waiting_is_shown_as_counts_and_nothing_else(client: Client, role: Role) -> None:
    case = a_case_in_review()
    client.force_login(a_person(role))
    page = client.get("/review").content.decode()
    assert "Waiting, by age" in page
    assert case.code not in page
    assert str(case.pk) not in page


def test_a_case_without_crops_says_so_and_offers_no_canvas(client: Client, reviewer: User) -> None:
    a_case_in_review(crops=False)
    page = client.post("/review/take", follow=True).content.decode()
    assert "No picture can be shown" in page
    assert "<canvas" not in page


def test_scores_open_after_the_decision_and_not_before(client: Client, claim: Claim) -> None:
    StoredResult.objects.create(
        case=claim.item.case, position=0, name="match", band="fail", score=0.1234, unit="cosine", low=-1, high=1
    )
    assert "0.1234" not in client.get(reverse("case", args=[claim.pk])).content.decode()
    assert client.get(reverse("case-findings", args=[claim.pk])).status_code == 404
    recorded = send(client, claim)["Location"]
    page = client.get(recorded).content.decode()
    assert "0.1234" not in page
    assert "Differ" not in page
    assert "You can undo for" in page
    settled()
    page = client.get(recorded).content.decode()
    assert "0.1234" in page
    assert "Differ" in page


@pytest.mark.parametrize("pair", [("not_live", "liveness_unclear"), ("different_person", "match_unclear")])
def test_the_open_question_does_not_tell_a_failure_from_a_doubt(pair: tuple[str, str]) -> None:
    assert open_questions(Case(reasons=[pair[0]])) == open_questions(Case(reasons=[pair[1]]))


@pytest.mark.parametrize(
    ("said", "band", "machine", "agree"),
    [
        (True, Band.PASS, "Yes", True),
        (True, Band.FAIL, "No", False),
        (False, Band.FAIL, "No", True),
        (False, Band.AMBIGUOUS, "Unclear", None),
        (None, Band.PASS, "Yes", None),
        (True, Band.ERROR, "Not measured", None),
        (True, None, "Not measured", None),
    ],
)
def test_agreement_needs_two_that_commit_themselves(
    said: bool | None, band: Band | None, machine: str, agree: bool | None
) -> None:
    found = compare("Alive?", "Live", said, band)
    assert (found.machine, found.agree) == (machine, agree)
