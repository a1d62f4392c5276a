"""A period is whole local days, and one that cannot be read is refused with a sentence."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from verification.reports.window import BadWindow, window

NOW = datetime(2026, 3, 10, 15, 30, tzinfo=UTC)


def test_seven_days_begin_at_midnight_six_days_ago_and_end_now() -> None:
    chosen = window("7d", now=NOW)
    assert (chosen.start, chosen.end) == (datetime(2026, 3, 4, tzinfo=UTC), NOW)
    assert len(chosen.days) == 7


def test_two_dates_are_both_included() -> None:
    chosen = window("custom", "2026-03-01", "2026-03-02")
    assert (chosen.start, chosen.end) == (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC))
    assert chosen.days == [date(2026, 3, 1), date(2026, 3, 2)]
    assert chosen.words == "From 2026-03-01 to 2026-03-02"


def test_days_are_those_of_the_local_zone() -> None:
    with timezone.override("Asia/Shanghai"):
        chosen = window("today", now=datetime(2026, 3, 10, 17, 0, tzinfo=UTC))
        assert chosen.start == datetime(2026, 3, 10, 16, 0, tzinfo=UTC)
        assert chosen.days == [date(2026, 3, 11)]


@pytest.mark.parametrize(
    ("span", "first", "last"),
    [
        ("year", "", ""),
        ("custom", "", "2026-03-01"),
        ("custom", "2026-03-02", "2026-03-01"),
        ("custom", "2025-01-01", "2026-03-01"),
        ("custom", "2026-02-30", "2026-03-01"),
        ("custom", "0001-01-01", "0001-01-02"),
        ("custom", "1' OR 1=1 --", "2026-03-01"),
    ],
)
def test_what_cannot_be_read_is_refused(span: str, first: str, last: str) -> None:
    with pytest.raises(BadWindow):
        window(span, first, last)
