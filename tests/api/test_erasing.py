"""Erasing a case at the relying party's request."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.factories import a_case_in_review, a_passed_case
from verification.audit.models import Entry
from verification.audit.pseudonyms import name_of
from verification.cases.models import Case

from .relying_party import CASES, RelyingParty, a_relying_party


def test_answers_with_the_erased_case(party: RelyingParty) -> None:
    case = a_case_in_review(party.programme)
    response = party.delete(f"{CASES}/{case.pk}")
    assert response.status_code == 200
    document = response.json()
    assert document["status"] == "erased"
    assert document["media"]["state"] == "destroyed"
    assert (document["reasons"], document["checks"], document["outcome"]) == ([], [], None)
    assert party.get(f"{CASES}/{case.pk}").json() == document


def test_unlinks_the_subject_and_is_logged_as_the_keys_doing(party: RelyingParty) -> None:
    case_id = party.submit().json()["id"]
    name = name_of(case_id)
    party.delete(f"{CASES}/{case_id}")
    assert Case.objects.get(pk=case_id).subject == ""
    entry = Entry.objects.get(event="case:erased")
    assert (entry.case_id, entry.actor_id) == (name, str(party.api_key.pk))


def test_may_be_repeated(party: RelyingParty) -> None:
    case = a_passed_case(party.programme)
    first, second = party.delete(f"{CASES}/{case.pk}"), party.delete(f"{CASES}/{case.pk}")
    assert first.json() == second.json()
    assert Entry.objects.filter(event="case:erased").count() == 1


@pytest.mark.django_db(transaction=True)
def test_removes_the_sealed_bytes_before_it_answers(media: Path) -> None:
    party = a_relying_party()
    address = party.submit().json()["links"]["self"]
    assert any(path.is_file() for path in media.rglob("*"))
    party.delete(address)
    assert not any(path.is_file() for path in media.rglob("*"))


def test_leaves_another_programmes_case_alone(party: RelyingParty) -> None:
    theirs = a_case_in_review(a_relying_party().programme)
    assert party.delete(f"{CASES}/{theirs.pk}").status_code == 404
    assert Case.objects.get(pk=theirs.pk).status == "in_review"
