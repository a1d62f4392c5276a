"""Two transactions at once, held at the worst moment: destroying against opening, and against sealing."""

import threading
from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import connection, transaction

from tests.vault.sealing import CROP, FRAMES, case_with_frames, destroy
from verification.audit.events import WORKER
from verification.cases.models import Case
from verification.vault import objects, store
from verification.vault.models import CaseKey, Purpose

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 20.0


class Aside(threading.Thread):
    """Runs one act on a connection of its own and keeps what came of it."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self.act, self.outcome = act, None
        self.start()

    outcome: object

    def run(self) -> None:
        try:
            self.outcome = self.act()
        except Exception as problem:  # noqa: BLE001 - the outcome is what the test looks at
            self.outcome = problem
        finally:
            connection.close()

    def result(self) -> object:
        self.join(PATIENCE)
        assert not self.is_alive()
        return self.outcome


def until_somebody_waits_for_a_lock() -> None:
    for _ in range(1000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        threading.Event().wait(0.01)
    raise AssertionError("nobody waits for a lock")


def test_an_opening_that_began_first_ends_with_its_bytes_and_the_destruction_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case_id = case_with_frames()
    reading, go_on = threading.Event(), threading.Event()
    read = objects.read

    def slow_read(name: str) -> bytes:
        reading.set()
        go_on.wait(PATIENCE)
        return read(name)

    monkeypatch.setattr(objects, "read", slow_read)
    opening = Aside(lambda: store.open_frame(case_id, "reference"))
    assert reading.wait(PATIENCE)
    destroying = Aside(lambda: destroy(case_id))
    until_somebody_waits_for_a_lock()
    go_on.set()

    assert opening.result() == FRAMES["reference"]
    assert destroying.result() == store.DestroyedCounts(keys=1, images=2)
    with pytest.raises(store.MediaDestroyed):
        store.open_frame(case_id, "reference")


def test_an_opening_that_comes_during_a_destruction_finds_the_media_destroyed() -> None:
    case_id = case_with_frames()
    with transaction.atomic():
        store.destroy_keys(case_id, actor=WORKER, reason="test")
        opening = Aside(lambda: store.open_frame(case_id, "reference"))
        until_somebody_waits_for_a_lock()

    assert isinstance(opening.result(), store.MediaDestroyed)


def test_a_crop_sealed_while_the_destruction_waited_is_destroyed_too() -> None:
    case_id = case_with_frames()
    with transaction.atomic():
        store.seal_crops(case_id, {"crop-live": CROP})
        destroying = Aside(lambda: destroy(case_id))
        until_somebody_waits_for_a_lock()

    assert destroying.result() == store.DestroyedCounts(keys=2, images=3)
    assert not CaseKey.objects.filter(wrapped__isnull=False).exists()


def test_a_crop_that_comes_during_a_destruction_is_not_sealed() -> None:
    case_id = case_with_frames()
    with transaction.atomic():
        store.destroy_keys(case_id, actor=WORKER, reason="test")
        sealing = Aside(lambda: store.seal_crops(case_id, {"crop-live": CROP}))
        until_somebody_waits_for_a_lock()

    assert isinstance(sealing.result(), store.MediaDestroyed)
    assert not CaseKey.objects.filter(purpose=Purpose.CROP).exists()


def test_an_erasure_and_a_worker_that_seals_a_crop_do_not_deadlock() -> None:
    """Both touch the case and its key. An erasure moves the case first, so sealing must take the case first too."""
    case_id = case_with_frames()

    def seal_then_move() -> str:
        with transaction.atomic():
            store.seal_crops(case_id, {"crop-live": CROP})
            return move(case_id, "in_review")

    with transaction.atomic():
        move(case_id, "erased")
        working = Aside(seal_then_move)
        until_somebody_waits_for_a_lock()
        store.destroy_keys(case_id, actor=WORKER, reason="test")

    assert isinstance(working.result(), store.MediaDestroyed)


def move(case_id: UUID, status: str) -> str:
    Case.objects.filter(pk=case_id).update(status=status)
    return status
