"""Seniors hear of cases past their time: once for each, and once an hour however many there are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests.factories import a_case_in_review, a_person, settled, vote
from verification.access.models import User
from verification.access.roles import Role
from verification.incidents import duty
from verification.notices import board
from verification.notices.models import Notice
from verification.review import overdue, queue
from verification.sweeper import sweep_once

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
# The due time of a programme that says nothing else.
DUE = timedelta(minutes=240)


@pytest.fixture
def senior() -> User:
    return a_person(Role.SENIOR_REVIEWER)


def notices() -> int:
    return Notice.objects.filter(kind=Notice.Kind.QUEUE_OVERDUE).count()


def test_cases_in_time_are_no_news(senior: User) -> None:
    a_case_in_review()
    assert overdue.tell([senior]) == 0


def test_many_that_became_due_together_are_one_notice(senior: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(5):
            a_case_in_review()
            clock.shift(timedelta(minutes=5))
        clock.move_to(NOON + DUE + timedelta(minutes=30))
        assert [overdue.tell([senior]) for _ in range(3)] == [1, 0, 0]
    assert notices() == 1


def test_a_case_is_told_of_once_and_not_again_every_hour(senior: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        a_case_in_review()
        clock.move_to(NOON + DUE + timedelta(minutes=1))
        overdue.tell([senior])
        for _ in range(3):
            clock.shift(timedelta(hours=1))
            assert overdue.tell([senior]) == 0


def test_another_that_becomes_due_an_hour_later_is_news(senior: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        a_case_in_review()
        clock.shift(timedelta(minutes=70))
        a_case_in_review()
        clock.move_to(NOON + DUE + timedelta(minutes=1))
        assert overdue.tell([senior]) == 1
        clock.shift(timedelta(minutes=70))
        assert overdue.tell([senior]) == 1
    assert notices() == 2


def test_when_nothing_is_late_any_more_the_notice_is_settled(senior: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        a_case_in_review()
        clock.move_to(NOON + DUE + timedelta(minutes=1))
        overdue.tell([senior])
        claim = queue.take_next(a_person(Role.REVIEWER))
        assert claim is not None
        vote(claim)
        settled()
        overdue.tell([senior])
    assert not board.open_for(senior).exists()


def test_whoever_is_on_duty_hears_of_it_and_with_nobody_there_everybody(senior: User) -> None:
    other = a_person(Role.SENIOR_REVIEWER)
    with time_machine.travel(NOON, tick=False) as clock:
        a_case_in_review()
        clock.move_to(NOON + DUE + timedelta(minutes=1))
        duty.start(senior)
        sweep_once()
        assert [board.open_for(person).count() for person in (senior, other)] == [1, 0]
        duty.stop(senior)
        sweep_once()
        assert board.open_for(other).count() == 1
