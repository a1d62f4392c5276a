"""A log of many days of ordinary work, written straight into the table: for measuring and looking at reports.

Every case has the entries that the product writes for it, in their order; the people, the hours and the odd days are
drawn from a seed, so that two logs of one seed are alike.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.db import connection

from verification.access.models import User
from verification.audit.canonical import canonical
from verification.audit.events import Actor
from verification.audit.models import Pseudonym
from verification.cases.models import Case, Programme

_COLUMNS = "at, event, actor_kind, actor_id, case_id, body"
WORKER, SWEEPER = Actor("machine", "worker"), Actor("machine", "sweeper")

Entry = tuple[datetime, str, str, str, str | None, str]
# Entries, and when the last of them was.
Told = Generator[Entry, None, datetime]


@dataclass
class Work:
    """So many days up to `end`, with `a_day` cases each, of these programmes, reviewed by these people."""

    end: datetime
    days: int
    a_day: int
    programmes: Sequence[Programme]
    people: Sequence[User]
    seed: int = 1

    def __post_init__(self) -> None:
        self.random = Random(self.seed)  # noqa: S311 - made-up work, no secret
        self.cases: list[Case] = []

    def write(self) -> int:
        """Put the cases and their entries there. Returns how many entries."""
        entries = sorted(self._entries(), key=lambda one: one[0])
        Case.objects.bulk_create(self.cases, batch_size=5_000)
        Pseudonym.objects.bulk_create(
            [Pseudonym(name=one.pk, case_id=one.pk, programme_id=one.programme_id) for one in self.cases],
            batch_size=5_000,
        )
        _copied(entries)
        return len(entries)

    def _entries(self) -> Iterator[Entry]:
        for day in range(self.days):
            begin = self.end - timedelta(days=self.days - day)
            for _ in range(self.a_day):
                yield from self._case(begin + timedelta(seconds=self._time_of_day()))
            for person in self.people:
                yield _entry(begin + timedelta(hours=8.5), "session:started", Actor.person(person.pk))
            if self.random.random() < 0.3:
                yield _entry(
                    begin + timedelta(hours=11), "access:denied", Actor.person(self.random.choice(self.people).pk),
                    reason="role_missing", route="people",
                )  # fmt: skip

    def _time_of_day(self) -> float:
        """Seconds into the day: mostly office hours, a few at night."""
        return 3600 * (self.random.gauss(13, 2.6) % 24 if self.random.random() < 0.97 else self.random.uniform(0, 24))

    def _case(self, at: datetime) -> Iterator[Entry]:
        programme = self.random.choice(self.programmes)
        case = Case(id=self._id(), programme=programme, kind="enrolment", notice_version="2026-01", live_images=1,
                    received_at=at, settled_at=at + timedelta(seconds=self.random.uniform(2, 9)))  # fmt: skip
        self.cases.append(case)
        name = str(case.pk)
        yield _entry(
            at, "case:received", Actor.relying_party("bank"), name, programme=str(programme.pk), kind="enrolment",
            images=2, notice_version="2026-01", scopes=["compare", "transmit", "human_view"],
        )  # fmt: skip
        yield _entry(at, "media:sealed", Actor.relying_party("bank"), name, media="live-0")
        yield _entry(at + timedelta(seconds=1), "checks:started", WORKER, name, attempt=1)
        yield _moved(at + timedelta(seconds=1), name, "received", "checking")
        done = case.settled_at
        assert done is not None
        if self.random.random() < 0.86:
            case.status, case.closed_at = "passed", done
            yield _moved(done, name, "checking", "passed")
        else:
            yield _moved(done, name, "checking", "in_review")
            done = yield from self._review(case, name, done)
        yield _entry(done, "media:keys-destroyed", SWEEPER, name, images=2, reason=case.status, purposes=["frame"])
        yield _entry(done, "media:bytes-deleted", SWEEPER, name, images=2)

    def _review(self, case: Case, name: str, at: datetime) -> Told:
        """One or two blind votes; where they differ, a senior's. The last moment is returned."""
        voters = self.random.sample(list(self.people), 3)
        wanted = "same" if self.random.random() < 0.8 else "different"
        said = []
        for fence, person in enumerate(voters[: 1 if self.random.random() < 0.6 else 2], start=1):
            said.append(wanted if self.random.random() < 0.95 else "different")
            at = yield from self._vote(person, name, at, fence, said[-1])
        if len(set(said)) > 1:
            yield _entry(at, "adjudication:asked", SWEEPER, name, reason="votes_differ")
            said.append(wanted)
            at = yield from self._vote(voters[2], name, at, 3, wanted, adjudicates=1)
        case.status, case.closed_at = "decided", at
        case.outcome = "verified" if said[-1] == "same" else "not_verified"
        yield _moved(at, name, "in_review", "decided", case.outcome)
        return at

    def _vote(self, person: User, name: str, at: datetime, fence: int, same: str, adjudicates: int = 0) -> Told:
        actor, claim = Actor.person(person.pk), str(self._id())
        waited = int(self.random.expovariate(1 / 240))
        at += timedelta(seconds=waited)
        yield _entry(at, "claim:taken", actor, name, claim=claim, fence=fence, waited_seconds=waited)
        for media in ("crop-live", "crop-reference"):
            yield _entry(
                at + timedelta(seconds=1), "crop:viewed", actor, name, media=media, claim=claim, reason="review"
            )
        if self.random.random() < 0.03:
            yield _entry(at + timedelta(seconds=300), "claim:ended", SWEEPER, name, claim=claim, reason="expired")
            at += timedelta(seconds=360)
            claim = str(self._id())
            yield _entry(at, "claim:taken", actor, name, claim=claim, fence=fence + 1, waited_seconds=60)
        seconds = max(3, int(self.random.gauss(48, 20)))
        at += timedelta(seconds=seconds)
        yield _entry(
            at, "decision:recorded", actor, name, claim=claim, vote=str(self._id()), same_person=same, alive="live",
            confidence=4, reasons=["features_agree"], seconds=seconds, hasty=int(seconds < 4), adjudicates=adjudicates,
        )  # fmt: skip
        yield _entry(at, "claim:ended", actor, name, claim=claim, reason="decided")
        yield _entry(at + timedelta(seconds=10), "decision:counted", actor, name, claim=claim, vote=str(self._id()))
        return at + timedelta(seconds=10)

    def _id(self) -> UUID:
        return UUID(int=self.random.getrandbits(128), version=4)


def _moved(at: datetime, name: str, before: str, after: str, outcome: str = "") -> Entry:
    facts = {"from": before, "to": after, "outcome": outcome, "reasons": [], "policy": "2026-01"}
    return _entry(at, "case:advanced", SWEEPER if before == "in_review" else WORKER, name, **facts)


def _entry(at: datetime, event: str, actor: Actor, case: str | None = None, **facts: Any) -> Entry:
    body = {
        "actor": {"id": actor.id, "kind": actor.kind},
        "at": at.isoformat(timespec="microseconds"),
        "case": case,
        "event": event,
        "facts": facts,
    }
    return at, event, actor.kind, actor.id, case, canonical(body).decode()


def _copied(entries: Sequence[Entry]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY audit_entry ({_COLUMNS}) FROM STDIN") as copy:
        for entry in entries:
            copy.write_row(entry)
