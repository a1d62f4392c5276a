"""A real worker is killed while it draws a wider view: the view is drawn once, or it ends and says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from django.db.models import F

from tests.factories import a_person, approve, ask_wider
from tests.flows.photographs import astronaut, astronaut_again
from tests.flows.test_pipeline import a_capture, settled
from verification import tasks
from verification.access.roles import Role
from verification.audit.events import OPERATOR, Event
from verification.audit.models import Entry
from verification.cases.models import Case
from verification.cases.review_settings import ReviewSettings, change_review
from verification.cases.states import CaseStatus
from verification.review import queue
from verification.sweeper import sweep_once
from verification.vault.models import CaseKey, Purpose
from verification.wider import leases
from verification.wider.models import WiderView
from verification.wider.standing import MAX_ATTEMPTS

from .test_worker_killed import Worker, wait_until, worker

__all__ = ["worker"]
pytestmark = pytest.mark.django_db(transaction=True)


def an_approved_view() -> WiderView:
    case = a_capture(astronaut(), astronaut_again(), trusted=False)
    change_review(OPERATOR, case.programme, replace(ReviewSettings(), wider_neck=True))
    assert settled(case).status == "in_review"
    claim = queue.take_next(a_person(Role.REVIEWER))
    assert claim is not None
    return approve(ask_wider(claim))


def reached(view: WiderView, state: str, attempt: int) -> bool:
    return WiderView.objects.filter(pk=view.pk, state=state, attempts=attempt).exists()


def kill_in_the_middle(worker: Worker, view: WiderView, attempt: int) -> None:
    begun = partial(reached, view, WiderView.State.APPROVED, attempt)
    wait_until(begun, f"attempt {attempt} began")
    worker.kill_the_one_at_work()


def the_lease_ends(view: WiderView) -> None:
    """Moved in the row, because the worker reads the clock of the machine."""
    past = leases.LEASE + timedelta(seconds=1)
    WiderView.objects.filter(pk=view.pk).update(
        leased_until=F("leased_until") - past, announced_at=F("announced_at") - past
    )


def sealed() -> int:
    return CaseKey.objects.filter(purpose=Purpose.WIDER, wrapped__isnull=False).count()


def test_a_view_whose_worker_was_killed_is_drawn_by_the_next(worker: Worker) -> None:
    view = an_approved_view()
    assert tasks.ring_wider(view.pk)
    kill_in_the_middle(worker, view, attempt=1)
    wait_until(worker.has_noticed, "the loss was noticed")
    assert sealed() == 0
    assert tasks.ring_wider_again() == 0

    the_lease_ends(view)
    assert sweep_once(1)["wider_views_rung"] == 1
    wait_until(partial(reached, view, WiderView.State.READY, 2), "it was drawn")
    assert sealed() == 1
    assert Entry.objects.filter(event=Event.WIDER_SEALED).count() == 1


def test_a_view_does_not_stand_in_line_behind_a_backlog_of_cases(worker: Worker) -> None:
    view = an_approved_view()
    backlog = [a_capture(astronaut(), astronaut_again()) for _ in range(8)]
    for case in backlog:
        assert tasks.ring(case.pk)
    assert tasks.ring_wider(view.pk)
    wait_until(partial(reached, view, WiderView.State.READY, 1), "it was drawn")
    assert Case.objects.filter(pk__in=[case.pk for case in backlog], status=CaseStatus.RECEIVED).count() > 2


def test_a_view_that_kills_every_worker_ends_and_says_so(worker: Worker) -> None:
    view = an_approved_view()
    assert tasks.ring_wider(view.pk)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        kill_in_the_middle(worker, view, attempt)
        the_lease_ends(view)
        if attempt < MAX_ATTEMPTS:
            assert tasks.ring_wider_again() == 1
    assert tasks.ring_wider_again() == 0
    sweep_once(1)
    view.refresh_from_db()
    assert (view.state, view.end) == (WiderView.State.ENDED, WiderView.End.NOT_RENDERED)
    assert sealed() == 0
