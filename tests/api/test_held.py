"""What a relying party learns of a legal hold: that the pictures are kept, and until when. Never why, nor by whom."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import a_case_in_review, a_person, settled, vote
from verification.access.roles import Role
from verification.incidents import hold_ends
from verification.incidents.models import LegalHold
from verification.incidents.raising import raise_worry
from verification.review import queue
from verification.review.models import Claim
from verification.sweeper import sweep_once

from .relying_party import CASES, RelyingParty

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim(party: RelyingParty) -> Claim:
    a_case_in_review(party.programme)
    claim = queue.take_next(a_person(Role.REVIEWER))
    assert claim is not None
    raise_worry(claim.pk, claim.reviewer, kind="signs_of_harm", sentence="Marks on the neck.")
    return claim


def close(claim: Claim) -> None:
    vote(claim)
    settled()
    sweep_once()


def test_an_open_case_is_sealed_as_any_other(party: RelyingParty, claim: Claim) -> None:
    assert party.get(f"{CASES}/{claim.item_id}").json()["media"]["state"] == "sealed"


def test_a_closed_one_is_held_until_the_holds_end(party: RelyingParty, claim: Claim) -> None:
    close(claim)
    media = party.get(f"{CASES}/{claim.item_id}").json()["media"]
    assert media["state"] == "held"
    assert abs(datetime.fromisoformat(media["until"]) - LegalHold.objects.get().until).total_seconds() < 0.001


def test_an_erased_one_is_held_too_and_says_so(party: RelyingParty, claim: Claim) -> None:
    document = party.delete(f"{CASES}/{claim.item_id}").json()
    assert (document["status"], document["media"]["state"]) == ("erased", "held")


def test_nothing_of_the_worry_itself_is_told(party: RelyingParty, claim: Claim) -> None:
    close(claim)
    words = party.get(f"{CASES}/{claim.item_id}").content.decode() + party.get(CASES).content.decode()
    for telling in ("harm", "neck", "incident", "worr", claim.reviewer.username):
        assert telling not in words


def test_when_it_ends_the_media_is_destroyed(party: RelyingParty, claim: Claim) -> None:
    close(claim)
    hold_ends.release(LegalHold.objects.get().pk, a_person(Role.SENIOR_REVIEWER))
    sweep_once()
    assert party.get(f"{CASES}/{claim.item_id}").json()["media"]["state"] == "destroyed"


def test_a_longer_list_asks_the_database_no_more_often(party: RelyingParty, claim: Claim) -> None:
    party.get(CASES)
    with CaptureQueriesContext(connection) as one:
        party.get(CASES)
    for _ in range(4):
        a_case_in_review(party.programme)
    with CaptureQueriesContext(connection) as five:
        party.get(CASES)
    assert len(five) == len(one)
