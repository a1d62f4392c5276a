"""The register of impact assessments: which there are, who owns them, and when each is to be looked at again.

A version is recorded once and never changed; what was wrong is put right by the next version. Each leaves an entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Self
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from verification.access.assignment import insist_on
from verification.access.models import User
from verification.access.roles import Permission
from verification.audit import log
from verification.audit.events import Actor, Event
from verification.cases.models import Programme

from .models import Assessment

SOON = timedelta(days=60)
"""So long before a review is due the register says so."""
_LONGEST = {"title": 120, "version": 20, "owner": 60, "reference": 300}


class InvalidAssessment(ValueError):
    """`errors` maps a field to a sentence for the person who filled it in."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


class Standing(StrEnum):
    IN_FORCE = "in_force"
    SOON = "soon"
    """In force, and to be reviewed within `SOON`."""
    OVERDUE = "overdue"
    """The newest version, and its review is past its day."""
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A version as somebody types it: days as year-month-day, the programme's id or nothing for all of them."""

    title: str = ""
    version: str = ""
    owner: str = ""
    approved_on: str = ""
    review_due: str = ""
    reference: str = ""
    programme: str = ""

    def stripped(self) -> Self:
        return type(self)(**{name: getattr(self, name).strip() for name in self.__slots__})


@dataclass(frozen=True, slots=True)
class Registered:
    """A version as the register shows it. `programme` is empty for all of them."""

    title: str
    version: str
    owner: str
    programme: str
    approved_on: date
    review_due: date
    reference: str
    standing: Standing


def record(person: User, wanted: Wanted) -> Assessment:
    """Raises `Refused`, `InvalidAssessment`."""
    insist_on(person, Permission.ASSESSMENT_RECORD)
    wanted = wanted.stripped()
    problems = dict(_problems(wanted))
    if problems:
        raise InvalidAssessment(problems)
    approved_on, review_due = date.fromisoformat(wanted.approved_on), date.fromisoformat(wanted.review_due)
    try:
        with transaction.atomic():
            return _recorded(person, wanted, approved_on, review_due)
    except IntegrityError:
        raise InvalidAssessment({"version": "This version is recorded already. A change is another version."}) from None


def _recorded(person: User, wanted: Wanted, approved_on: date, review_due: date) -> Assessment:
    made = Assessment.objects.create(
        programme=_programme(wanted.programme), title=wanted.title, version=wanted.version, owner=wanted.owner,
        approved_on=approved_on, review_due=review_due, reference=wanted.reference,
        recorded_by=person,
    )  # fmt: skip
    programme = str(made.programme_id) if made.programme_id else None
    log.record(
        Event.ASSESSMENT_RECORDED, actor=Actor.person(person.pk), assessment=str(made.pk), programme=programme
    )  # fmt: skip
    return made


def register(programme: UUID | None = None, today: date | None = None) -> list[Registered]:
    """Every version, the newest of each title first. Of one programme: its own, and those of all programmes."""
    today = today or timezone.localdate()
    found = Assessment.objects.select_related("programme").order_by("title", "-recorded_at", "-id")
    rows = [one for one in found if programme is None or one.programme_id in {None, programme}]
    newest = {one.title: one.pk for one in reversed(rows)}
    return [_registered(one, today, is_newest=newest[one.title] == one.pk) for one in rows]


def _registered(one: Assessment, today: date, *, is_newest: bool) -> Registered:
    programme = one.programme.name if one.programme else ""
    standing = _standing(one.review_due, today) if is_newest else Standing.SUPERSEDED
    return Registered(
        one.title, one.version, one.owner, programme, one.approved_on, one.review_due, one.reference, standing
    )


def _standing(review_due: date, today: date) -> Standing:
    if review_due < today:
        return Standing.OVERDUE
    return Standing.SOON if review_due <= today + SOON else Standing.IN_FORCE


def _problems(wanted: Wanted) -> Iterator[tuple[str, str]]:
    for name, longest in _LONGEST.items():
        wrong = _wrong_line(getattr(wanted, name), longest)
        if wrong:
            yield name, wrong
    approved, due = _day(wanted.approved_on), _day(wanted.review_due)
    if approved is None or approved > timezone.localdate():
        yield "approved_on", "Give the day of its approval as year-month-day, today or before."
    if due is None or (approved is not None and due <= approved):
        yield "review_due", "Give the day of its next review as year-month-day, after its approval."
    if wanted.programme and _programme(wanted.programme) is None:
        yield "programme", "There is no such programme."


def _wrong_line(text: str, longest: int) -> str:
    """What is wrong with a line of text, or nothing. Control and direction characters could deceive a reader."""
    if not text:
        return "This cannot be empty."
    if len(text) > longest:
        return f"This can have at most {longest} characters."
    return "" if text.isprintable() else "This holds characters that cannot be seen."


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2200 else None


def _programme(text: str) -> Programme | None:
    try:
        return Programme.objects.filter(pk=UUID(text)).first() if text else None
    except ValueError:
        return None
