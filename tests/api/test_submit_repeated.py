"""The same request twice is one case; the same key for two requests is a conflict."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from tests.factories import a_picture
from verification.cases.models import Case
from verification.vault.models import SealedMedia

from .relying_party import RelyingParty, a_consent, a_file, a_relying_party, assert_problem


def test_a_repeat_answers_with_the_same_case(party: RelyingParty) -> None:
    first, second = party.submit("k"), party.submit("k")
    assert second.status_code == 202
    assert second.json() == first.json()
    assert Case.objects.count() == 1
    assert SealedMedia.objects.count() == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"subject_ref": "customer-8"},
        {"consent": a_consent("compare", "transmit")},
        {"consent": a_consent("compare", "transmit", "human_view", notice_version="2026-02")},
        {"reference": a_file(a_picture((1, 2, 3)))},
        {"live": [a_file(a_picture((1, 2, 3)))]},
        {"live": [a_file(), a_file()]},
    ],
    ids=["subject", "scopes", "notice", "reference", "live", "another live"],
)
def test_another_request_under_the_same_key_is_a_conflict(party: RelyingParty, changes: dict[str, Any]) -> None:
    party.submit("k")
    assert_problem(party.submit("k", **changes), 409, "idempotency_key_reused")
    assert Case.objects.count() == 1


def test_live_images_in_another_order_are_another_request(party: RelyingParty) -> None:
    pictures = [a_picture((1, 2, 3)), a_picture((3, 2, 1))]
    party.submit("k", live=[a_file(picture) for picture in pictures])
    assert_problem(
        party.submit("k", live=[a_file(picture) for picture in pictures[::-1]]), 409, "idempotency_key_reused"
    )


def test_the_same_consent_in_other_spelling_is_the_same_request(party: RelyingParty) -> None:
    spelling = json.dumps({"scopes": ["transmit", "human_view", "compare"], "notice_version": "2026-01"}, indent=4)
    assert party.submit("k").json()["id"] == party.submit("k", consent=spelling).json()["id"]


def test_a_file_under_another_name_is_the_same_request(party: RelyingParty) -> None:
    assert party.submit("k").json()["id"] == party.submit("k", reference=a_file(name="other.jpg")).json()["id"]


def test_two_programmes_do_not_share_idempotency_keys(party: RelyingParty) -> None:
    other = a_relying_party()
    assert party.submit("k").json()["id"] != other.submit("k").json()["id"]


def test_two_keys_of_one_programme_share_them(party: RelyingParty) -> None:
    other = a_relying_party(party.programme)
    assert party.submit("k").json()["id"] == other.submit("k").json()["id"]


def test_a_repeat_of_an_erased_case_brings_nothing_back(party: RelyingParty) -> None:
    document = party.submit("k").json()
    party.delete(document["links"]["self"])
    repeated = party.submit("k").json()
    assert repeated["id"] == document["id"]
    assert repeated["status"] == "erased"
    assert Case.objects.count() == 1


def test_requests_are_remembered_under_a_key_only(party: RelyingParty, settings: Any) -> None:
    """With the digest alone, somebody who steals the database cannot test whether a known picture was sent."""
    party.submit("k")
    settings.PSEUDONYM_KEY = "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA="
    assert_problem(party.submit("k"), 409, "idempotency_key_reused")


def _at_once(requests: list[Any]) -> list[Any]:
    """Run the calls in threads that start together; each closes its connection, or the test database stays in use."""
    together = Barrier(len(requests))

    def run(call: Any) -> Any:
        together.wait()
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(requests)) as threads:
        return list(threads.map(run, requests))


@pytest.mark.django_db(transaction=True)
def test_identical_requests_at_once_make_one_case(rung: list[str]) -> None:
    party = a_relying_party()
    responses = _at_once([lambda: party.submit("k")] * 4)
    assert {response.status_code for response in responses} == {202}
    assert len({response.json()["id"] for response in responses}) == 1
    assert Case.objects.count() == 1
    assert len(rung) == 1


@pytest.mark.django_db(transaction=True)
def test_different_requests_at_once_under_one_key_make_one_case_and_one_conflict(media: Any) -> None:
    party = a_relying_party()
    responses = _at_once([lambda: party.submit("k"), lambda: party.submit("k", subject_ref="other")])
    assert sorted(response.status_code for response in responses) == [202, 409]
    assert Case.objects.count() == 1
    assert len([path for path in media.rglob("*") if path.is_file()]) == 2
