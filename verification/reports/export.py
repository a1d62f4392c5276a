"""What leaves the log: entries as CSV, in cells that no spreadsheet takes for a formula, and proofs of single ones."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from verification.audit import log, nodes, proving
from verification.audit.events import Actor, Event
from verification.audit.proof_file import Proof

from .cells import cell
from .entries import Line, Sought, lines

MAX_ROWS = 100_000
_BATCH = 1_000

COLUMNS = (
    "id", "index", "at_utc", "event", "in_words", "actor_kind", "actor_id", "actor_name", "actor_was", "case", "entry",
    "digest",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Export:
    """`rows` of the `found` entries are written, the newest; fewer than found when there are more than `MAX_ROWS`."""

    sought: Sought
    found: int
    newest: int

    @property
    def rows(self) -> int:
        return min(self.found, MAX_ROWS)

    @property
    def cut(self) -> bool:
        return self.found > MAX_ROWS

    def chunks(self) -> Iterator[str]:
        """The file, a batch of lines at a time. When it was cut, its last line says so."""
        yield _written([COLUMNS])
        left, below = self.rows, self.newest + 1
        while left and (batch := list(self.sought.entries().filter(id__lt=below)[: min(_BATCH, left)])):
            yield _written([_cells(line) for line in lines(batch)])
            left, below = left - len(batch), batch[-1].id
        if self.cut:
            yield _written([(f"CUT: the newest {self.rows} of {self.found} entries. Narrow the filter for the rest.",)])


class NotProvable(RuntimeError):
    """There is no proof of this entry, or not yet; the message is a sentence for the person who asked."""


@transaction.atomic
def proof(entry_id: int, actor: Actor) -> Proof:
    """A proof that an entry stands in the log. That it is handed out is on the record. Raises `NotProvable`."""
    try:
        proved = proving.proof_of(entry_id)
    except (proving.NotProvable, nodes.Damaged) as problem:
        raise NotProvable(str(problem)) from None
    log.record(Event.LOG_EXPORTED, actor=actor, entries=1)
    return proved


@transaction.atomic
def export(sought: Sought, actor: Actor) -> Export:
    """Write into the log that these entries are handed out, before the first of them is."""
    newest = sought.entries().values_list("id", flat=True).first() or 0
    prepared = Export(sought, sought.entries().filter(id__lte=newest).count(), newest)
    log.record(Event.LOG_EXPORTED, actor=actor, entries=prepared.rows)
    return prepared


def file_name(prepared: Export) -> str:
    part = f"-newest-{prepared.rows}" if prepared.cut else ""
    return f"audit-log-{timezone.localtime():%Y-%m-%d-%H%M}{part}.csv"


def _cells(line: Line) -> tuple[object, ...]:
    at = line.at.isoformat(timespec="microseconds")
    who = (line.actor_kind, line.actor_id, line.actor.name, line.actor.what)
    return (line.id, line.index, at, line.event, line.headline, *who, line.case_id, line.body, line.digest)


def _written(rows: Sequence[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([cell(value) for value in row] for row in rows)
    return text.getvalue()
