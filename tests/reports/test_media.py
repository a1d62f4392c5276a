"""Media that is still there is counted, and called overdue by the same limits that the sweeper keeps."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from tests import factories
from tests.incidents.worries import a_held_worry, decided
from verification.audit.events import SWEEPER
from verification.cases.lifecycle import advance
from verification.cases.models import Case
from verification.cases.states import CaseStatus
from verification.incidents import hold_ends
from verification.reports import media
from verification.retention import schedule
from verification.retention.erase import destroy_media

from .days import a_window

SECOND = timedelta(seconds=1)


def an_unresolved_case_with_its_media() -> Case:
    """As it is when the sweeper has not come round yet."""
    case = factories.a_received_case(live=2)
    with transaction.atomic():
        advance(case, CaseStatus.UNRESOLVED, actor=SWEEPER)
    return case


def test_the_report_s_limits_are_those_of_the_schedule() -> None:
    assert schedule.OPEN_CASE == media.OPEN_CASE
    assert schedule.AFTER_CLOSING == media.AFTER_CLOSING


@pytest.mark.django_db
def test_an_open_case_is_overdue_a_moment_after_it_is_due_and_not_before() -> None:
    case = factories.a_received_case(live=2)
    due = schedule.media_due(case)
    assert due is not None
    assert media.held(a_window(), due) == media.Held(cases=1, images=3, overdue=0, overdue_readable=0, next_due=due)
    assert media.held(a_window(), due + SECOND) == media.Held(1, 3, overdue=1, overdue_readable=1, next_due=None)


@pytest.mark.django_db
def test_a_closed_case_that_kept_its_media_is_listed() -> None:
    case = an_unresolved_case_with_its_media()
    due = schedule.media_due(case)
    assert due is not None
    assert media.overdue(a_window(), due) == []
    (late,) = media.overdue(a_window(), due + SECOND)
    assert late == media.Overdue(case.pk, "unresolved", due, images=3, readable=True)


@pytest.mark.django_db(transaction=True)
def test_destroyed_media_is_not_held() -> None:
    case = an_unresolved_case_with_its_media()
    destroy_media(case.pk, actor=SWEEPER, reason="closed")
    later = timezone.now() + timedelta(days=30)
    assert media.held(a_window(), later) == media.Held(0, 0, 0, 0, None)


@pytest.mark.django_db
def test_media_under_a_legal_hold_is_held_and_not_overdue_before_its_end() -> None:
    worry = decided(a_held_worry())
    destroy_media(worry.case.pk, actor=SWEEPER, reason="closed")
    later = worry.hold.until + schedule.AFTER_CLOSING
    found = media.held(a_window(), later)
    assert (found.cases, found.overdue, found.by_hold, found.next_due) == (1, 0, 1, later)
    assert media.held(a_window(), later + SECOND).overdue == 1


@pytest.mark.django_db
def test_a_crop_of_a_held_case_is_overdue_in_its_own_time() -> None:
    worry = decided(a_held_worry())
    due = worry.case.closed_at
    assert due is not None
    found = media.held(a_window(), due + schedule.AFTER_CLOSING + SECOND)
    assert (found.overdue, found.by_hold) == (1, 0)


@pytest.mark.django_db
def test_after_the_hold_the_media_is_overdue_at_once() -> None:
    worry = decided(a_held_worry())
    destroy_media(worry.case.pk, actor=SWEEPER, reason="closed")
    hold_ends.release(worry.hold.pk, worry.senior)
    assert media.held(a_window(), timezone.now() + 2 * schedule.AFTER_CLOSING).overdue == 1
