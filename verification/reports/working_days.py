"""Counting working days: Monday to Friday, without public holidays, with the weekend days that are worked instead.

Which days those are is data of the place: `PUBLIC_HOLIDAYS` and `EXTRA_WORKDAYS`. Without them every Monday to Friday
counts, so that a time limit ends too early rather than too late, save where weekend days are worked.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days off besides the weekends, and weekend days that are worked."""

    off: Set[date] = frozenset()
    worked: Set[date] = frozenset()

    def is_working(self, day: date) -> bool:
        if day in self.worked:
            return True
        return day.weekday() < SATURDAY and day not in self.off

    def after(self, day: date, working_days: int) -> date:
        """The last of so many working days that begin after `day`. Raises ValueError for fewer than one."""
        if working_days < 1:
            raise ValueError("a time limit has at least one day")
        while working_days:
            day += timedelta(days=1)
            working_days -= self.is_working(day)
        return day

    def left(self, today: date, until: date) -> int:
        """How many working days there are after `today`, up to `until`; below nought those that have passed since."""
        step = 1 if until >= today else -1
        first, last = sorted((today, until))
        days = (first + timedelta(days=number) for number in range(1, (last - first).days + 1))
        return step * sum(map(self.is_working, days))


def calendar() -> Calendar:
    """The one of this installation."""
    return Calendar(settings.PUBLIC_HOLIDAYS, settings.EXTRA_WORKDAYS)
