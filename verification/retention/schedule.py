"""What is kept, and until when: the whole schedule as one table. The README prints it, the sweeper enforces it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from verification.cases.models import Case

OPEN_CASE = timedelta(hours=72)
AFTER_CLOSING = timedelta(seconds=60)
IDEMPOTENCY = timedelta(days=7)
LOOK_TICKET = timedelta(hours=1)
REQUEST_WINDOW = timedelta(hours=1)
CASE_RECORD = timedelta(days=365)
ORPHAN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the schedule."""

    what: str
    until: str


SCHEDULE: tuple[Rule, ...] = (
    Rule("Frames of a case that passed", "the moment it passes (keys in the same transaction, bytes within 60 s)"),
    Rule("Frames and crops of a decided or unresolved case", "its closing (keys and bytes within 60 s)"),
    Rule("Frames and crops of a case that nobody decided", "72 h after receipt; the case ends as unresolved"),
    Rule("Everything about an erased case but its log entries", "the request to erase (at once)"),
    Rule("Check results, decision and note of a closed case", "365 days after closing"),
    Rule("Idempotency keys", "7 days"),
    Rule("Tickets to a look", "20 s of use, gone after 1 h"),
    Rule("Counts of API requests", "1 h"),
    Rule("Sealed bytes that no case knows (a failed upload)", "1 h"),
    Rule("Audit entries", "kept: they hold no picture, no name and no free text"),
)


def media_due(case: Case) -> datetime | None:
    """When the case's media will be gone at the latest; None when it is gone already."""
    if case.media_destroyed_at is not None:
        return None
    if case.closed_at is not None:
        return case.closed_at + AFTER_CLOSING
    return case.received_at + OPEN_CASE
