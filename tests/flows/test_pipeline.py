"""From sealed bytes to an outcome with the real models: clear cases close unseen, the rest go to people."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import transaction
from PIL import Image, ImageEnhance

from tests.factories import ALL_SCOPES, a_person, a_programme, a_trusted_programme
from tests.flows.photographs import as_jpeg, astronaut, astronaut_again, group, no_face
from verification import pipeline
from verification.access.roles import Role
from verification.audit.events import OPERATOR, Actor, Event
from verification.audit.models import Entry
from verification.audit.pseudonyms import entries_of
from verification.cases.lifecycle import begin
from verification.cases.models import Case
from verification.cases.states import CaseKind, CaseStatus, Outcome
from verification.checks.engines.lock import ModelRefused
from verification.retention.erase import erase_case
from verification.review import queue
from verification.review.grants import mint_tickets, redeem
from verification.review.models import ReviewItem
from verification.vault import objects, store

pytestmark = pytest.mark.django_db(transaction=True)


@transaction.atomic
def a_capture(
    reference: Image.Image, *live: Image.Image, scopes: list[str] | None = None, trusted: bool = True
) -> Case:
    case = begin(
        programme=a_trusted_programme() if trusted else a_programme(),
        kind=CaseKind.ENROLMENT,
        subject=uuid4().hex * 2,
        notice_version="2026-01",
        scopes=scopes or ALL_SCOPES,
        live_images=len(live),
    )
    frames = {"reference": as_jpeg(reference)} | {f"live-{number}": as_jpeg(image) for number, image in enumerate(live)}
    store.seal_frames(case.pk, frames, actor=Actor.relying_party("test"))
    return case


def settled(case: Case) -> Case:
    pipeline.process_case(case.pk)
    return Case.objects.get(pk=case.pk)


def test_a_clear_case_closes_without_a_look_and_its_media_is_gone() -> None:
    case = settled(a_capture(astronaut(), astronaut_again()))
    assert (case.status, case.outcome, case.reasons) == (CaseStatus.PASSED, Outcome.VERIFIED, [])
    assert case.media_destroyed_at is not None
    assert not case.media.filter(deleted_at__isnull=True).exists()
    assert not ReviewItem.objects.exists()
    assert not Entry.objects.filter(event=Event.CROP_SEALED).exists()


def test_images_that_nobody_saw_being_taken_go_to_a_person_however_good_they_are() -> None:
    case = settled(a_capture(astronaut(), astronaut_again(), trusted=False))
    assert (case.status, case.reasons) == (CaseStatus.IN_REVIEW, ["capture_not_ours"])


def test_a_mismatch_goes_to_a_person_and_is_never_turned_away() -> None:
    case = settled(a_capture(group().crop((60, 40, 330, 330)), astronaut()))
    assert case.status == CaseStatus.IN_REVIEW
    assert case.outcome == ""
    assert "different_person" in case.reasons


def test_without_consent_to_a_human_look_an_unclear_case_stays_unresolved() -> None:
    case = settled(a_capture(no_face(), astronaut(), scopes=["compare", "transmit"]))
    assert (case.status, case.outcome) == (CaseStatus.UNRESOLVED, Outcome.UNRESOLVED)
    assert case.media_destroyed_at is not None
    assert not ReviewItem.objects.exists()


def test_no_face_goes_to_a_person_without_a_crop_of_it() -> None:
    case = settled(a_capture(astronaut(), no_face()))
    assert case.status == CaseStatus.IN_REVIEW
    assert "no_face" in case.reasons
    assert case.review.crops == ["crop-reference"]


def test_darkness_goes_to_a_person() -> None:
    case = settled(a_capture(astronaut(), ImageEnhance.Brightness(astronaut()).enhance(0.12)))
    assert case.status == CaseStatus.IN_REVIEW
    assert "too_dark" in case.reasons


def test_two_people_in_a_picture_go_to_a_person() -> None:
    case = settled(a_capture(astronaut(), group()))
    assert case.status == CaseStatus.IN_REVIEW
    assert "more_than_one_face" in case.reasons


def test_a_reviewer_sees_what_the_worker_drew() -> None:
    settled(a_capture(astronaut(), no_face()))
    reviewer = a_person(Role.REVIEWER)
    claim = queue.take_next(reviewer)
    assert claim is not None
    tickets = mint_tickets(claim.pk, reviewer, "session", claim.item.crops)
    look = redeem(tickets["crop-reference"], session_key="session", reviewer=reviewer)
    assert look.webp[8:12] == b"WEBP"


def test_processing_twice_is_processing_once() -> None:
    case = a_capture(astronaut(), astronaut_again())
    settled(case)
    settled(case)
    assert entries_of(case.pk).filter(event=Event.CHECKS_STARTED).count() == 1


def test_each_opened_frame_is_in_the_log() -> None:
    case = settled(a_capture(astronaut(), astronaut_again(), astronaut_again()))
    assert entries_of(case.pk).filter(event=Event.FRAME_OPENED).count() == 3


def test_a_case_that_keeps_failing_ends_with_a_person_and_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    case = a_capture(astronaut(), astronaut_again())

    def broken(*_args: object) -> None:
        raise RuntimeError("something that must not leak: /secret/path")

    monkeypatch.setattr(pipeline, "_examine", broken)
    for _ in range(pipeline.MAX_ATTEMPTS):
        assert settled(case).status == CaseStatus.CHECKING
    case = settled(case)
    assert case.status == CaseStatus.IN_REVIEW
    assert case.reasons == ["check_error"]
    assert set(case.results.exclude(name="origin").values_list("band", flat=True)) == {"error"}
    assert not Entry.objects.filter(body__contains="secret").exists()


@pytest.mark.parametrize("outage", [objects.StorageFailed("away"), ModelRefused("not here")])
def test_an_outage_costs_time_and_sends_nobody_to_a_person(monkeypatch: pytest.MonkeyPatch, outage: Exception) -> None:
    case = a_capture(astronaut(), astronaut_again())

    def away(*_args: object) -> None:
        raise outage

    with monkeypatch.context() as during:
        during.setattr(pipeline, "_examine", away)
        for _ in range(2 * pipeline.MAX_ATTEMPTS):
            assert settled(case).status == CaseStatus.CHECKING
    assert settled(case).status == CaseStatus.PASSED


def test_a_case_erased_while_it_is_checked_stays_erased(monkeypatch: pytest.MonkeyPatch) -> None:
    case = a_capture(astronaut(), astronaut_again())
    examine = pipeline._examine

    def slow(leased: Case) -> pipeline.Findings:
        findings = examine(leased)
        erase_case(leased.pk, actor=OPERATOR)
        return findings

    monkeypatch.setattr(pipeline, "_examine", slow)
    assert settled(case).status == CaseStatus.ERASED
    assert not case.results.exists()
    assert not case.media.filter(deleted_at__isnull=True).exists()


def test_sealed_bytes_that_were_changed_never_pass() -> None:
    case = a_capture(astronaut(), astronaut_again())
    media = case.media.get(kind="live-0")
    with objects.media_storage().open(media.object_name, "r+b") as stored:
        stored.seek(100)
        stored.write(b"\x00" * 8)
    for _ in range(pipeline.MAX_ATTEMPTS + 1):
        case = settled(case)
    assert case.status == CaseStatus.IN_REVIEW
