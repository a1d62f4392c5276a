"""Reading one case."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from tests.factories import a_case_in_review, a_passed_case
from verification.checks.models import StoredResult

from .relying_party import CASES, RelyingParty, a_relying_party, assert_problem


def test_shows_a_passed_case_with_its_media_destroyed(party: RelyingParty) -> None:
    case = a_passed_case(party.programme)
    document = party.get(f"{CASES}/{case.pk}").json()
    assert document["status"] == "passed"
    assert document["closed_at"].endswith("Z")
    assert document["media"] == {"state": "destroyed", "until": document["media"]["until"]}
    assert document["media"]["until"].endswith("Z")


def test_shows_why_a_case_waits_for_a_person(party: RelyingParty) -> None:
    case = a_case_in_review(party.programme)
    document = party.get(f"{CASES}/{case.pk}").json()
    assert document["status"] == "in_review"
    assert document["outcome"] is None
    assert document["reasons"] == ["liveness_unclear"]
    assert document["media"]["state"] == "sealed"


def test_shows_each_check_in_order_with_its_own_unit(party: RelyingParty) -> None:
    case = a_case_in_review(party.programme)
    StoredResult.objects.create(case=case, position=1, name="match", band="error", score=None, unit="cosine")
    StoredResult.objects.create(case=case, position=0, name="quality", band="pass", score=0.75, unit="share", low=0)
    assert party.get(f"{CASES}/{case.pk}").json()["checks"] == [
        {"name": "quality", "band": "pass", "score": 0.75, "unit": "share"},
        {"name": "match", "band": "error", "score": None, "unit": "cosine"},
    ]


def test_shows_nothing_about_the_subject_or_the_reviewers(party: RelyingParty) -> None:
    case = a_case_in_review(party.programme)
    assert party.get(f"{CASES}/{case.pk}").json().keys() == {
        "id", "kind", "captured_by", "status", "outcome", "reasons", "checks", "received_at", "settled_at",
        "closed_at", "media", "links",
    }  # fmt: skip


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_another_programmes_case_looks_like_one_that_never_was(party: RelyingParty, method: str) -> None:
    theirs = a_case_in_review(a_relying_party().programme)
    foreign = party.send(method, f"{CASES}/{theirs.pk}")
    missing = party.send(method, f"{CASES}/{uuid4()}")
    assert_problem(foreign, 404, "not_found")
    assert foreign.content == missing.content
    assert dict(foreign.headers) == dict(missing.headers)


@pytest.mark.parametrize("path", ["x", "1", "..%2f..%2fetc%2fpasswd", "11111111-1111-4111-8111-111111111111/", "%00"])
def test_an_address_that_is_no_case_is_not_found(party: RelyingParty, path: str) -> None:
    document = assert_problem(party.get(f"{CASES}/{path}"), 404, "not_found")
    assert "passwd" not in json.dumps(document)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "POST", "OPTIONS", "TRACE"])
def test_other_methods_are_not_answered(party: RelyingParty, method: str) -> None:
    case = a_passed_case(party.programme)
    response = party.send(method, f"{CASES}/{case.pk}")
    assert_problem(response, 405, "method_not_allowed")
    assert response.headers["Allow"] == "GET, HEAD, DELETE"


def test_another_language_than_json_is_not_spoken(party: RelyingParty) -> None:
    assert_problem(party.send("GET", CASES, headers={"Accept": "text/html"}), 406, "not_acceptable")
