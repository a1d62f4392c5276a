"""Destroying: first the keys, in the caller's transaction; then the bytes, as often as it takes."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import storages
from django.db import transaction

from tests.vault.sealing import (
    CROP,
    FRAMES,
    case_with_crops,
    case_with_frames,
    destroy,
    file_of,
    key_of,
    media_of,
    new_case,
    stored_files,
    view_crop,
)
from verification.audit.events import SWEEPER, WORKER, Event
from verification.audit.log import OutsideTransaction
from verification.audit.models import Entry
from verification.vault import objects, store
from verification.vault.models import Purpose

pytestmark = pytest.mark.django_db


def facts_of(event: Event) -> list[dict[str, Any]]:
    bodies = Entry.objects.filter(event=event.value).order_by("id").values_list("body", flat=True)
    return [json.loads(body)["facts"] for body in bodies]


def test_after_the_keys_nothing_opens_although_the_bytes_are_still_there() -> None:
    case_id = case_with_crops()

    assert destroy(case_id) == store.DestroyedCounts(keys=2, images=3)

    assert len(stored_files()) == 3
    assert key_of(case_id).wrapped is None
    for kind in FRAMES:
        with pytest.raises(store.MediaDestroyed):
            store.open_frame(case_id, kind)
    with pytest.raises(store.MediaDestroyed):
        view_crop(case_id)


def test_the_bytes_go_afterwards() -> None:
    case_id = case_with_crops()
    destroy(case_id)

    assert store.delete_bytes(case_id, actor=SWEEPER) == 3
    assert stored_files() == []
    assert store.sealed_kinds(case_id, Purpose.FRAME) == []
    with pytest.raises(store.MediaDestroyed):
        store.open_frame(case_id, "reference")


def test_both_steps_are_on_the_record_once_however_often_they_run() -> None:
    case_id = case_with_crops()
    for _ in range(3):
        destroy(case_id)
        store.delete_bytes(case_id, actor=SWEEPER)

    assert facts_of(Event.MEDIA_KEYS_DESTROYED) == [{"images": 3, "purposes": ["crop", "frame"], "reason": "test"}]
    assert facts_of(Event.MEDIA_BYTES_DELETED) == [{"images": 3}]


def test_a_second_destruction_counts_nothing() -> None:
    case_id = case_with_frames()
    destroy(case_id)

    assert destroy(case_id) == store.DestroyedCounts(keys=0, images=0)


def test_a_case_without_media_can_be_destroyed() -> None:
    case = new_case()

    assert destroy(case.pk) == store.DestroyedCounts(keys=0, images=0)
    assert store.delete_bytes(case.pk, actor=SWEEPER) == 0


def test_the_frames_can_go_before_the_crops() -> None:
    case_id = case_with_crops()
    destroy(case_id, Purpose.FRAME)
    store.delete_bytes(case_id, actor=WORKER)

    assert view_crop(case_id) == CROP
    assert len(stored_files()) == 1


def test_bytes_whose_key_lives_are_never_deleted() -> None:
    case_id = case_with_crops()

    assert store.delete_bytes(case_id, actor=SWEEPER) == 0
    assert len(stored_files()) == 3


def test_another_case_is_left_alone() -> None:
    mine, other = case_with_frames(), case_with_frames()
    destroy(mine)
    store.delete_bytes(mine, actor=SWEEPER)

    assert store.open_frame(other, "reference") == FRAMES["reference"]


def test_a_crash_between_the_steps_is_found() -> None:
    case_id = case_with_frames()
    case_with_frames()
    assert store.leftover_media() == []
    destroy(case_id)

    assert store.leftover_media() == [case_id]
    store.delete_bytes(case_id, actor=SWEEPER)
    assert store.leftover_media() == []


def test_bytes_that_are_gone_already_count_as_deleted() -> None:
    case_id = case_with_frames()
    destroy(case_id)
    file_of(media_of(case_id, "reference")).unlink()

    assert store.delete_bytes(case_id, actor=SWEEPER) == 2
    assert store.leftover_media() == []


def test_an_object_that_will_not_go_stops_no_other_and_stays_a_leftover(caplog: pytest.LogCaptureFixture) -> None:
    case_id = case_with_frames()
    destroy(case_id)
    stuck = file_of(media_of(case_id, "reference"))
    stuck.unlink()
    stuck.mkdir()
    (stuck / "inside").touch()

    assert store.delete_bytes(case_id, actor=SWEEPER) == 1
    assert store.leftover_media() == [case_id]

    (stuck / "inside").unlink()
    assert store.delete_bytes(case_id, actor=SWEEPER) == 1
    assert store.leftover_media() == []


def test_a_rolled_back_destruction_destroyed_nothing(django_capture_on_commit_callbacks: Any) -> None:
    case_id = case_with_frames()
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        store.destroy_case_media(case_id, actor=WORKER, reason="test")
        transaction.set_rollback(True)

    assert store.open_frame(case_id, "reference") == FRAMES["reference"]


def test_the_bytes_go_when_the_transaction_commits(django_capture_on_commit_callbacks: Any) -> None:
    case_id = case_with_frames()
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        counts = store.destroy_case_media(case_id, actor=WORKER, reason="test")
        assert len(stored_files()) == 2

    assert counts == store.DestroyedCounts(keys=1, images=2)
    assert stored_files() == []


@pytest.mark.django_db(transaction=True)
def test_keys_are_destroyed_only_in_a_transaction_of_the_caller() -> None:
    case_id = case_with_frames()
    with pytest.raises((OutsideTransaction, transaction.TransactionManagementError)):
        store.destroy_keys(case_id, actor=WORKER, reason="test")

    assert store.open_frame(case_id, "reference") == FRAMES["reference"]


def test_an_object_without_a_row_is_an_orphan_once_it_is_old_enough() -> None:
    case_with_frames()
    name = objects.write(b"sealed, but its transaction was rolled back")

    assert list(objects.orphans(timedelta(hours=1))) == []
    assert list(objects.orphans(timedelta(seconds=-1))) == [name]
    objects.discard([name])
    assert list(objects.orphans(timedelta(seconds=-1))) == []


def test_an_empty_storage_has_no_orphans() -> None:
    assert list(objects.orphans(timedelta(seconds=-1))) == []


def test_a_deleted_object_that_came_back_from_a_backup_is_an_orphan() -> None:
    case_id = case_with_frames()
    media = media_of(case_id, "reference")
    content = file_of(media).read_bytes()
    destroy(case_id)
    store.delete_bytes(case_id, actor=SWEEPER)
    file_of(media).write_bytes(content)

    assert list(objects.orphans(timedelta(seconds=-1))) == [media.object_name]
    assert storages["media"].exists(media.object_name)
