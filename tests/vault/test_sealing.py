"""Sealing is all or nothing, once per case for frames, and every opening is on the record."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from tests.vault.sealing import (
    BANK,
    CROP,
    FRAMES,
    REVIEWER,
    case_with_crops,
    case_with_frames,
    destroy,
    file_of,
    media_of,
    new_case,
    stored_files,
    view_crop,
)
from verification.audit.events import Event
from verification.audit.models import Entry
from verification.audit.pseudonyms import name_of
from verification.vault import objects, store
from verification.vault.models import CaseKey, Purpose, SealedMedia

pytestmark = pytest.mark.django_db


def entries(event: Event) -> list[dict[str, Any]]:
    return [json.loads(body) for body in Entry.objects.filter(event=event.value).values_list("body", flat=True)]


def refuse_writes_after(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    write, written = objects.write, 0

    def failing(sealed: bytes) -> str:
        nonlocal written
        written += 1
        if written > count:
            raise objects.StorageFailed("The media storage did not take an object.")
        return write(sealed)

    monkeypatch.setattr(objects, "write", failing)


def test_the_worker_reads_every_frame_as_it_was() -> None:
    case_id = case_with_frames()

    assert {kind: store.open_frame(case_id, kind) for kind in FRAMES} == FRAMES


def test_the_web_process_reads_the_crop() -> None:
    assert view_crop(case_with_crops()) == CROP


def test_sealing_is_on_the_record() -> None:
    case_id = case_with_crops()

    (frames,), (crops,) = entries(Event.MEDIA_SEALED), entries(Event.CROP_SEALED)
    assert frames["facts"] == {"media": ["live-0", "reference"]}
    assert frames["actor"]["id"] == BANK.id
    assert crops["facts"] == {"media": ["crop-live"]}
    assert frames["case"] == crops["case"] == str(name_of(case_id))


def test_opening_a_frame_is_on_the_record() -> None:
    case_id = case_with_frames()
    store.open_frame(case_id, "live-0", purpose="checks")

    (entry,) = entries(Event.FRAME_OPENED)
    assert entry["case"] == str(name_of(case_id))
    assert entry["facts"] == {"media": "live-0", "purpose": "checks"}


def test_viewing_a_crop_is_on_the_record_with_its_viewer() -> None:
    case_id = case_with_crops()
    view_crop(case_id)

    (entry,) = entries(Event.CROP_VIEWED)
    assert entry["case"] == str(name_of(case_id))
    assert entry["actor"] == {"kind": "person", "id": REVIEWER.id}
    assert entry["facts"] == {"media": "crop-live", "claim": "claim-1", "reason": "review"}


def test_no_look_when_the_log_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = case_with_crops()

    def full(*args: object, **facts: object) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr(store, "record", full)
    with pytest.raises(DatabaseError):
        view_crop(case_id)
    with pytest.raises(DatabaseError):
        store.open_frame(case_id, "live-0")


@pytest.mark.django_db(transaction=True)
def test_an_opening_inside_a_transaction_is_refused_because_its_entry_could_be_rolled_back() -> None:
    case_id = case_with_crops()
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        store.open_frame(case_id, "live-0")
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        view_crop(case_id)


def test_an_opening_that_fails_is_no_opening() -> None:
    case_id = case_with_frames()
    with pytest.raises(store.MediaMissing):
        store.open_frame(case_id, "live-9")

    assert entries(Event.FRAME_OPENED) == []


def test_a_storage_that_fails_halfway_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    case = new_case()
    refuse_writes_after(1, monkeypatch)

    with pytest.raises(objects.StorageFailed):
        store.seal_frames(case.pk, FRAMES, actor=BANK)

    assert stored_files() == []
    assert not CaseKey.objects.exists()
    assert not SealedMedia.objects.exists()
    assert entries(Event.MEDIA_SEALED) == []


def test_a_log_that_fails_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    case = new_case()

    def full(*args: object, **facts: object) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr(store, "record", full)
    with pytest.raises(DatabaseError):
        store.seal_frames(case.pk, FRAMES, actor=BANK)

    assert stored_files() == []
    assert not CaseKey.objects.exists()


def test_a_directory_that_cannot_be_written_is_a_storage_failure(settings: Any, tmp_path: Any) -> None:
    (tmp_path / "media").write_text("a file where the directory should be")
    case = new_case()

    with pytest.raises(objects.StorageFailed) as caught:
        store.seal_frames(case.pk, FRAMES, actor=BANK)
    assert str(tmp_path) not in str(caught.value)


def test_frames_are_sealed_once_and_never_replaced() -> None:
    case_id = case_with_frames()
    before = stored_files()

    with pytest.raises(store.AlreadySealed):
        store.seal_frames(case_id, {"reference": b"another face"}, actor=BANK)

    assert sorted(stored_files()) == sorted(before)
    assert store.open_frame(case_id, "reference") == FRAMES["reference"]


def test_a_process_without_the_public_key_cannot_seal(settings: Any) -> None:
    settings.FRAME_PUBLIC_KEY = settings.CROP_PUBLIC_KEY = ""
    case = new_case()

    with pytest.raises(store.VaultLocked, match="FRAME_PUBLIC_KEY"):
        store.seal_frames(case.pk, FRAMES, actor=BANK)
    with pytest.raises(store.VaultLocked, match="CROP_PUBLIC_KEY"):
        store.seal_crops(case.pk, {"crop-live": CROP})


def test_a_second_run_of_the_worker_replaces_the_crops(django_capture_on_commit_callbacks: Any) -> None:
    case_id = case_with_crops()
    with django_capture_on_commit_callbacks(execute=True):
        store.seal_crops(case_id, {"crop-live": CROP + b" again", "crop-reference": CROP})

    assert view_crop(case_id) == CROP + b" again"
    assert store.sealed_kinds(case_id, Purpose.CROP) == ["crop-live", "crop-reference"]
    assert len(stored_files()) == 4


def test_no_crop_is_sealed_once_the_frames_are_destroyed() -> None:
    case_id = case_with_frames()
    destroy(case_id)

    with pytest.raises(store.MediaDestroyed):
        store.seal_crops(case_id, {"crop-live": CROP})
    assert len(stored_files()) == len(FRAMES)


def test_no_crop_is_sealed_again_once_the_crops_are_destroyed() -> None:
    case_id = case_with_crops()
    destroy(case_id, Purpose.CROP)

    with pytest.raises(store.MediaDestroyed):
        store.seal_crops(case_id, {"crop-live": CROP})


def test_no_crop_is_sealed_for_a_case_without_frames() -> None:
    with pytest.raises(store.MediaMissing):
        store.seal_crops(new_case().pk, {"crop-live": CROP})


def test_an_unknown_case_has_nothing() -> None:
    with pytest.raises(store.MediaMissing):
        store.open_frame(uuid4(), "reference")


def test_a_row_whose_bytes_are_lost_is_an_error_and_not_a_destruction() -> None:
    case_id = case_with_frames()
    file_of(media_of(case_id, "live-0")).unlink()

    with pytest.raises(store.MediaMissing, match="lost its bytes"):
        store.open_frame(case_id, "live-0")


def test_a_storage_that_cannot_read_says_so_without_a_path() -> None:
    case_id = case_with_frames()
    path = file_of(media_of(case_id, "live-0"))
    path.unlink()
    path.mkdir()

    with pytest.raises(objects.StorageFailed) as caught:
        store.open_frame(case_id, "live-0")
    assert str(path) not in str(caught.value)
