"""Working days skip weekends and holidays, and count the weekend days that are worked instead."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from reviewconsole import env
from verification.reports.working_days import Calendar, calendar

FRIDAY = date(2026, 10, 2)
PLAIN = Calendar()
# Days off in a week of holidays, and the Saturday that is worked for it.
AUTUMN = Calendar(frozenset(date(2026, 10, day) for day in range(1, 8)), frozenset({date(2026, 10, 10)}))


def test_the_first_working_day_after_a_friday_is_the_monday() -> None:
    assert PLAIN.after(FRIDAY, 1) == date(2026, 10, 5)


def test_thirty_working_days_are_six_weeks_without_holidays() -> None:
    assert PLAIN.after(date(2026, 10, 5), 30) == date(2026, 11, 16)


def test_holidays_push_the_end_back_and_worked_saturdays_bring_it_forward() -> None:
    assert AUTUMN.after(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert AUTUMN.after(date(2026, 9, 30), 3) == date(2026, 10, 10)


def test_a_time_limit_has_a_day() -> None:
    with pytest.raises(ValueError, match="at least one"):
        PLAIN.after(FRIDAY, 0)


def test_what_is_left_shrinks_day_by_day_and_then_tells_how_long_ago() -> None:
    due = date(2026, 10, 9)
    assert [PLAIN.left(day, due) for day in (FRIDAY, date(2026, 10, 8), due, date(2026, 10, 12))] == [5, 1, 0, -1]


@given(st.dates(date(2001, 1, 1), date(2100, 1, 1)), st.integers(1, 60))
def test_so_many_working_days_are_left_until_the_last_of_them(day: date, number: int) -> None:
    until = AUTUMN.after(day, number)
    assert AUTUMN.is_working(until)
    assert AUTUMN.left(day, until) == number
    assert until - day >= timedelta(days=number)


def test_the_installation_s_calendar_is_read_from_its_settings(
    monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    monkeypatch.setenv("PUBLIC_HOLIDAYS", "2026-10-01, 2026-10-02")
    assert env.dates("PUBLIC_HOLIDAYS") == {date(2026, 10, 1), FRIDAY}
    settings.PUBLIC_HOLIDAYS = env.dates("PUBLIC_HOLIDAYS")  # type: ignore[attr-defined]
    assert not calendar().is_working(FRIDAY)
    monkeypatch.setenv("PUBLIC_HOLIDAYS", "1 October")
    with pytest.raises(ImproperlyConfigured, match="year-month-day"):
        env.dates("PUBLIC_HOLIDAYS")
