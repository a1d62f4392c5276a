"""What is wrong with the keeping of the log, in words for the people who read it, and what they can do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from verification.audit import watches
from verification.audit.models import Entry, SignedCheckpoint, Watch

# New entries have their checkpoint within a minute; after twice that something is wrong.
LATE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong, since when, and what to do. `tone` is `stop` or `doubt`."""

    title: str
    since: datetime
    what: str
    tone: str = "stop"


@dataclass(frozen=True, slots=True)
class _Words:
    title: str
    what: str
    tone: str = "stop"


def troubles() -> tuple[Trouble, ...]:
    """The gravest first."""
    return (*_late(), *_watched())


def _late() -> Iterator[Trouble]:
    """The sweeper gives places and signs. When it does not run, nobody but the clock says so."""
    newest = SignedCheckpoint.objects.last()
    before = timezone.now() - LATE
    if newest is None or newest.at > before or newest.size >= Entry.objects.count():
        return
    first = Entry.objects.filter(at__lt=before, at__gte=newest.at).order_by("at").first()
    if first is not None:
        yield Trouble("Not signed", first.at, "Entries wait for a checkpoint. See whether the sweeper process runs.")


def _watched() -> Iterator[Trouble]:
    parts = watches.all_parts()
    for part, problems in _TROUBLES.items():
        watch = parts.get(part)
        if watch is not None and watch.problem in problems:
            words = problems[watch.problem]
            yield Trouble(words.title, watch.since, words.what, words.tone)


_STOPPED = "Nothing is signed any more; the service goes on and its entries are kept. "
_KEEP = "Keep a copy of the database as it is, and run manage.py audit_verify, which names the first bad entry."

_TROUBLES: dict[str, dict[str, _Words]] = {
    Watch.Part.CHECKPOINT: {
        "rolled_back": _Words(
            "Set back",
            _STOPPED + "More entries were published than there are: the database is older than the published log. "
            "Bring back a newer copy of it. If there is none, the README says how to begin a new log.",
        ),
        "rewritten": _Words("Rewritten", _STOPPED + "The entries are not those that were published. " + _KEEP),
        "altered": _Words("Altered", _STOPPED + "An entry or a checkpoint was changed after it was written. " + _KEEP),
        "damaged": _Words(
            "Damaged", _STOPPED + "The tree's stored hashes have gaps or do not fit the entries. " + _KEEP
        ),
    },
    Watch.Part.ORDER: {
        "restored": _Words(
            "Restored copy",
            "This database was restored from another cluster. Its new entries wait for their place. See that the copy "
            "is whole, then run manage.py audit_resume.",
        ),
    },
    Watch.Part.WITNESS: {
        "away": _Words(
            "Unwitnessed",
            "The witness does not answer. The service goes on, and the next checkpoint that the witness sees covers "
            "this time too. Until then the log's own signature alone stands for these entries.",
        ),
        "refused": _Words(
            "Unwitnessed",
            "The witness does not countersign: what it is shown does not follow from what it saw before, or it does "
            "not know this log's key. Ask whoever runs it for what it kept.",
        ),
        "clock": _Words(
            "Clocks differ",
            "The clock of the witness and that of this machine are more than two minutes apart. Set the wrong one.",
        ),
        "none": _Words(
            "No witness",
            "No witness is configured, so the log's own signature and the anchors alone stand for its entries.",
            "doubt",
        ),
    },
    Watch.Part.ANCHOR: {
        "failed": _Words(
            "Anchor not written",
            "A directory that checkpoints are published to cannot be read or written. It gets what it missed when it "
            "is back.",
        ),
    },
    Watch.Part.MAIL: {
        "failed": _Words(
            "Not mailed",
            "The day's checkpoint could not be mailed to those who should have it. It is tried again.",
        ),
    },
}
