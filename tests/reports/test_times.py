"""Waiting and handling times, against cases whose times are known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests import factories
from verification.access.roles import Role
from verification.audit.events import SWEEPER
from verification.cases.models import Case
from verification.reports import times
from verification.reports.window import Span, Window
from verification.retention.erase import erase_case
from verification.review import claims, decisions, queue

from .days import count_everything

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
THAT_DAY = Window(Span.CUSTOM, NOON - timedelta(hours=12), NOON + timedelta(hours=12))


def that_day() -> Window:
    """With what has happened so far counted for the reports."""
    count_everything()
    return THAT_DAY


def a_handled_case(wait: int, handling: int) -> None:
    """A case that waits and is decided, in so many seconds."""
    reviewer = factories.a_person(Role.REVIEWER)
    with time_machine.travel(NOON, tick=False) as clock:
        factories.a_case_in_review()
        clock.shift(wait)
        claim = queue.take_next(reviewer)
        assert claim is not None
        while handling > 30:
            clock.shift(30)
            handling -= 30
            claims.pulse(claim.pk, reviewer)
        clock.shift(handling)
        decisions.decide(
            claim.pk, reviewer, same_person="same", alive="live", confidence="4", reasons=["features_agree"], note=""
        )


def test_the_median_and_the_ninety_fifth_percentile_are_interpolated() -> None:
    for wait, handling in ((10, 20), (20, 40), (30, 60), (40, 80), (1_000, 100)):
        a_handled_case(wait, handling)
    waited, handled = times.waits(that_day()), times.handling(that_day())
    assert (waited.count, waited.median, waited.longest) == (5, 30.0, 1_000.0)
    assert waited.p95 == pytest.approx(40 + 0.8 * 960)
    assert (handled.count, handled.median, handled.longest) == (5, 60.0, 100.0)
    assert handled.p95 == pytest.approx(80 + 0.8 * 20)


def test_waits_fall_into_their_steps_and_a_bound_belongs_to_the_step_above_it() -> None:
    for wait in (0, 59, 60, 299, 300, 14_400):
        a_handled_case(wait, 1)
    found = {step.label: step.cases for step in times.wait_steps(that_day())}
    assert found == {"under 1 min": 2, "1–5 min": 2, "5–15 min": 1, "15–60 min": 0, "1–4 h": 0, "4 h or more": 1}


def test_a_case_taken_a_second_time_does_not_wait_a_second_time() -> None:
    reviewer = factories.a_person(Role.REVIEWER)
    with time_machine.travel(NOON, tick=False) as clock:
        factories.a_case_in_review()
        clock.shift(10)
        first = queue.take_next(reviewer)
        assert first is not None
        claims.release(first.pk, reviewer)
        clock.shift(1_000)
        assert queue.take_next(reviewer) is not None
    assert times.waits(that_day()) == times.Spread(1, 10.0, 10.0, 10.0)


def test_times_of_a_case_erased_since_are_still_counted() -> None:
    a_handled_case(10, 20)
    erase_case(Case.objects.get().pk, actor=SWEEPER)
    assert times.waits(that_day()).count == times.handling(that_day()).count == 1


def test_nothing_has_no_median() -> None:
    assert times.machine(that_day()) == times.Spread(0, None, None, None)


def test_the_queue_now_says_how_many_wait_and_since_when() -> None:
    with time_machine.travel(NOON, tick=False):
        case = factories.a_case_in_review()
    now = NOON + timedelta(minutes=7)
    assert times.waiting_now(that_day(), now) == times.WaitingNow(1, 420.0)
    of_another = Window(Span.CUSTOM, THAT_DAY.start, THAT_DAY.end, factories.a_programme().pk)
    assert times.waiting_now(of_another, now) == times.WaitingNow(0, None)
    assert case.status == "in_review"
