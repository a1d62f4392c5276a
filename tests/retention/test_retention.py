"""What dies when. Every step may be repeated, and none leaves anything behind."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from tests.factories import a_case_in_review, a_claim, a_passed_case, a_received_case, settled
from verification.audit.events import OPERATOR, Event
from verification.audit.models import Entry
from verification.audit.pseudonyms import name_of
from verification.cases.lifecycle import LostRace, advance, lease_for_checks
from verification.cases.models import Case
from verification.cases.states import CaseStatus, Outcome
from verification.checks.models import StoredResult
from verification.retention import due, schedule
from verification.retention.erase import erase_case
from verification.review.decisions import decide
from verification.review.models import Claim, ReviewItem, Vote
from verification.sweeper import sweep_once
from verification.vault import objects, store
from verification.vault.models import CaseKey, SealedMedia


def bytes_left() -> int:
    storage = objects.media_storage()
    shards, _files = storage.listdir("")
    return sum(len(storage.listdir(shard)[1]) for shard in shards)


@pytest.fixture(autouse=True)
def _empty_storage(settings: Any, tmp_path: Path) -> None:
    """Each test counts the bytes of its own storage. Replaced whole, so that it is put back whole afterwards."""
    media = settings.STORAGES["media"]
    elsewhere = {**media, "OPTIONS": {**media["OPTIONS"], "location": str(tmp_path)}}
    settings.STORAGES = {**settings.STORAGES, "media": elsewhere}


@pytest.mark.django_db(transaction=True)
def test_a_passed_case_loses_its_media_in_the_same_transaction() -> None:
    case = a_passed_case()
    assert not CaseKey.objects.filter(case=case, wrapped__isnull=False).exists()
    assert bytes_left() == 0
    with pytest.raises(store.MediaDestroyed):
        store.open_frame(case.pk, "reference")


@pytest.mark.django_db(transaction=True)
def test_a_decided_case_loses_its_media_at_the_next_sweep() -> None:
    claim = a_claim()
    assert bytes_left() == 4
    decide(claim.pk, claim.reviewer, same_person="same", alive="live", confidence="4", reasons=["features_agree"])
    assert due.destroy_media_of_closed_cases() == 0
    settled()
    assert due.destroy_media_of_closed_cases() == 1
    assert bytes_left() == 0
    assert due.destroy_media_of_closed_cases() == 0


@pytest.mark.django_db(transaction=True)
def test_a_case_that_nobody_decides_ends_as_unresolved_after_72_hours() -> None:
    claim = a_claim()
    with time_machine.travel(timezone.now() + schedule.OPEN_CASE + timedelta(seconds=1)):
        assert due.expire_open_cases() == 1
    case = Case.objects.get(pk=claim.item_id)
    assert (case.status, case.outcome) == (CaseStatus.UNRESOLVED, Outcome.UNRESOLVED)
    assert bytes_left() == 0
    claim.refresh_from_db()
    assert claim.end == Claim.End.CASE_CLOSED


@pytest.mark.django_db(transaction=True)
def test_a_case_within_its_time_is_left_alone() -> None:
    a_case_in_review()
    with time_machine.travel(timezone.now() + schedule.OPEN_CASE - timedelta(minutes=1)):
        assert due.expire_open_cases() == 0
    assert bytes_left() == 4


@pytest.mark.django_db(transaction=True)
def test_erasing_leaves_nothing_but_the_log() -> None:
    claim = a_claim()
    decide(
        claim.pk,
        claim.reviewer,
        same_person="same",
        alive="live",
        confidence="4",
        reasons=["features_agree"],
        note="a note",
    )
    StoredResult.objects.create(case_id=claim.item_id, position=0, name="match", band="pass")
    name = name_of(claim.item_id)
    assert erase_case(claim.item_id, actor=OPERATOR)
    case = Case.objects.get(pk=claim.item_id)
    assert (case.status, case.subject, case.reasons) == (CaseStatus.ERASED, "", [])
    assert bytes_left() == 0
    for model in (Vote, Claim, ReviewItem, StoredResult):
        assert not model.objects.exists()
    assert Entry.objects.filter(case_id=name, event=Event.CASE_ERASED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_erasing_twice_is_erasing_once() -> None:
    case = a_received_case()
    assert erase_case(case.pk, actor=OPERATOR)
    assert not erase_case(case.pk, actor=OPERATOR)
    assert Entry.objects.filter(event=Event.CASE_ERASED).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("make", [a_received_case, a_case_in_review, a_passed_case])
def test_a_case_can_be_erased_from_every_state(make: object) -> None:
    case = make()  # type: ignore[operator]
    assert erase_case(case.pk, actor=OPERATOR)
    assert bytes_left() == 0


@pytest.mark.django_db(transaction=True)
def test_a_worker_cannot_settle_a_case_that_was_erased_meanwhile() -> None:
    held = lease_for_checks(a_received_case().pk)
    assert held is not None
    erase_case(held.pk, actor=OPERATOR)
    with pytest.raises(LostRace):
        advance(held, CaseStatus.PASSED, actor=OPERATOR)
    assert Case.objects.get(pk=held.pk).status == CaseStatus.ERASED


@pytest.mark.django_db(transaction=True)
def test_bytes_that_a_crash_left_are_deleted_by_the_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    case = a_received_case()
    with monkeypatch.context() as crash:
        crash.setattr(objects, "delete", lambda _name: (_ for _ in ()).throw(objects.StorageFailed("away")))
        erase_case(case.pk, actor=OPERATOR)
    assert bytes_left() == 2
    assert sweep_once()["bytes_deleted"] == 2
    assert bytes_left() == 0
    assert not SealedMedia.objects.filter(deleted_at__isnull=True).exists()


@pytest.mark.django_db(transaction=True)
def test_a_record_is_erased_a_year_after_its_closing() -> None:
    case = a_passed_case()
    with time_machine.travel(timezone.now() + schedule.CASE_RECORD + timedelta(seconds=1)):
        assert due.erase_old_records() == 1
    assert Case.objects.get(pk=case.pk).status == CaseStatus.ERASED


@pytest.mark.django_db
def test_media_due_says_when_it_will_be_gone() -> None:
    waiting = a_case_in_review()
    assert schedule.media_due(waiting) == waiting.received_at + schedule.OPEN_CASE
    passed = Case.objects.get(pk=a_passed_case().pk)
    assert schedule.media_due(passed) is None


@pytest.mark.django_db
def test_ended_sessions_and_old_failures_to_sign_in_are_forgotten(client: Client) -> None:
    client.post("/login", {"username": "nobody", "password": "typed by mistake"})
    assert (Session.objects.count(), AccessAttempt.objects.count()) == (1, 1)
    with time_machine.travel(timezone.now() + timedelta(minutes=14), tick=False):
        assert due.forget_small_things() == 0
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
        assert due.forget_small_things() == 1
    with time_machine.travel(timezone.now() + timedelta(hours=13), tick=False):
        assert due.forget_small_things() == 1
    assert (Session.objects.count(), AccessAttempt.objects.count()) == (0, 0)


def test_the_readme_prints_the_schedule() -> None:
    readme = (settings.BASE_DIR / "README.md").read_text(encoding="utf-8")
    for rule in schedule.SCHEDULE:
        assert f"| {rule.what} | {rule.until} |" in readme
