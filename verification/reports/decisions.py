"""Decisions: how cases ended, how long that took, and how good the judgement was."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from verification.cases.models import Programme
from verification.known.results import Tally
from verification.policy.agreement import NOT_ENOUGH, Bounded

from . import cases, judgement, times
from .cells import plain
from .document import (
    Cell,
    Chart,
    Content,
    Entries,
    Note,
    Part,
    Row,
    Section,
    Sentence,
    Series,
    Shape,
    Table,
    Tile,
    Tiles,
    columns,
    row,
)
from .values import Kind
from .window import Window
from .words import Words


@dataclass(frozen=True, slots=True)
class _Read:
    """Every figure of the report, read once."""

    window: Window
    words: Words
    ends: cases.Ends
    days: list[cases.Day]
    waits: times.Spread
    handling: times.Spread
    overturned: judgement.Overturned
    judged: judgement.Judgement

    def entries(self, event: str) -> Entries:
        return Entries(event, first=self.window.first_day, last=self.window.last_day)


def build(window: Window, words: Words) -> Content:
    moves = cases.moves(window)
    read = _Read(
        window, words, cases.ends(moves), cases.ends_by_day(window, moves), times.waits(window),
        times.handling(window), judgement.overturned(window), judgement.judgement(window),
    )  # fmt: skip
    return Content(
        lead=(_closed(read), *_shared(read), *_waited(read), *_overturned_said(read)),
        sections=(
            Section("in-short", words("common.in_short"), (_tiles(read),)),
            Section("ends", words("decisions.ends"), (_by_day(read), _outcomes(read), _by_programme(read))),
            Section("times", words("decisions.times"), (_waiting(read), _durations(read), _times_note(read))),
            Section(
                "judgement", words("decisions.judgement"),
                (_second_looks(read), _adjudications(read), _agreement(read), Note(words("decisions.agreement_note"))),
            ),
            Section("known", words("decisions.known"), (_known(read), _known_note(read))),
        ),
    )  # fmt: skip


def _closed(read: _Read) -> Sentence:
    ends = read.ends
    return Sentence(
        read.words("decisions.closed", n=ends.by_machine, people=ends.by_people, unresolved=ends.unresolved)
    )


def _shared(read: _Read) -> tuple[Sentence, ...]:
    share = read.ends.share_to_people
    if share is None:
        return ()
    said = read.words.value(share, Kind.SHARE)
    return (Sentence(read.words("decisions.share_said", share=said, n=read.ends.checked), "plain", "ends"),)


def _waited(read: _Read) -> tuple[Sentence, ...]:
    if read.waits.median is None:
        return ()
    half, most = (read.words.value(seconds, Kind.SECONDS) for seconds in (read.waits.median, read.waits.p95))
    return (Sentence(read.words("decisions.waited", half=half, most=most), "plain", "times"),)


def _overturned_said(read: _Read) -> tuple[Sentence, ...]:
    found = read.overturned
    if not found.decided:
        return ()
    return (
        Sentence(read.words("decisions.overturned_said", n=found.overturned, decided=found.decided), to="judgement"),
    )


def _tiles(read: _Read) -> Part:
    words, ends, agreed = read.words, read.ends, read.judged.agreement
    return Tiles(
        (
            Tile(words("decisions.by_machine"), ends.by_machine, note=words("decisions.no_human_look"), to="ends"),
            Tile(words("decisions.by_people"), ends.by_people, note=words("decisions.by_people_note"), to="ends"),
            Tile(words("decisions.unresolved"), ends.unresolved, note=words("decisions.unresolved_note"), to="ends"),
            Tile(
                words("decisions.share"), ends.share_to_people, Kind.SHARE,
                words("decisions.share_note", to=ends.to_people, n=ends.checked), "ends",
            ),
            Tile(
                words("decisions.wait"), read.waits.median, Kind.SECONDS,
                words("decisions.p95_note", most=words.value(read.waits.p95, Kind.SECONDS)), "times",
            ),
            Tile(
                words("decisions.handling"), read.handling.median, Kind.SECONDS,
                words("decisions.p95_note", most=words.value(read.handling.p95, Kind.SECONDS)), "times",
            ),
            Tile(
                words("decisions.overturned"), read.overturned.overturned,
                note=words("decisions.overturned_note", n=read.overturned.decided), to="judgement",
            ),
            Tile(
                words("decisions.ac1"), agreed.ac1.value if agreed.ac1 else None, Kind.DECIMAL,
                words("decisions.pairs_note", n=agreed.pairs), "judgement",
            ),
        )
    )  # fmt: skip


def _by_day(read: _Read) -> Part:
    words, days = read.words, read.days
    series = (
        Series(words("decisions.by_machine"), tuple(day.by_machine for day in days)),
        Series(words("decisions.by_people"), tuple(day.by_people for day in days)),
        Series(words("decisions.unresolved"), tuple(day.unresolved for day in days)),
    )
    labels = tuple(f"{day.day:%m-%d}" for day in days)
    return Chart(words("decisions.how_ended"), Shape.BARS, words("common.day"), words("common.cases"), labels, series)


def _outcomes(read: _Read) -> Part:
    words, found = read.words, cases.outcomes(read.window)
    total = sum(one.cases for one in found)
    headings = columns(
        words("decisions.ended_as"), words("decisions.answer_column"), (words("common.cases"), Kind.COUNT),
        (words("common.share"), Kind.SHARE),
    )  # fmt: skip
    rows = tuple(
        row(
            words.code(one.status), words.code(one.outcome) if one.outcome else words("common.none"), one.cases,
            one.cases / total, to=read.entries("case:advanced"),
        )
        for one in found
    )  # fmt: skip
    return Table(words("decisions.outcomes"), headings, rows, words("decisions.outcomes_empty"))


def _by_programme(read: _Read) -> Part:
    words, found = read.words, cases.ends_by_programme(read.window)
    names = {one.pk: plain(one.name) for one in Programme.objects.all()}
    headings = columns(
        words("common.programme"), (words("decisions.by_machine"), Kind.COUNT),
        (words("decisions.by_people"), Kind.COUNT), (words("decisions.unresolved"), Kind.COUNT),
        (words("decisions.share"), Kind.SHARE),
    )  # fmt: skip
    rows = tuple(
        row(_named(programme, names, words), one.by_machine, one.by_people, one.unresolved, one.share_to_people)
        for programme, one in sorted(found.items(), key=lambda one: str(_named(one[0], names, words).value))
    )
    return Table(words("decisions.by_programme"), headings, rows, words("decisions.outcomes_empty"))


def _named(programme: UUID | None, names: dict[UUID, str], words: Words) -> Cell:
    return Cell(names.get(programme, words("common.unknown")) if programme else words("common.unknown"))


def _waiting(read: _Read) -> Part:
    words, steps = read.words, times.wait_steps(read.window)
    labels = tuple(words(f"decisions.wait_{place}") for place in range(len(steps)))
    series = (Series(words("common.cases"), tuple(step.cases for step in steps)),)
    return Chart(
        words("decisions.how_long"), Shape.HISTOGRAM, words("decisions.waited_for"), words("common.cases"), labels,
        series,
    )  # fmt: skip


def _durations(read: _Read) -> Part:
    words = read.words
    headings = columns(
        words("decisions.what"), (words("common.cases"), Kind.COUNT), (words("common.median"), Kind.SECONDS),
        (words("common.p95"), Kind.SECONDS), (words("common.longest"), Kind.SECONDS),
    )  # fmt: skip
    spreads = (("answer", times.machine(read.window)), ("wait", read.waits), ("handling", read.handling))
    rows = tuple(
        row(
            Cell(words(f"decisions.{what}"), words(f"decisions.{what}_meaning")), one.count, one.median, one.p95,
            one.longest,
        )
        for what, one in spreads
    )  # fmt: skip
    return Table(words("decisions.times"), headings, rows, words("decisions.times_empty"))


def _times_note(read: _Read) -> Note:
    return Note(read.words("decisions.times_note"))


def _second_looks(read: _Read) -> Part:
    words, found = read.words, read.overturned
    headings = columns(
        words("decisions.measure"), (words("decisions.of"), Kind.COUNT), (words("decisions.times_counted"), Kind.COUNT),
        (words("common.share"), Kind.SHARE), words("common.bounds_95"),
    )  # fmt: skip
    rows = (
        (
            row(
                Cell(words("decisions.overturned"), words("decisions.overturned_meaning")), found.decided,
                found.overturned, *_rate(found.rate, words), to=read.entries("decision:counted"),
            ),
        )
        if found.decided
        else ()
    )  # fmt: skip
    return Table(words("decisions.overturned"), headings, rows, words("decisions.overturned_empty"))


def _adjudications(read: _Read) -> Part:
    words = read.words
    rows = tuple(
        row(words.code(reason), number, to=read.entries("adjudication:asked"))
        for reason, number in judgement.adjudications(read.window)
    )
    headings = columns(words("common.reason"), (words("common.cases"), Kind.COUNT))
    return Table(words("decisions.adjudicated"), headings, rows, words("decisions.adjudicated_empty"))


def _agreement(read: _Read) -> Part:
    words, found = read.words, read.judged.agreement
    headings = columns(
        words("decisions.measure"), (words("decisions.pairs"), Kind.COUNT), (words("decisions.alike"), Kind.COUNT),
        (words("common.value"), Kind.DECIMAL), words("common.bounds_95"),
    )  # fmt: skip
    measures = (("ac1", found.ac1), ("kappa", found.kappa))
    rows = tuple(
        row(
            Cell(words(f"decisions.{name}"), words(f"decisions.{name}_meaning")), found.pairs, found.alike,
            value.value if value else None, _bounds(value, words, Kind.DECIMAL),
        )
        for name, value in measures
        if found.pairs
    )  # fmt: skip
    return Table(words("decisions.agreement"), headings, rows, words("decisions.agreement_empty"))


def _known(read: _Read) -> Part:
    words, found = read.words, read.judged.results
    headings = columns(
        words("decisions.known_kind"), (words("decisions.answered"), Kind.COUNT),
        (words("decisions.wrong"), Kind.COUNT),
        (words("decisions.error_rate"), Kind.SHARE), words("common.bounds_95"),
        (words("decisions.untold"), Kind.COUNT),
    )  # fmt: skip
    kinds = (("impostors", found.impostors), ("genuine", found.genuine))
    rows = tuple(_known_row(kind, tally, words) for kind, tally in kinds if found.seen)
    return Table(words("decisions.known"), headings, rows, words("decisions.known_empty"))


def _known_row(kind: str, tally: Tally, words: Words) -> Row:
    name = Cell(words(f"decisions.{kind}"), words(f"decisions.{kind}_meaning"))
    if not tally.enough:
        missing = words("decisions.not_enough", n=tally.missing)
        return row(name, tally.answered, tally.wrong, None, missing, tally.untold)
    return row(name, tally.answered, tally.wrong, *_rate(tally.rate, words), tally.untold)


def _known_note(read: _Read) -> Note:
    measured = read.judged.measured
    return Note(read.words("decisions.known_note", enough=NOT_ENOUGH, measured=measured.enough, people=measured.all))


def _rate(rate: Bounded | None, words: Words) -> tuple[float | None, str]:
    return (rate.value if rate else None), _bounds(rate, words, Kind.SHARE)


def _bounds(value: Bounded | None, words: Words, kind: Kind) -> str:
    if value is None:
        return words("decisions.cannot_be_told")
    low, high = (words.value(bound, kind) for bound in (value.low, value.high))
    return words("common.bounds", low=low, high=high)
