"""Inviting a person: granted, refused, repeated, and read by its own programme alone."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from tests.capture.answers import later
from tests.factories import a_programme
from verification.audit.pseudonyms import entries_of
from verification.capture.doors import by_address
from verification.capture.models import CaptureSession
from verification.cases.models import Case
from verification.intake.sessions import choose
from verification.vault.models import SealedMedia

from .relying_party import (
    SESSIONS,
    RelyingParty,
    a_capturing_party,
    a_consent,
    a_file,
    a_relying_party,
    assert_problem,
)

RETURN = "https://bank.example/back?step=2"


@pytest.fixture
def party(db: None) -> RelyingParty:
    return a_capturing_party(return_urls=(RETURN,))


def session_of(document: dict[str, Any]) -> CaptureSession:
    return CaptureSession.objects.select_related("case__programme").get(pk=document["id"])


def test_is_granted_with_an_address_for_a_quarter_of_an_hour(party: RelyingParty) -> None:
    response = party.invite(return_url=RETURN)
    document = response.json()
    assert response.status_code == 201
    assert response.headers["Location"] == document["links"]["self"]
    assert by_address(document["url"].rpartition("/")[2]) == session_of(document)
    session = session_of(document)
    assert (session.expires_at - session.created_at).total_seconds() == 15 * 60
    assert session.return_url == RETURN


def test_makes_a_case_that_waits_with_its_reference_sealed(party: RelyingParty) -> None:
    document = party.invite().json()
    case = party.get(document["links"]["case"]).json()
    assert (case["status"], case["captured_by"], case["id"]) == ("awaiting_capture", "capture_page", document["case"])
    assert SealedMedia.objects.get().kind == "reference"


def test_leaves_lines_in_the_log_without_the_subject_or_the_address(party: RelyingParty) -> None:
    document = party.invite(return_url=RETURN).json()
    entries = {entry.event: entry.body for entry in entries_of(document["case"])}
    assert entries.keys() == {"case:received", "capture:requested", "media:sealed"}
    token = document["url"].rpartition("/")[2]
    assert not any("customer-7" in body or token in body or "bank.example" in body for body in entries.values())


def test_repeated_it_answers_with_the_same_address(party: RelyingParty) -> None:
    first, second = party.invite("once"), party.invite("once")
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert CaptureSession.objects.count() == 1


def test_another_request_under_the_same_key_is_refused(party: RelyingParty) -> None:
    party.invite("once")
    assert_problem(party.invite("once", locale="zh-hans"), 409, "idempotency_key_reused")
    assert_problem(party.submit("once"), 409, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "login"}, "unknown_kind"),
        ({"subject_ref": ""}, "subject_ref_invalid"),
        ({"locale": "fr"}, "unknown_locale"),
        ({"locale": None}, "missing_field"),
        ({"reference": None}, "missing_field"),
        ({"reference": "text"}, "file_expected"),
        ({"reference": a_file(b"not a picture")}, "image_type_not_accepted"),
        ({"return_url": "https://bank.example/"}, "return_url_not_listed"),
        ({"return_url": RETURN + "&more"}, "return_url_not_listed"),
        ({"return_url": "javascript:alert(1)"}, "return_url_not_listed"),
        ({"consent": a_consent()}, "unknown_field"),
        ({"live": a_file()}, "unknown_field"),
    ],
)
def test_is_refused_by_code_and_leaves_nothing(party: RelyingParty, changes: dict[str, Any], code: str) -> None:
    assert_problem(party.invite(**changes), 400, code)
    assert not Case.objects.exists()
    assert not SealedMedia.objects.exists()


@pytest.mark.django_db
def test_nobody_is_asked_for_a_face_before_the_other_way_is_written() -> None:
    assert_problem(a_relying_party(a_programme()).invite(), 400, "programme_not_ready")


def test_without_a_key_it_is_refused(party: RelyingParty) -> None:
    party.key = None
    assert_problem(party.invite(), 401, "key_missing")


def test_another_programmes_session_looks_like_a_missing_one(party: RelyingParty) -> None:
    document = party.invite().json()
    other = a_capturing_party()
    foreign = assert_problem(other.get(document["links"]["self"]), 404, "not_found")
    missing = assert_problem(other.get(f"{SESSIONS}/{document['case']}"), 404, "not_found")
    assert foreign == missing


def test_tells_how_far_the_person_is_and_hides_an_address_that_was_opened(party: RelyingParty) -> None:
    document = party.invite().json()
    choose(session_of(document), "camera", cookie="")
    read = party.get(document["links"]["self"]).json()
    assert (read["status"], read["url"]) == ("opened", None)
    assert party.get(document["links"]["case"]).json()["status"] == "awaiting_capture"


def test_the_other_way_is_told_and_the_subject_is_left_alone_for_48_hours(party: RelyingParty) -> None:
    document = party.invite().json()
    choose(session_of(document), "other_way", cookie="")
    read = party.get(document["links"]["self"]).json()
    assert (read["status"], read["other_way"]) == ("other_way", True)
    assert party.get(document["links"]["case"]).json()["outcome"] == "other_way"
    again = party.invite()
    assert (again.status_code, again.json()["other_way"], again.json()["url"]) == (200, True, None)
    assert again.json()["other_way_until"].startswith("20")
    assert Case.objects.count() == 1
    with time_machine.travel(later(hours=47, minutes=59)):
        assert party.invite().json()["other_way"]
    with time_machine.travel(later(hours=48, minutes=1)):
        assert party.invite().status_code == 201


def test_another_subject_and_another_programme_are_not_held_back(party: RelyingParty) -> None:
    choose(session_of(party.invite().json()), "other_way", cookie="")
    assert party.invite(subject_ref="customer-8").status_code == 201
    assert a_capturing_party().invite().status_code == 201


def test_erased_it_tells_nothing_but_that(party: RelyingParty) -> None:
    document = party.invite("once", return_url=RETURN).json()
    party.delete(document["links"]["case"])
    read = party.get(document["links"]["self"]).json()
    assert (read["status"], read["url"]) == ("erased", None)
    assert party.invite("once", return_url=RETURN).json()["status"] == "erased"
