"""Who finds a notice, when it is settled, and who is never told of their own."""

from __future__ import annotations

import pytest

from tests.factories import a_person
from verification.access.models import User
from verification.access.roles import Role
from verification.incidents import duty, handling, hold_ends, holds
from verification.notices.models import Notice

from .worries import a_held_worry, a_worry, later

pytestmark = pytest.mark.django_db
Kind = Notice.Kind


def told(kind: Notice.Kind, *, settled: bool = False) -> set[User]:
    notices = Notice.objects.filter(kind=kind, settled_at__isnull=not settled).select_related("to")
    return {notice.to for notice in notices}


def test_a_worry_tells_those_on_duty_and_its_hold_the_risk_officers() -> None:
    on_duty = a_person(Role.SENIOR_REVIEWER)
    duty.start(on_duty)
    worry = a_worry()
    assert told(Kind.INCIDENT_RAISED) == {on_duty}
    assert told(Kind.HOLD_ASKED) == {worry.officer}


def test_a_notice_is_settled_when_somebody_takes_it_on() -> None:
    worry = a_worry()
    handling.take(worry.incident.pk, worry.senior)
    assert told(Kind.INCIDENT_RAISED) == set()
    assert told(Kind.INCIDENT_RAISED, settled=True) == {worry.senior}


def test_a_notice_is_settled_when_it_is_closed_at_once() -> None:
    worry = a_worry()
    handling.close(worry.incident.pk, worry.senior, outcome="no_concern", hold="release")
    assert told(Kind.INCIDENT_RAISED) == told(Kind.HOLD_ASKED) == set()


@pytest.mark.parametrize("approves", [True, False])
def test_a_request_is_settled_by_its_answer(approves: bool) -> None:
    worry = a_worry()
    holds.answer_hold(worry.hold.pk, worry.officer, approves=approves)
    assert told(Kind.HOLD_ASKED) == set()


def test_a_request_is_settled_when_its_time_is_over() -> None:
    a_worry()
    with later(hours=4):
        hold_ends.end_overdue()
    assert told(Kind.HOLD_ASKED) == set()


def test_a_renewal_is_asked_of_everybody_but_those_who_want_it() -> None:
    other = a_person(Role.SENIOR_REVIEWER)
    worry = a_held_worry()
    holds.ask_hold(worry.incident.pk, worry.senior)
    assert told(Kind.HOLD_ASKED) == {other, worry.officer}


def test_seniors_are_warned_a_day_before_the_end_once_and_until_it_is_renewed() -> None:
    worry = a_held_worry()
    with later(days=5, hours=23):
        assert hold_ends.warn_of_ends() == 0
    with later(days=6, hours=1):
        assert [hold_ends.warn_of_ends(), hold_ends.warn_of_ends()] == [1, 0]
        assert told(Kind.HOLD_ENDING) == {worry.senior}
        renewal = holds.ask_hold(worry.incident.pk, worry.senior)
        holds.answer_hold(renewal.pk, worry.officer, approves=True)
    assert told(Kind.HOLD_ENDING) == set()


def test_nobody_is_warned_of_what_is_being_renewed_already() -> None:
    worry = a_held_worry()
    with later(days=6, hours=1):
        holds.ask_hold(worry.incident.pk, worry.senior)
        assert hold_ends.warn_of_ends() == 0


def test_a_warning_is_settled_by_the_end() -> None:
    worry = a_held_worry()
    with later(days=6, hours=1):
        hold_ends.warn_of_ends()
    hold_ends.release(worry.hold.pk, worry.senior)
    assert told(Kind.HOLD_ENDING) == set()
