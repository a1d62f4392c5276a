"""A wider view is one image under a key of its own, replaced by each request, and destroyed by being opened."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from tests.vault.sealing import CROP, FRAMES, REVIEWER, case_with_crops, case_with_frames, destroy, stored_files
from tests.vault.test_races import Aside, until_somebody_waits_for_a_lock
from verification.audit.events import Event
from verification.audit.models import Entry
from verification.vault import objects, store
from verification.vault.models import CaseKey, Purpose, SealedMedia

pytestmark = pytest.mark.django_db
PICTURE = b"\x89PNG\r\n\x1a\n the face and the neck " * 40
OTHER = b"\x89PNG\r\n\x1a\n the whole frame of a later request " * 40


def sealed(picture: bytes = PICTURE, case_id: UUID | None = None) -> UUID:
    case_id = case_id or case_with_crops()
    store.seal_wider(case_id, picture, view="view-1", tier=1)
    return case_id


def look(case_id: UUID) -> bytes:
    return store.open_wider(
        case_id, actor=REVIEWER, view="view-1", claim="claim-1", tier=1, reason="welfare", approvers=["somebody"]
    ).image


def facts_of(event: Event) -> list[dict[str, Any]]:
    return [json.loads(entry.body)["facts"] for entry in Entry.objects.filter(event=event).order_by("id")]


def wider_key() -> CaseKey:
    return CaseKey.objects.get(purpose=Purpose.WIDER)


def test_it_opens_as_it_was_and_the_line_says_who_agreed() -> None:
    assert look(sealed()) == PICTURE
    assert facts_of(Event.WIDER_SEALED) == [{"view": "view-1", "tier": 1}]
    assert facts_of(Event.WIDER_VIEWED) == [
        {"view": "view-1", "claim": "claim-1", "tier": 1, "reason": "welfare", "approvers": ["somebody"]}
    ]


def test_opening_destroys_it_and_nothing_else() -> None:
    case_id = sealed()
    look(case_id)
    assert wider_key().wrapped is None
    with pytest.raises(store.MediaDestroyed):
        look(case_id)
    assert store.open_frame(case_id, "live-0") == FRAMES["live-0"]
    assert store.open_crop(case_id, "crop-live", actor=REVIEWER, claim="c", reason="review").image == CROP
    assert facts_of(Event.MEDIA_KEYS_DESTROYED) == [{"images": 1, "purposes": ["wider"], "reason": "seen"}]


@pytest.mark.django_db(transaction=True)
def test_its_bytes_are_gone_once_it_was_given() -> None:
    case_id = sealed()
    before = len(stored_files())
    look(case_id)
    assert len(stored_files()) == before - 1
    assert store.sealed_kinds(case_id, Purpose.WIDER) == []


def test_if_the_log_refuses_nothing_is_given_and_nothing_is_destroyed(monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = sealed()
    with monkeypatch.context() as patch:
        patch.setattr(store, "record", _full)
        with pytest.raises(OSError, match="the log is full"):
            look(case_id)
    assert facts_of(Event.WIDER_VIEWED) == []
    assert look(case_id) == PICTURE


def _full(*_args: object, **_facts: object) -> None:
    raise OSError("the log is full")


@pytest.mark.django_db(transaction=True)
def test_a_later_request_takes_its_place() -> None:
    case_id = sealed()
    look(case_id)
    sealed(OTHER, case_id)
    assert SealedMedia.objects.filter(purpose=Purpose.WIDER).count() == 1
    assert look(case_id) == OTHER


@pytest.mark.django_db(transaction=True)
def test_one_that_nobody_opened_is_replaced_with_its_bytes() -> None:
    case_id = sealed()
    before = len(stored_files())
    sealed(OTHER, case_id)
    assert len(stored_files()) == before
    assert look(case_id) == OTHER


def test_a_case_whose_frames_are_gone_gets_none() -> None:
    case_id = case_with_frames()
    destroy(case_id)
    with pytest.raises(store.MediaDestroyed):
        sealed(case_id=case_id)
    assert not CaseKey.objects.filter(purpose=Purpose.WIDER).exists()


@pytest.mark.django_db(transaction=True)
def test_destroying_a_case_destroys_it_too() -> None:
    case_id = sealed()
    counts = destroy(case_id)
    assert (counts.keys, counts.images) == (3, len(FRAMES) + 2)
    store.delete_bytes(case_id, actor=REVIEWER)
    assert stored_files() == []
    with pytest.raises(store.MediaDestroyed):
        look(case_id)


@pytest.mark.parametrize(
    ("setting", "act"),
    [("CROP_PUBLIC_KEY", sealed), ("CROP_PRIVATE_KEY", lambda: look(sealed()))],
    ids=["seal", "open"],
)
def test_a_process_without_the_key_can_do_neither(settings: Any, setting: str, act: Callable[[], object]) -> None:
    setattr(settings, setting, "")
    with pytest.raises(store.VaultLocked):
        act()


def test_it_lies_in_no_storage_in_the_clear() -> None:
    sealed()
    assert not any(b"neck" in path.read_bytes() for path in stored_files())


@pytest.mark.django_db(transaction=True)
def test_of_two_looks_at_once_one_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = sealed()
    read = objects.read
    waited: list[bool] = []

    def slow_read(name: str) -> bytes:
        if not waited:
            waited.append(True)
            second.start()
            until_somebody_waits_for_a_lock()
        return read(name)

    second = Late(lambda: look(case_id))
    monkeypatch.setattr(objects, "read", slow_read)
    assert look(case_id) == PICTURE
    assert isinstance(second.result(), store.MediaDestroyed)
    assert len(facts_of(Event.WIDER_VIEWED)) == 1


@pytest.mark.django_db(transaction=True)
def test_looking_and_erasing_at_once_do_not_deadlock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever destroys everything locks all keys in one order; a look locks its own alone."""
    case_id = sealed()
    with transaction.atomic():
        store.destroy_keys(case_id, actor=REVIEWER, reason="test")
        looking = Aside(lambda: look(case_id))
        until_somebody_waits_for_a_lock()
    assert isinstance(looking.result(), store.MediaDestroyed)
    assert facts_of(Event.WIDER_VIEWED) == []


class Late(Aside):
    """One that is started by hand."""

    def __init__(self, act: Callable[[], object]) -> None:
        super(Aside, self).__init__(daemon=True)
        self.act, self.outcome = act, None
