"""An approved view is drawn once, by one worker at a time, three times at most, and only while it stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerAway

from tests.factories import a_picture, a_ready_view, an_asked_view, approve
from verification import tasks
from verification.audit.events import OPERATOR, Event
from verification.cases.review_settings import ReviewSettings, change_review
from verification.retention.erase import destroy_media, erase_case
from verification.review import claims
from verification.sweeper import sweep_once
from verification.vault import objects, store
from verification.vault.models import CaseKey, Purpose
from verification.wider import leases, rendering
from verification.wider.answers import withdraw
from verification.wider.models import WiderView
from verification.wider.standing import MAX_ATTEMPTS

from .told import facts_of

pytestmark = pytest.mark.django_db


def an_approved_view() -> WiderView:
    return approve(an_asked_view())


def drawing(monkeypatch: pytest.MonkeyPatch, act: Callable[[], bytes]) -> None:
    monkeypatch.setattr(rendering, "drawn", lambda _view: act())


def blank(monkeypatch: pytest.MonkeyPatch) -> None:
    drawing(monkeypatch, a_picture)


def after(view: WiderView) -> WiderView:
    view.refresh_from_db()
    return view


def sealed() -> bool:
    return CaseKey.objects.filter(purpose=Purpose.WIDER, wrapped__isnull=False).exists()


def test_it_becomes_ready_for_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    blank(monkeypatch)
    view = an_approved_view()
    leases.render(view.pk)
    after(view)
    assert (view.state, view.attempts, view.leased_until) == (WiderView.State.READY, 1, None)
    assert view.ready_at is not None
    assert view.ends_at == view.ready_at + timedelta(seconds=60)
    assert facts_of(Event.WIDER_SEALED) == [{"view": str(view.pk), "tier": 1}]
    assert sealed()


def test_a_message_that_comes_twice_draws_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    blank(monkeypatch)
    view = an_approved_view()
    leases.render(view.pk)
    leases.render(view.pk)
    assert after(view).attempts == 1
    assert len(facts_of(Event.WIDER_SEALED)) == 1


def test_a_second_worker_finds_it_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    blank(monkeypatch)
    view = an_approved_view()
    assert leases.lease(view.pk) is not None
    leases.render(view.pk)
    assert (after(view).state, view.attempts) == (WiderView.State.APPROVED, 1)


def test_without_approval_there_is_nothing_to_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    blank(monkeypatch)
    view = an_asked_view()
    leases.render(view.pk)
    assert (after(view).state, view.attempts) == (WiderView.State.ASKED, 0)
    assert not sealed()


def test_one_that_ended_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    blank(monkeypatch)
    view = an_approved_view()
    withdraw(view.pk, view.asked_by)
    leases.render(view.pk)
    assert (after(view).state, view.attempts) == (WiderView.State.ENDED, 0)


def release(view: WiderView) -> None:
    claims.release(view.claim_id, view.asked_by)


def switch_off(view: WiderView) -> None:
    change_review(OPERATOR, view.claim.item.case.programme, ReviewSettings())


@pytest.mark.parametrize(("happens", "end"), [(release, "claim_ended"), (switch_off, "not_allowed")])
def test_what_ended_while_it_was_drawn_is_not_sealed(
    monkeypatch: pytest.MonkeyPatch, happens: Callable[[WiderView], None], end: str
) -> None:
    view = an_approved_view()

    def meanwhile() -> bytes:
        happens(view)
        return a_picture()

    drawing(monkeypatch, meanwhile)
    leases.render(view.pk)
    assert (after(view).state, view.end) == (WiderView.State.ENDED, end)
    assert not sealed()
    assert facts_of(Event.WIDER_SEALED) == []


def test_a_case_that_was_erased_while_it_was_drawn_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    view = an_approved_view()

    def meanwhile() -> bytes:
        erase_case(view.claim.item_id, actor=OPERATOR)
        return a_picture()

    drawing(monkeypatch, meanwhile)
    leases.render(view.pk)
    assert not sealed()


def test_a_worker_whose_lease_ended_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    view = an_approved_view()

    def meanwhile() -> bytes:
        WiderView.objects.update(leased_until=timezone.now())
        assert leases.lease(view.pk) is not None
        return a_picture()

    drawing(monkeypatch, meanwhile)
    leases.render(view.pk)
    assert (after(view).state, view.attempts) == (WiderView.State.APPROVED, 2)
    assert not sealed()


def raising(error: Exception) -> Callable[[], bytes]:
    def act() -> bytes:
        raise error

    return act


def test_a_face_without_an_outline_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    drawing(monkeypatch, raising(rendering.NothingToDraw()))
    view = an_approved_view()
    leases.render(view.pk)
    assert (after(view).state, view.end) == (WiderView.State.ENDED, WiderView.End.NOT_RENDERED)


def test_three_failures_end_it(monkeypatch: pytest.MonkeyPatch) -> None:
    drawing(monkeypatch, raising(MemoryError()))
    view = an_approved_view()
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert leases.waiting().exists()
        leases.render(view.pk)
        assert (after(view).state, view.attempts) == (WiderView.State.APPROVED, attempt)
    assert not leases.waiting().exists()
    sweep_once(1)
    assert (after(view).state, view.end) == (WiderView.State.ENDED, WiderView.End.NOT_RENDERED)


def test_an_outage_costs_no_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    view = an_approved_view()
    with monkeypatch.context() as patch:
        drawing(patch, raising(rendering.NotNow()))
        for _ in range(MAX_ATTEMPTS + 1):
            leases.render(view.pk)
    assert (after(view).state, view.attempts) == (WiderView.State.APPROVED, 0)
    blank(monkeypatch)
    leases.render(view.pk)
    assert (after(view).state, view.attempts) == (WiderView.State.READY, 1)


def test_a_storage_that_takes_nothing_costs_no_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    view = an_approved_view()
    blank(monkeypatch)

    def full(_sealed: bytes) -> str:
        raise objects.StorageFailed

    monkeypatch.setattr(objects, "write", full)
    leases.render(view.pk)
    assert (after(view).state, view.attempts) == (WiderView.State.APPROVED, 0)


def test_media_that_was_destroyed_while_it_was_drawn_is_not_sealed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    view = an_approved_view()

    def meanwhile() -> bytes:
        destroy_media(view.claim.item_id, actor=OPERATOR, reason="requested")
        return a_picture()

    drawing(monkeypatch, meanwhile)
    leases.render(view.pk)
    assert (after(view).end, sealed()) == (WiderView.End.NOT_RENDERED, False)


@pytest.mark.parametrize(
    ("error", "becomes"),
    [
        (objects.StorageFailed(), rendering.NotNow),
        (store.MediaDestroyed(), rendering.NothingToDraw),
        (store.MediaMissing(), rendering.NothingToDraw),
    ],
)
def test_an_outage_is_told_from_media_that_is_gone(
    monkeypatch: pytest.MonkeyPatch, error: Exception, becomes: type[Exception]
) -> None:
    def fail(*_args: Any, **_kwargs: Any) -> bytes:
        raise error

    monkeypatch.setattr(store, "open_frame", fail)
    with pytest.raises(becomes):
        rendering.drawn(an_approved_view())


# The bell ------------------------------------------------------------------------------------------------------------


def test_a_view_whose_message_was_lost_is_rung_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(tasks.render_wider, "delay", sent.append)
    view = an_approved_view()
    assert tasks.ring_wider_again() == 1
    assert tasks.ring_wider_again() == 0
    WiderView.objects.update(announced_at=timezone.now() - tasks.REPEAT_WIDER_AFTER - timedelta(seconds=1))
    assert tasks.ring_wider_again() == 1
    assert sent == [str(view.pk)] * 2


def test_a_view_in_somebody_s_hands_is_not_rung_for_until_the_lease_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(tasks.render_wider, "delay", sent.append)
    view = an_approved_view()
    assert leases.lease(view.pk) is not None
    assert tasks.ring_wider_again() == 0
    WiderView.objects.update(leased_until=timezone.now())
    assert tasks.ring_wider_again() == 1


def test_nothing_else_is_rung_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks.render_wider, "delay", pytest.fail)
    an_asked_view()
    a_ready_view()
    assert tasks.ring_wider_again() == 0


def test_without_a_broker_the_request_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_view_id: str) -> None:
        raise BrokerAway

    monkeypatch.setattr(tasks.render_wider, "delay", away)
    view = an_approved_view()
    assert not tasks.ring_wider(view.pk)
    assert after(view).announced_at is None
    assert leases.waiting().get() == view


def test_the_lease_outlasts_the_task() -> None:
    task = tasks.render_wider
    assert task.soft_time_limit is not None
    assert task.time_limit is not None
    assert leases.LEASE.total_seconds() > task.time_limit > task.soft_time_limit
