"""What is kept, and until when: the whole schedule as one table. The README prints it, the sweeper enforces it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from verification.capture.doors import OPEN_FOR
from verification.capture.endings import GRACE
from verification.cases.models import Case
from verification.cases.states import CaseStatus
from verification.incidents.keeping import kept_until

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
    Rule("Address of a capture session", "15 min; its first use gives it to one browser"),
    Rule("Reference of a capture that never came", "16.5 min after the request; the case ends as unresolved"),
    Rule("Reference of a person who took the other way", "that moment (keys in the same transaction)"),
    Rule(
        "Frames and clip of a case that passed",
        "the moment it passes (keys in the same transaction, bytes within 60 s)",
    ),
    Rule("Frames, clip and crops of a decided or unresolved case", "its closing (keys and bytes within 60 s)"),
    Rule("Frames, clip and crops of a case that nobody decided", "72 h after receipt; the case ends as unresolved"),
    Rule(
        "Sealed frames and clip of a case under a legal hold (crops and wider views are never held)",
        "the hold's end: 4 h when nobody agreed, 7 days when two people did, renewable by two (then within 60 s)",
    ),
    Rule("Everything about an erased case but its log entries", "the request to erase (at once)"),
    Rule(
        "The key that tells which log entries are of a case, and every time of it finer than a day",
        "its erasure (same transaction); where a worry or a hold outlives that, their end",
    ),
    Rule("A worry about a person: kind, texts, outside reference, outcome, hold", "as long as the case's record"),
    Rule("A worry about the person of an erased case", "its closing and the end of its hold; texts, its closing"),
    Rule("Check results, decision and note of a closed case", "365 days after closing"),
    Rule("Consent receipt, challenge and what was measured of it", "365 days after closing"),
    Rule("The person's cookie, by which they come back to withdraw or erase", "7 days after the request"),
    Rule("Keyed digests of clips, by which a replay is noticed", "90 days; they belong to no case"),
    Rule("Idempotency keys", "7 days"),
    Rule("Tickets to a look", "20 s of use, gone after 1 h"),
    Rule("Picture of a wider view", "its one look, or 60 s after it was ready, or the end of the claim (keys at once)"),
    Rule("Reason, sentence and answers of a request for one", "365 days after the case’s closing"),
    Rule("Counts of API requests", "1 h"),
    Rule("Counts of refused attempts", "the end of their minute"),
    Rule("Reports of each month: counts, and the names of staff", "as long as the log that they are counted from"),
    Rule("Notices to staff: that something waits, by an opaque id", "30 days"),
    Rule("Address to which a member of staff has notices sent", "until they take it out"),
    Rule("When seniors were on duty", "90 days after the shift"),
    Rule("Sessions of staff", "12 h after the last use of one"),
    Rule("Failed sign-ins: the user name as it was typed, the address", "15 min after the last of them"),
    Rule("Pairs with known answers, sealed", "the retirement of their set, by command"),
    Rule("Which pair a known case was made from, and its answer", "kept: nobody's case, and nobody's name"),
    Rule("Sealed bytes that no case knows (a failed upload)", "1 h"),
    Rule("Counts of check results by day, and of scores by week", "kept: counts, and nobody among them"),
    Rule(
        "Audit entries, their tree and its checkpoints, here and in the anchors",
        "kept: they hold no picture, no name and no free text",
    ),
)


def table() -> str:
    """The schedule as a Markdown table; the README's copy is compared with this in the test suite."""
    return "\n".join(["| What | Until |", "|---|---|", *(f"| {rule.what} | {rule.until} |" for rule in SCHEDULE)])


def media_due(case: Case) -> datetime | None:
    """When the case's media will be gone at the latest, as things stand; None when it is gone already."""
    if case.media_destroyed_at is not None:
        return None
    kept = kept_until(case)
    return max(_due_without_a_hold(case), kept + AFTER_CLOSING) if kept else _due_without_a_hold(case)


def held_until(case: Case) -> datetime | None:
    """When the legal hold ends that alone keeps the media of this case; None where nothing but its time does."""
    if case.media_destroyed_at is not None or case.closed_at is None:
        return None
    return kept_until(case)


def _due_without_a_hold(case: Case) -> datetime:
    if case.closed_at is not None:
        return case.closed_at + AFTER_CLOSING
    if case.status == CaseStatus.AWAITING_CAPTURE:
        return case.received_at + OPEN_FOR + GRACE
    return case.received_at + OPEN_CASE
