"""Which period and which programme a report is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.utils import timezone

MAX_DAYS = 366


class Span(StrEnum):
    TODAY = "today"
    WEEK = "7d"
    MONTH = "30d"
    CUSTOM = "custom"

    @property
    def label(self) -> str:
        return {"today": "Today", "7d": "7 days", "30d": "30 days", "custom": "From … to …"}[self.value]


_DAYS = {Span.TODAY: 1, Span.WEEK: 7, Span.MONTH: 30}


class BadWindow(ValueError):
    """The period asked for cannot be read; the message is a sentence for the person who asked."""


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` (included) to `end` (excluded), both aware; for one programme, or all with `programme=None`."""

    span: Span
    start: datetime
    end: datetime
    programme: UUID | None = None

    @property
    def parameters(self) -> dict[str, Any]:
        """For the queries: `start`, `end`, `programme`, `zone`."""
        return {
            "start": self.start,
            "end": self.end,
            "programme": self.programme,
            "zone": timezone.get_current_timezone_name(),
        }

    @property
    def first_day(self) -> date:
        return timezone.localtime(self.start).date()

    @property
    def last_day(self) -> date:
        return timezone.localtime(self.end - timedelta(microseconds=1)).date()

    @property
    def days(self) -> list[date]:
        """Every local day that the window touches, first to last."""
        return [self.first_day + timedelta(days=step) for step in range((self.last_day - self.first_day).days + 1)]

    @property
    def words(self) -> str:
        """The period as the head of a sentence."""
        if self.span is Span.TODAY:
            return "Today"
        if self.span is Span.CUSTOM:
            first, last = self.first_day, self.last_day
            return f"On {first}" if first == last else f"From {first} to {last}"
        return f"In the last {_DAYS[self.span]} days"


def window(
    span: str = Span.WEEK, first: str = "", last: str = "", programme: UUID | None = None, now: datetime | None = None
) -> Window:
    """Read a choice of period. Whole local days; the last one ends now. Raises `BadWindow`."""
    now = now or timezone.now()
    try:
        chosen = Span(span)
    except ValueError:
        raise BadWindow("Choose today, 7 days, 30 days, or two dates.") from None
    if chosen is Span.CUSTOM:
        begin, final = day(first), day(last)
        _insist_on_order(begin, final)
        return Window(chosen, midnight(begin), midnight(final + timedelta(days=1)), programme)
    today = timezone.localtime(now).date()
    return Window(chosen, midnight(today - timedelta(days=_DAYS[chosen] - 1)), now, programme)


def midnight(day: date) -> datetime:
    """The start of a local day, aware."""
    return timezone.make_aware(datetime.combine(day, time.min))


def day(text: str) -> date:
    """Read a date. Raises `BadWindow`."""
    try:
        read = date.fromisoformat(text)
    except ValueError:
        raise BadWindow("Give each date as year-month-day, for example 2026-01-31.") from None
    # The first and last days of the calendar cannot be moved between time zones.
    if not 2000 <= read.year <= 2200:
        raise BadWindow("Give dates between the years 2000 and 2200.")
    return read


def _insist_on_order(first: date, last: date) -> None:
    if last < first:
        raise BadWindow("The last day lies before the first.")
    if (last - first).days >= MAX_DAYS:
        raise BadWindow(f"A report covers at most {MAX_DAYS} days.")
