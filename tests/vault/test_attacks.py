"""What a thief or a meddler gets: of the database, of the storage, of the web server, of the right to write rows."""

from typing import Any

import pytest
from django.db import connection

from tests.vault.sealing import (
    CROP,
    FRAMES,
    LIVE,
    REFERENCE,
    case_with_crops,
    case_with_frames,
    file_of,
    key_of,
    media_of,
    stored_files,
    view_crop,
)
from verification.vault import crypto, store
from verification.vault.models import CaseKey, Purpose, SealedMedia

pytestmark = pytest.mark.django_db


def everything_in_the_database() -> bytes:
    """Every value of every table as the database's own text, binary columns as their bytes."""
    found = b""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                found += b" ".join(bytes(v) if isinstance(v, memoryview | bytes) else str(v).encode() for v in row)
    return found


def test_database_and_storage_without_a_private_key_yield_no_picture(settings: Any) -> None:
    case_with_crops()
    loot = everything_in_the_database() + b"".join(path.read_bytes() for path in stored_files())

    assert len(stored_files()) == 3
    for trace in (b"\xff\xd8\xff", b"\x89PNG", b"live face", b"redacted face", REFERENCE[:16], LIVE[:16], CROP[:16]):
        assert trace not in loot
    for secret in (settings.FRAME_PRIVATE_KEY, settings.CROP_PRIVATE_KEY):
        assert secret.encode() not in loot


def test_no_data_key_lies_anywhere_in_the_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    made = [crypto.new_data_key(), crypto.new_data_key()]
    left = iter(made)
    monkeypatch.setattr(crypto, "new_data_key", lambda: next(left))
    case_with_crops()
    loot = everything_in_the_database() + b"".join(path.read_bytes() for path in stored_files())

    assert next(left, None) is None
    assert not any(key in loot for key in made)


def test_the_web_process_cannot_open_a_frame(settings: Any) -> None:
    settings.FRAME_PRIVATE_KEY = ""
    case_id = case_with_frames()

    with pytest.raises(store.VaultLocked, match="FRAME_PRIVATE_KEY is not configured"):
        store.open_frame(case_id, "reference")


def test_the_web_process_cannot_open_a_frame_with_the_key_it_has(settings: Any) -> None:
    """Not even by passing its own private key off as the worker's."""
    case_id = case_with_frames()
    settings.FRAME_PRIVATE_KEY = settings.CROP_PRIVATE_KEY

    with pytest.raises(crypto.WrongKey):
        store.open_frame(case_id, "reference")


def test_the_worker_cannot_open_a_crop(settings: Any) -> None:
    settings.CROP_PRIVATE_KEY = ""
    case_id = case_with_crops()

    with pytest.raises(store.VaultLocked, match="CROP_PRIVATE_KEY is not configured"):
        view_crop(case_id)


def test_a_frame_relabelled_as_a_crop_does_not_open() -> None:
    """Somebody who may write rows offers a whole frame to the process that shows crops."""
    case_id = case_with_frames()
    CaseKey.objects.filter(case_id=case_id).update(purpose=Purpose.CROP)
    SealedMedia.objects.filter(case_id=case_id, kind="live-0").update(purpose=Purpose.CROP, kind="crop-live")

    with pytest.raises(crypto.WrongKey):
        view_crop(case_id)


def test_a_frame_of_another_case_does_not_open_as_this_ones() -> None:
    mine, other = case_with_frames(), case_with_frames()
    file_of(media_of(mine, "live-0")).write_bytes(file_of(media_of(other, "live-0")).read_bytes())

    with pytest.raises(crypto.Tampered):
        store.open_frame(mine, "live-0")


def test_the_key_of_another_case_does_not_open_here_even_with_its_image() -> None:
    mine, other = case_with_frames(), case_with_frames()
    CaseKey.objects.filter(pk=key_of(mine).pk).update(wrapped=bytes(key_of(other).wrapped or b""))
    file_of(media_of(mine, "live-0")).write_bytes(file_of(media_of(other, "live-0")).read_bytes())

    with pytest.raises(crypto.WrongKey):
        store.open_frame(mine, "live-0")


def test_two_images_of_one_case_cannot_change_places() -> None:
    case_id = case_with_frames()
    reference, live = media_of(case_id, "reference"), media_of(case_id, "live-0")
    SealedMedia.objects.filter(pk=live.pk).update(object_name="for a moment")
    SealedMedia.objects.filter(pk=reference.pk).update(object_name=live.object_name)
    SealedMedia.objects.filter(pk=live.pk).update(object_name=reference.object_name)

    for kind in FRAMES:
        with pytest.raises(crypto.Tampered):
            store.open_frame(case_id, kind)


def test_a_changed_version_does_not_open() -> None:
    case_id = case_with_frames()
    CaseKey.objects.filter(case_id=case_id).update(version=2)

    with pytest.raises(crypto.WrongKey):
        store.open_frame(case_id, "live-0")


def test_object_names_say_nothing_about_their_case() -> None:
    case_id = case_with_frames()
    names = [media_of(case_id, kind).object_name for kind in FRAMES]

    assert all(len(name) == 51 and name[2] == "/" for name in names)
    assert not any(case_id.hex[:6] in name for name in names)
