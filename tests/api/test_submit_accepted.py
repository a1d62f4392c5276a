"""A submission that is taken."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from tests.factories import a_picture
from verification.audit.models import Entry
from verification.audit.pseudonyms import name_of
from verification.cases.models import Case
from verification.vault import store

from .relying_party import RelyingParty, a_file, a_relying_party

KINDS = ["live-0", "live-1", "reference"]


def test_is_answered_202_with_the_case_and_where_to_read_it(party: RelyingParty) -> None:
    response = party.submit()
    document = response.json()
    assert response.status_code == 202
    assert document["status"] == "received"
    assert response.headers["Location"] == document["links"]["self"] == f"/api/v1/cases/{document['id']}"
    assert party.get(document["links"]["self"]).json() == document


def test_says_that_its_media_is_sealed_and_until_when(party: RelyingParty) -> None:
    document = party.submit().json()
    assert document["media"]["state"] == "sealed"
    assert document["media"]["until"] > document["received_at"]


def test_is_recorded_with_its_consent(party: RelyingParty) -> None:
    case = Case.objects.get(pk=party.submit().json()["id"])
    assert case.programme == party.programme
    assert case.notice_version == "2026-01"
    assert case.scopes == ["compare", "human_view", "transmit"]
    assert case.human_view


def test_keeps_no_subject_reference_in_the_clear(party: RelyingParty) -> None:
    case = Case.objects.get(pk=party.submit(subject_ref="identity card 110101").json()["id"])
    assert len(bytes.fromhex(case.subject)) == 32
    assert "110101" not in str(vars(case))


def test_of_the_same_subject_gets_the_same_pseudonym_within_a_programme_only(party: RelyingParty) -> None:
    parties = [party, party, a_relying_party()]
    one, same, elsewhere = (Case.objects.get(pk=each.submit().json()["id"]).subject for each in parties)
    assert one == same
    assert one != elsewhere


def test_has_every_picture_sealed(party: RelyingParty, media: Path) -> None:
    case_id = party.submit(live=[a_file(), a_file()]).json()["id"]
    assert sorted(Case.objects.get(pk=case_id).media.values_list("kind", flat=True)) == KINDS
    stored = [path.read_bytes() for path in media.rglob("*") if path.is_file()]
    assert len(stored) == 3
    assert not any(b"JFIF" in content or b"PNG" in content for content in stored)


@pytest.mark.django_db(transaction=True)
def test_can_be_opened_by_the_worker() -> None:
    case_id = a_relying_party().submit(reference=a_file(a_picture((10, 200, 30)))).json()["id"]
    assert store.open_frame(case_id, "reference").startswith(b"\xff\xd8")


def test_leaves_a_line_in_the_log_without_subject_or_idempotency_key(party: RelyingParty) -> None:
    case_id = party.submit("key-of-this-request").json()["id"]
    entry = Entry.objects.get(event="case:received")
    assert entry.case_id == name_of(case_id)
    assert (entry.actor_kind, entry.actor_id) == ("relying_party", str(party.api_key.pk))
    assert "customer-7" not in entry.body
    assert "key-of-this-request" not in entry.body


def test_rings_for_a_worker_once_it_is_durable(
    party: RelyingParty, rung: list[str], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        case_id = party.submit().json()["id"]
        assert rung == []
    assert rung == [case_id]


def test_may_have_ten_live_images(party: RelyingParty) -> None:
    response = party.submit(live=[a_file() for _ in range(10)])
    assert response.status_code == 202
    assert Case.objects.get().live_images == 10


@pytest.mark.parametrize("name", ["../../etc/passwd", "face.exe", "照片.jpg", "x" * 300])
def test_may_carry_any_file_name_for_names_are_not_believed(party: RelyingParty, name: str) -> None:
    assert party.submit(reference=a_file(name=name)).status_code == 202
