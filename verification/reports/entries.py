"""Finding entries of the audit log, newest first, a page at a time, and saying in words what each one records."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from verification.audit.events import Event
from verification.audit.models import Entry, Leaf
from verification.audit.pseudonyms import name_of

from .actors import Directory, Named, directory
from .cells import plain
from .window import BadWindow, day, midnight
from .wording import code_in_words, event_in_words

PAGE = 50


@dataclass(frozen=True, slots=True)
class Sought:
    """What to look for; a field that is None does not matter. `start` is included, `end` is not.

    `case_id` is a case's own id, as long as it has a name in the log, or that name.
    """

    event: Event | None = None
    actor: str | None = None
    case_id: UUID | None = None
    start: datetime | None = None
    end: datetime | None = None

    def entries(self) -> QuerySet[Entry]:
        found = Entry.objects.order_by("-id")
        if self.event is not None:
            found = found.filter(event=self.event.value)
        if self.actor is not None:
            found = found.filter(actor_id=self.actor)
        if self.case_id is not None:
            found = found.filter(case_id=name_of(self.case_id) or self.case_id)
        if self.start is not None:
            found = found.filter(at__gte=self.start)
        if self.end is not None:
            found = found.filter(at__lt=self.end)
        return found


class BadSearch(ValueError):
    """What is looked for cannot be read; the message is a sentence for the person who asked."""


def sought(event: str = "", actor: str = "", case: str = "", first: str = "", last: str = "") -> Sought:
    """Read a search; empty text does not matter. `first` and `last` are local days. Raises `BadSearch`."""
    if event and event not in set(Event):
        raise BadSearch("There is no such event.")
    if len(actor) > 64 or "\x00" in actor:
        raise BadSearch("There is no such actor.")
    start, end = _day(first), _day(last)
    if start and end and end < start:
        raise BadSearch("The last day lies before the first.")
    return Sought(
        event=Event(event) if event else None,
        actor=actor or None,
        case_id=_case_id(case),
        start=midnight(start) if start else None,
        end=midnight(end + timedelta(days=1)) if end else None,
    )


def _case_id(text: str) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise BadSearch("Give the whole case id, 36 characters; the short code is only for talking.") from None


def _day(text: str) -> date | None:
    try:
        return day(text) if text else None
    except BadWindow as bad:
        raise BadSearch(str(bad)) from None


@dataclass(frozen=True, slots=True)
class Line:
    """An entry for a person. `facts` is (name, value) in words; `index` and `digest` are None until it is placed."""

    id: int
    at: datetime
    event: str
    headline: str
    actor: Named
    actor_kind: str
    actor_id: str
    case_id: UUID | None
    facts: tuple[tuple[str, str], ...]
    body: str
    index: int | None
    digest: str | None

    @property
    def case_code(self) -> str:
        return self.case_id.hex[-4:].upper() if self.case_id else ""


@dataclass(frozen=True, slots=True)
class Page:
    """Up to `PAGE` lines. `older` and `newer` are ids to go on from, None where there is nothing there."""

    lines: list[Line]
    older: int | None
    newer: int | None


def page(sought: Sought, *, before: int | None = None, after: int | None = None) -> Page:
    """The entries next below the id `before`, or next above `after`; the newest ones without either."""
    if after is not None:
        return _page_above(sought, after)
    entries = sought.entries()
    if before is not None:
        entries = entries.filter(id__lt=before)
    found = list(entries[: PAGE + 1])
    shown = found[:PAGE]
    older = shown[-1].id if len(found) > PAGE else None
    return Page(lines(shown), older, shown[0].id if before is not None and shown else None)


def _page_above(sought: Sought, after: int) -> Page:
    found = list(sought.entries().filter(id__gt=after).order_by("id")[: PAGE + 1])
    shown = found[:PAGE][::-1]
    if len(shown) < PAGE:
        # The way back ends at the newest page, which is shown whole.
        return page(sought)
    return Page(lines(shown), shown[-1].id, shown[0].id if len(found) > PAGE else None)


def lines(entries: Sequence[Entry]) -> list[Line]:
    leaves = {leaf.entry_id: leaf for leaf in Leaf.objects.filter(entry_id__in=[entry.id for entry in entries])}
    bodies = [json.loads(entry.body)["facts"] for entry in entries]
    known = directory(
        {entry.actor_id for entry in entries} | {facts["person"] for facts in bodies if "person" in facts}
    )
    return [
        _line(entry, facts, known, leaves.get(entry.id)) for entry, facts in zip(entries, bodies, strict=True)
    ]  # fmt: skip


def _line(entry: Entry, facts: dict[str, object], known: Directory, leaf: Leaf | None) -> Line:
    return Line(
        id=entry.id,
        at=entry.at,
        event=entry.event,
        headline=event_in_words(entry.event),
        actor=known.named(entry.actor_kind, entry.actor_id, entry.at),
        actor_kind=entry.actor_kind,
        actor_id=entry.actor_id,
        case_id=entry.case_id,
        facts=_in_words(facts, known, entry.at),
        body=entry.body,
        index=leaf.index if leaf else None,
        digest=bytes(leaf.hash).hex() if leaf else None,
    )


def _in_words(facts: dict[str, object], known: Directory, at: datetime) -> tuple[tuple[str, str], ...]:
    said = {name: value for name, value in sorted(facts.items()) if value not in (None, "", [])}
    return tuple((code_in_words(plain(name)), _value(name, value, known, at)) for name, value in said.items())


def _value(name: str, value: object, known: Directory, at: datetime) -> str:
    if name == "person":
        return known.named("person", str(value), at).name
    if isinstance(value, list):
        return ", ".join(code_in_words(plain(str(one))) for one in value)
    return code_in_words(plain(str(value)))
