"""Media that is still there is counted, and called overdue by the same limits that the sweeper keeps."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from tests import factories
from verification.audit.events import SWEEPER
from verification.cases.lifecycle import advance
from verification.cases.models import Case
from verification.cases.states import CaseStatus
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
