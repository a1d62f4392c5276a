"""How a programme's cases are reviewed. An administrator alone changes it, by name and on the record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from typing import Self

from django.db import transaction
from django.db.models import F

from verification.audit import log
from verification.audit.events import Actor, Event

from .models import Programme
from .programmes import InvalidProgramme

REVIEWERS = range(1, 3)
DUE_MINUTES = range(5, 72 * 60 + 1)
"""A case that nobody decided ends after 72 hours, so nothing can be due later."""
# What the notice shows: who may see more than a face.
ON_THE_NOTICE = frozenset({"wider_neck", "wider_frame"})


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    """All settings of one programme's reviews, named as its fields are."""

    reviewers: int = 1
    due_minutes: int = 240
    wider_neck: bool = False
    wider_frame: bool = False

    @classmethod
    def of(cls, programme: Programme) -> Self:
        """As they stand now."""
        return cls(**{field.name: getattr(programme, field.name) for field in fields(cls)})


def change_review(actor: Actor, programme: Programme, wanted: ReviewSettings) -> tuple[str, ...]:
    """Make the programme's reviews those; returns the names of the fields that changed. Raises `InvalidProgramme`.

    Cases that wait already keep what they were queued with, save for wider views, which are asked about each time.
    """
    problems = dict(_problems(wanted))
    if problems:
        raise InvalidProgramme(problems)
    with transaction.atomic():
        locked = Programme.objects.select_for_update().get(pk=programme.pk)
        before, after = asdict(ReviewSettings.of(locked)), asdict(wanted)
        changed = tuple(name for name in after if before[name] != after[name])
        if changed:
            new = {name: after[name] for name in changed}
            if ON_THE_NOTICE & set(changed):
                new["notice_number"] = F("notice_number") + 1
            Programme.objects.filter(pk=programme.pk).update(**new)
            log.record(Event.PROGRAMME_CHANGED, actor=actor, programme=str(programme.pk), fields=sorted(changed))
    programme.refresh_from_db()
    return changed


def _problems(wanted: ReviewSettings) -> Iterator[tuple[str, str]]:
    if wanted.reviewers not in REVIEWERS:
        yield "reviewers", "Choose one reviewer, or two."
    if wanted.due_minutes not in DUE_MINUTES:
        yield "due_minutes", f"Give {DUE_MINUTES[0]} to {DUE_MINUTES[-1]} minutes."
    if wanted.wider_frame and not wanted.wider_neck:
        yield "wider_frame", "The whole frame can only be allowed where face and neck are."
