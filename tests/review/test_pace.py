"""A reviewer's own pace: what they did in this session, and how long they have worked without a break."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests.factories import a_claim, a_person, vote
from verification.access.models import User
from verification.access.roles import Role
from verification.review import claims, own_work

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def reviewer() -> User:
    return a_person(Role.REVIEWER)


def work(reviewer: User, clock: time_machine.Traveller, minutes: int) -> None:
    """One case of so many minutes, given back at its end."""
    claim = a_claim(reviewer)
    clock.shift(timedelta(minutes=minutes - 1))
    type(claim).objects.filter(pk=claim.pk).update(heard_at=datetime.now(UTC))
    clock.shift(timedelta(seconds=59))
    claims.release(claim.pk, reviewer)
    clock.shift(timedelta(seconds=1))


def pace(reviewer: User) -> own_work.Session:
    return own_work.session(reviewer, NOON)


def test_the_session_counts_cases_and_their_median(reviewer: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        assert (pace(reviewer).cases, pace(reviewer).median_seconds) == (0, None)
        for seconds in (10, 20, 50):
            claim = a_claim(reviewer)
            clock.shift(timedelta(seconds=seconds))
            vote(claim)
        assert (pace(reviewer).cases, pace(reviewer).median_seconds) == (3, 20.0)


def test_after_fifty_minutes_without_a_break_one_is_due(reviewer: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(6):
            work(reviewer, clock, 8)
        assert (pace(reviewer).minutes, pace(reviewer).break_due) == (48, False)
        work(reviewer, clock, 8)
        assert (pace(reviewer).minutes, pace(reviewer).break_due) == (56, True)


def test_five_minutes_without_work_are_a_break_and_four_are_none(reviewer: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        work(reviewer, clock, 8)
        clock.shift(timedelta(minutes=4))
        work(reviewer, clock, 8)
        assert pace(reviewer).minutes == 20
        clock.shift(timedelta(minutes=5))
        assert pace(reviewer).minutes == 0
        work(reviewer, clock, 8)
        assert pace(reviewer).minutes == 8
