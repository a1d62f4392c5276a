"""A capture is sealed as one object, once, under a key of its own that only the worker can open."""

import json
from typing import Any

import pytest

from tests.vault.sealing import BANK, FRAMES, case_with_frames, destroy, stored_files
from verification.audit.events import Event
from verification.audit.models import Entry
from verification.vault import store
from verification.vault.models import CaseKey, Purpose

pytestmark = pytest.mark.django_db
BUNDLE = b"CLIP1 the moving face " * 40


def case_with_capture() -> Any:
    case_id = case_with_frames()
    store.seal_capture(case_id, BUNDLE, actor=BANK)
    return case_id


@pytest.mark.django_db(transaction=True)
def test_the_worker_reads_it_as_it_was_and_leaves_a_line() -> None:
    case_id = case_with_capture()
    assert store.open_capture(case_id) == BUNDLE
    entry = Entry.objects.get(event=Event.FRAME_OPENED)
    assert json.loads(entry.body)["facts"] == {"media": "clip", "purpose": "checks"}


def test_the_web_process_cannot_open_it(settings: Any) -> None:
    case_id = case_with_capture()
    settings.FRAME_PRIVATE_KEY = ""
    with pytest.raises(store.VaultLocked):
        store.open_capture(case_id)


def test_it_lies_in_no_storage_in_the_clear() -> None:
    case_with_capture()
    assert len(stored_files()) == len(FRAMES) + 1
    assert not any(b"face" in path.read_bytes() for path in stored_files())


def test_a_second_one_is_refused_and_leaves_nothing() -> None:
    case_id = case_with_capture()
    with pytest.raises(store.AlreadySealed):
        store.seal_capture(case_id, BUNDLE, actor=BANK)
    assert len(stored_files()) == len(FRAMES) + 1


@pytest.mark.django_db(transaction=True)
def test_destroying_a_case_destroys_it_too() -> None:
    case_id = case_with_capture()
    assert destroy(case_id).images == len(FRAMES) + 1
    with pytest.raises(store.MediaDestroyed):
        store.open_capture(case_id)


def test_its_key_opens_no_frame() -> None:
    case_id = case_with_capture()
    keys = {key.purpose: bytes(key.wrapped or b"") for key in CaseKey.objects.filter(case_id=case_id)}
    assert keys.keys() == {Purpose.FRAME, Purpose.CAPTURE}
    assert keys[Purpose.FRAME] != keys[Purpose.CAPTURE]
