"""Compliance pack: impact assessments, records of processing, the filing limit, and what laws ask, filled from data."""

from __future__ import annotations

from collections.abc import Iterable

from verification.audit.events import Event

from . import filing, processing, requirements
from .acts import acts
from .assessments import Registered, Standing
from .check_words import listed
from .document import Cell, Content, Note, Part, Row, Section, Sentence, Table, Tile, Tiles, columns, row
from .filing import Filing
from .media import AFTER_CLOSING, OPEN_CASE
from .requirements import Facts, Line, State
from .values import Kind
from .window import Window
from .words import Words

RECORD_DAYS = 365
"""How long a closed case's record is kept; the tests hold it and the schedule together, as they do in `media`."""
_STANDING_TONE = {Standing.OVERDUE: "stop", Standing.SOON: "doubt"}
_STATE_TONE = {State.NOT_MET: "stop", State.NOT_MEASURED: "doubt"}


def build(window: Window, words: Words) -> Content:
    done = acts(window, (Event.CASE_ERASED, Event.CONSENT_WITHDRAWN))
    known = requirements.facts(window, done.of(Event.CASE_ERASED), done.of(Event.CONSENT_WITHDRAWN))
    lines = requirements.lines(known)
    return Content(
        lead=tuple(_lead(known, words)),
        sections=(
            Section("in-short", words("common.in_short"), (_tiles(known, lines, words),)),
            Section("filing", words("compliance.filing"), tuple(_filing(known.filing, words))),
            Section("assessments", words("compliance.assessments"), (_assessments(known.assessments, words),)),
            Section("processing", words("compliance.processing"), tuple(_processing(known.records, words))),
            Section("requirements", words("compliance.requirements"), tuple(_requirements(lines, words))),
        ),
    )


def _lead(known: Facts, words: Words) -> Iterable[Sentence]:
    yield _limit(known.filing, words)
    overdue = [one for one in known.assessments if one.standing is Standing.OVERDUE]
    newest = [one for one in known.assessments if one.standing is not Standing.SUPERSEDED]
    if not newest:
        yield Sentence(words("compliance.no_assessment"), "stop", "assessments")
    elif overdue:
        yield Sentence(words("compliance.assessments_overdue", n=len(overdue)), "stop", "assessments")
    else:
        due = min(one.review_due for one in newest)
        yield Sentence(words("compliance.assessments_hold", n=len(newest), due=due), "good", "assessments")


def _limit(found: Filing, words: Words) -> Sentence:
    if found.due_on is not None and found.days_left is not None:
        left, passed = max(found.days_left, 0), max(-found.days_left, 0)
        name = "compliance.limit_passed" if found.days_left < 0 else "compliance.limit_reached"
        said = words(name, reached=found.reached_on, due=found.due_on, n=left, passed=passed, limit=filing.LIMIT)
        return Sentence(said, "stop", "filing")
    said = words("compliance.limit_near" if found.near else "compliance.limit_far", n=found.people,
                 share=f"{found.share:.0%}", limit=filing.LIMIT)  # fmt: skip
    return Sentence(said, "doubt" if found.near else "good", "filing")


def _tiles(known: Facts, lines: list[Line], words: Words) -> Part:
    found = known.filing
    tone = "stop" if found.reached_on else "doubt" if found.near else "plain"
    newest = sum(one.standing is not Standing.SUPERSEDED for one in known.assessments)
    not_met = sum(line.state is State.NOT_MET for line in lines)
    unmeasured = sum(line.state is State.NOT_MEASURED for line in lines)
    return Tiles(
        (
            Tile(words("compliance.people"), found.people, note=words("compliance.of_limit", limit=filing.LIMIT),
                 to="filing", tone=tone),
            Tile(words("compliance.share_of_limit"), found.share, Kind.SHARE,
                 note=words("compliance.warned_from", at=f"{filing.WARN_FROM:.0%}"), to="filing", tone=tone),
            Tile(words("compliance.stored"), found.stored, note=words("compliance.stored_note"), to="filing"),
            Tile(words("compliance.assessments"), newest, to="assessments", tone="plain" if newest else "stop"),
            Tile(words("compliance.programmes"), len(known.records), to="processing"),
            Tile(words("compliance.not_met"), not_met, note=words("compliance.unmeasured", n=unmeasured),
                 to="requirements", tone="stop" if not_met else "plain"),
        )
    )  # fmt: skip


def _filing(found: Filing, words: Words) -> Iterable[Part]:
    headings = columns(
        words("common.programme"), (words("compliance.people"), Kind.COUNT), (words("compliance.stored"), Kind.COUNT)
    )
    rows = tuple(row(one.programme, one.people, one.stored) for one in found.programmes)
    yield Table(words("compliance.people_by_programme"), headings, rows, words("compliance.no_programme"))
    clock = columns(words("compliance.clock"), words("compliance.when"))
    left = None if found.days_left is None else words("compliance.days", n=found.days_left)
    lines = (
        row(words("compliance.reached_on"), found.reached_on or words("compliance.not_reached")),
        row(words("compliance.due_on"), found.due_on),
        row(words("compliance.left"), left, tone="stop" if found.reached_on else "plain"),
    )
    yield Table(words("compliance.clock_of", days=filing.WORKING_DAYS), clock, lines, "")
    yield Note(words("compliance.filing_note"))
    yield Note(words("compliance.calendar_note"))


