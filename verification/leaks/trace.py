"""Trace one leaked picture. It is decoded in the cage of every untrusted picture, read, and kept nowhere.

The mark names an entry of the log and carries a proof of what that entry held. Only an entry that fits both names
anybody. A mark without such an entry is said too: the log was rewritten or set back, or another installation shares
the key. Every attempt is in the log, with what came of it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction
from PIL import Image

from verification.audit import log
from verification.audit.events import Actor, Event
from verification.audit.models import Entry
from verification.intake.images import DecodersBusyError, pixels_of
from verification.intake.refusals import SENTENCES, ImageRefusal, Refused
from verification.reports.entries import Line, lines
from verification.review.tracing.look import payload_of_entry, trace_key
from verification.review.tracing.reading import Mark, detect

LOOKS = frozenset({Event.CROP_VIEWED.value, Event.WIDER_VIEWED.value})
BUSY = "busy"
_BUSY_SENTENCE = "Other pictures are being read just now, and this one was not looked at. Try again in a moment."
WAIT_SECONDS = 20.0
# Reading takes a processor for up to half a second; reviewers wait for the same processors.
_one_at_a_time = threading.Lock()


class Result(StrEnum):
    FOUND = "found"
    """At least one mark fits an entry of the log."""
    NOT_IN_THE_LOG = "not_in_the_log"
    """There is a mark of ours, and no entry fits it."""
    NO_MARK = "no_mark"
    REFUSED = "refused"
    """The file could not be read as a picture."""


@dataclass(frozen=True, slots=True)
class TracedLook:
    """The entry of one look, and the share of the mark's waves that came through, 50 to 100 %."""

    line: Line
    clear_percent: int


@dataclass(frozen=True, slots=True)
class Traced:
    """What a picture says. `unknown` counts marks that no entry of the log fits."""

    looks: list[TracedLook]
    unknown: int

    @property
    def result(self) -> Result:
        if self.looks:
            return Result.FOUND
        return Result.NOT_IN_THE_LOG if self.unknown else Result.NO_MARK


class CannotTrace(Exception):
    """The file says nothing yet: `reason` is a code, `sentence` says what is wrong with it."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sentence = sentence


def trace(upload: bytes, *, actor: Actor) -> Traced:
    """Which looks a picture (JPEG, PNG or WebP, at most 10 MB) came from. Raises `CannotTrace`, `NoTraceKey`."""
    key = trace_key()
    try:
        with _in_turn():
            pixels = pixels_of(upload)
            marks = detect(Image.frombytes("RGB", (pixels.width, pixels.height), pixels.rgb), key)
    except Refused as refused:
        raise refuse(refused.code, actor=actor) from None
    except DecodersBusyError:
        raise CannotTrace(BUSY, _BUSY_SENTENCE) from None
    traced = _held_against_the_log(marks, key)
    _record(traced.result, actor, [str(look.line.id) for look in traced.looks], traced.unknown)
    return traced


def refuse(code: ImageRefusal, *, actor: Actor) -> CannotTrace:
    """Write down that a file was not taken, and say why."""
    _record(Result.REFUSED, actor, reason=code.value)
    return CannotTrace(code.value, SENTENCES[code])


@contextmanager
def _in_turn() -> Iterator[None]:
    if not _one_at_a_time.acquire(timeout=WAIT_SECONDS):
        raise CannotTrace(BUSY, _BUSY_SENTENCE)
    try:
        yield
    finally:
        _one_at_a_time.release()


def _held_against_the_log(marks: list[Mark], key: bytes) -> Traced:
    entries = {entry.pk: entry for entry in Entry.objects.filter(pk__in=[mark.payload.number for mark in marks])}
    fitting = [mark for mark in marks if _fits(entries.get(mark.payload.number), mark, key)]
    said = lines([entries[mark.payload.number] for mark in fitting])
    looks = [
        TracedLook(line, round(100 * mark.agreement)) for line, mark in zip(said, fitting, strict=True)
    ]  # fmt: skip
    return Traced(looks, len(marks) - len(looks))


def _fits(entry: Entry | None, mark: Mark, key: bytes) -> bool:
    """Whether the entry is of a look, and says to the letter what it said when the mark was made."""
    return entry is not None and entry.event in LOOKS and payload_of_entry(entry, key) == mark.payload


@transaction.atomic
def _record(result: Result, actor: Actor, looks: list[str] | None = None, unknown: int = 0, reason: str = "") -> None:
    log.record(
        Event.LEAK_TRACED, actor=actor, result=result.value, looks=looks or [], unknown=unknown, reason=reason or None
    )
