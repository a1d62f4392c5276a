"""How many people there are, against the number from which China's face recognition measures want a filing.

Article 15 (in force since 1 June 2025): whoever stores face information of 100,000 people files within 30 working days.
Counted is every person of whom any record is kept, which is more than the law counts, since a record outlives its
pictures by a year: so the warning comes early. A person of two programmes is counted twice, because nobody here can
tell that it is one person. Known cases are nobody's.

That the number was reached is written into the log, once, for a later erasure does not undo it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from verification.audit import log
from verification.audit.events import SWEEPER, Event
from verification.audit.models import Entry

from .query import row, rows
from .working_days import calendar

LIMIT = 100_000
WARN_FROM = 0.8
WORKING_DAYS = 30

# Whose pictures are sealed now is what the law counts at the least.
_BY_PROGRAMME = """
SELECT programme.id, programme.name, COALESCE(kept.people, 0), COALESCE(stored.people, 0)
FROM cases_programme AS programme
LEFT JOIN (
    SELECT programme_id, count(*) AS people
    FROM (SELECT DISTINCT programme_id, subject FROM cases_case WHERE subject <> '' AND NOT known) AS each GROUP BY 1
) AS kept ON kept.programme_id = programme.id
LEFT JOIN (
    SELECT cases.programme_id, count(DISTINCT cases.subject) AS people
    FROM vault_case_key AS key JOIN cases_case AS cases ON cases.id = key.case_id
    WHERE key.wrapped IS NOT NULL AND cases.subject <> '' AND NOT cases.known GROUP BY 1
) AS stored ON stored.programme_id = programme.id
ORDER BY 3 DESC, programme.name
"""
_PEOPLE = """
SELECT count(*) FROM (SELECT DISTINCT programme_id, subject FROM cases_case WHERE subject <> '' AND NOT known) AS each
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """The people of one programme: with a record, and with pictures that are sealed now."""

    programme_id: UUID
    programme: str
    people: int
    stored: int


@dataclass(frozen=True, slots=True)
class Filing:
    """`reached_on` is the local day on which the limit was seen to be reached; `due_on` the last day for the filing,
    and `days_left` the working days until then, below nought when it has passed. None before the limit is reached."""

    programmes: list[Counted]
    reached_on: date | None
    due_on: date | None
    days_left: int | None

    @property
    def people(self) -> int:
        return sum(one.people for one in self.programmes)

    @property
    def stored(self) -> int:
        return sum(one.stored for one in self.programmes)

    @property
    def share(self) -> float:
        """Of the limit; above 1 when it is passed."""
        return self.people / LIMIT

    @property
    def near(self) -> bool:
        return self.reached_on is None and self.share >= WARN_FROM


def filing(today: date | None = None) -> Filing:
    """As it is now, of all programmes: a filing is the operator's, whoever asked for the faces."""
    today = today or timezone.localdate()
    found = [Counted(*one) for one in rows(_BY_PROGRAMME, {})]
    reached = reached_on()
    if reached is None:
        return Filing(found, None, None, None)
    due = calendar().after(reached, WORKING_DAYS)
    return Filing(found, reached, due, calendar().left(today, due))


def reached_on() -> date | None:
    """The day of the first entry that says so, for the limit as it is."""
    for entry in Entry.objects.filter(event=Event.FILING_LIMIT_REACHED.value).order_by("id"):
        if json.loads(entry.body)["facts"]["limit"] == LIMIT:
            return timezone.localdate(entry.at)
    return None


def watch() -> int:
    """Write down that the limit is reached, when it is and nobody did. Returns 1 when this call wrote it."""
    if reached_on() is not None:
        return 0
    (people,) = row(_PEOPLE, {})
    if people < LIMIT:
        return 0
    with transaction.atomic():
        log.record(Event.FILING_LIMIT_REACHED, actor=SWEEPER, people=people, limit=LIMIT)
    return 1