def _assessments(found: list[Registered], words: Words) -> Part:
    headings = columns(
        words("compliance.title_of"), words("compliance.version"), words("common.programme"),
        words("compliance.owner"), words("compliance.approved"), words("compliance.review_due"),
        words("compliance.state"), words("compliance.reference"),
    )  # fmt: skip
    rows = tuple(
        row(
            one.title, one.version, one.programme or words("compliance.all"), one.owner, one.approved_on,
            one.review_due, words(f"compliance.standing_{one.standing.value}"), one.reference,
            tone=_STANDING_TONE.get(one.standing, "plain"),
        )
        for one in found
    )  # fmt: skip
    return Table(words("compliance.assessments"), headings, rows, words("compliance.assessments_empty"))


def _processing(records: list[processing.Record], words: Words) -> Iterable[Part]:
    if not records:
        yield Note(words("compliance.no_programme"))
    headings = columns(words("compliance.what"), words("compliance.record"))
    for one in records:
        yield Table(words("compliance.record_of", programme=one.name), headings, tuple(_record(one, words)), "")
    yield _kept(words)
    yield _helpers(words)
    yield Note(words("compliance.processing_note"))


def _record(one: processing.Record, words: Words) -> Iterable[Row]:
    """A line for each thing that a record of processing has to say (GDPR article 30, PIPL article 56)."""
    yield row(words("compliance.purpose"), one.purpose)
    yield row(words("compliance.of_whom"), words("compliance.subjects", n=one.records))
    yield row(words("compliance.data"), _data(one, words))
    yield row(
        words("compliance.basis"), listed((words(f"promises.scope_{scope.value}") for scope in one.scopes), words)
    )
    wider = [words(f"compliance.wider_{name}") for name in one.wider] or [words("compliance.wider_none")]
    seen = words("compliance.seen_by", n=one.reviewers, wider=listed(wider, words))
    yield row(words("compliance.who_sees"), seen)
    yield row(words("compliance.recipients"), words("compliance.recipient", n=one.keys))
    yield row(words("compliance.the_other_way"), _written(written=one.other_way, words=words),
              tone="plain" if one.other_way or not one.region else "stop")  # fmt: skip
    yield row(words("compliance.contact"), _written(written=one.contact, words=words),
              tone="plain" if one.contact or not one.region else "stop")  # fmt: skip


def _data(one: processing.Record, words: Words) -> str:
    filmed = words(f"compliance.region_{one.region or 'sent'}")
    voice = words("compliance.with_voice") if "voice" in one.scopes else ""
    return words("compliance.data_filmed", filmed=f"{filmed}{voice}")


def _written(*, written: bool, words: Words) -> str:
    return words("compliance.written" if written else "compliance.not_written")


def _kept(words: Words) -> Part:
    limits = (
        ("media_passed", words("compliance.at_once")),
        ("media_closed", words.duration(AFTER_CLOSING.total_seconds())),
        ("media_open", words.duration(OPEN_CASE.total_seconds())),
        ("record", words("compliance.days_after", n=RECORD_DAYS)),
        ("log", words("compliance.for_ever")),
    )
    headings = columns(words("compliance.what"), words("compliance.until"))
    rows = tuple(row(words(f"compliance.kept_{name}"), limit) for name, limit in limits)
    return Table(words("compliance.kept"), headings, rows, "")


def _helpers(words: Words) -> Part:
    headings = columns(words("compliance.what"), words("compliance.where"), words("compliance.what_it_gets"))
    rows = tuple(
        row(
            words(f"compliance.helper_{one.what}"), one.host or words("compliance.nowhere_else"),
            words(f"compliance.gets_{one.what}"),
        )
        for one in processing.helpers()
    )  # fmt: skip
    return Table(words("compliance.helpers"), headings, rows, "")


def _requirements(lines: list[Line], words: Words) -> Iterable[Part]:
    headings = columns(
        words("compliance.article"), words("compliance.asks"), words("compliance.figure"), words("compliance.state"),
        words("compliance.where"),
    )  # fmt: skip
    for law in dict.fromkeys(line.law for line in lines):
        rows = tuple(_line(line, words) for line in lines if line.law == law)
        yield Table(words(f"laws.{law}"), headings, rows, "")
    yield Note(words("compliance.requirements_note"))


def _line(line: Line, words: Words) -> Row:
    name = f"laws.{line.law}_{line.key}"
    return row(
        words(f"{name}_article"), words(f"{name}_asks"), Cell(words(f"{name}_figure", **line.values)),
        words(f"compliance.state_{line.state.value}"), words(f"compliance.in_{line.where.replace('-', '_')}"),
        tone=_STATE_TONE.get(line.state, "plain"),
    )  # fmt: skip
