"""Who looked: every look at a face, by whom, when and why, and whether the record explains it."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from . import look_patterns, looks, refusals, wider
from . import unusual as unusual_days
from .actors import Directory, directory
from .document import (
    Cell,
    Chart,
    Content,
    Entries,
    Note,
    Part,
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

MOST = 50


@dataclass(frozen=True, slots=True)
class _Read:
    """Every figure of the report, read once."""

    window: Window
    words: Words
    people: list[looks.Reviewer]
    account: looks.Account
    undecided: list[looks.Undecided]
    out: dict[str, int]
    over: dict[str, int]
    turned_away: dict[str, int]
    refusals: list[refusals.Refusal]
    more_than_faces: wider.Wider
    seen: list[wider.Seen]
    unusual: unusual_days.Found
    known: Directory

    def name(self, person: str) -> Cell:
        """Who it is now; the first characters of the id tell apart two who are called the same."""
        return Cell(self.known.named("person", person, self.window.end).name, person[:8])

    def entries(self, event: str = "", actor: str = "", case: str = "") -> Entries:
        return Entries(event, actor, case, self.window.first_day, self.window.last_day)


def build(window: Window, words: Words) -> Content:
    read = _read(window, words)
    return Content(
        lead=(_accounted(read), *_with_leave(read), _often_undecided(read), *_odd(read)),
        sections=(
            Section("in-short", words("common.in_short"), (_tiles(read),)),
            Section("by-person", words("who-looked.by_person"), (_by_person(read), Note(words("who-looked.counted")))),
            Section("when", words("who-looked.when"), (_by_day(read), _by_hour(read), _hours_note(words))),
            Section("why", words("who-looked.why"), (_by_reason(read),)),
            Section("unusual", words("who-looked.unusual"), (_unusual(read), _unusual_note(read))),
            Section("undecided", words("who-looked.undecided"), (_undecided(read),)),
            Section("wider", words("who-looked.wider"), (_wider(read), _seen(read)), _without_leave(read)),
            Section("refused", words("who-looked.refused"), (_refused(read), _refused_people(read))),
        ),
    )


def _read(window: Window, words: Words) -> _Read:
    people, undecided, seen = looks.by_reviewer(window), looks.undecided(window, MOST), wider.seen(window)
    turned_away, found = look_patterns.refused(window, list(refusals.KINDS)), unusual_days.unusual(window)
    ids = {one.person for one in people} | {one.person for one in undecided} | {one.person for one in found.unusual}
    ids |= set(turned_away)
    ids |= {person for one in seen for person in (one.person, *one.agreed)}
    return _Read(
        window, words, people, looks.account(window, people), undecided, look_patterns.out_of_hours(window),
        look_patterns.over_budget(window), turned_away, refusals.refusals(window), wider.wider(window), seen, found,
        directory(ids),
    )  # fmt: skip


def _accounted(read: _Read) -> Sentence:
    account, words = read.account, read.words
    if not account:
        return Sentence(words("who-looked.unexplained", n=account.unexplained + account.silent), "stop", "by-person")
    if account.looks == 0:
        return Sentence(words("who-looked.nobody"), "good")
    return Sentence(words("who-looked.accounted", n=account.looks), "good")


def _with_leave(read: _Read) -> tuple[Sentence, ...]:
    """Nothing where there was no wider view, as in most weeks."""
    if not read.more_than_faces:
        return (Sentence(read.words("who-looked.no_leave", n=read.more_than_faces.without_leave), "stop", "wider"),)
    if read.more_than_faces.seen == 0:
        return ()
    return (Sentence(read.words("who-looked.with_leave", n=read.more_than_faces.seen), "good"),)


def _without_leave(read: _Read) -> tuple[Sentence, ...]:
    return () if read.more_than_faces else (Sentence(read.words("who-looked.incident"), "stop"),)


def _often_undecided(read: _Read) -> Sentence:
    undecided = sum(one.undecided for one in read.people)
    return Sentence(read.words("who-looked.undecided_said", n=undecided), "plain", "undecided" if undecided else "")


def _odd(read: _Read) -> tuple[Sentence, ...]:
    found = read.unusual.unusual
    return (Sentence(read.words("who-looked.unusual_said", n=len(found)), "doubt", "unusual"),) if found else ()


def _tiles(read: _Read) -> Part:
    words, people = read.words, sum(1 for one in read.people if one.looks)
    refused = sum(one.times for one in read.refusals)
    return Tiles(
        (
            Tile(
                words("common.looks"), read.account.looks, note=words("who-looked.by_people", n=people), to="by-person",
                tone="plain" if read.account else "stop",
            ),
            Tile(
                words("who-looked.undecided"), sum(one.undecided for one in read.people),
                note=words("who-looked.undecided_note"), to="undecided",
            ),
            Tile(words("who-looked.out"), sum(read.out.values()), note=words("who-looked.out_note"), to="when"),
            Tile(words("who-looked.over"), sum(read.over.values()), note=words("who-looked.over_note"), to="by-person"),
            Tile(
                words("who-looked.wider"), read.more_than_faces.seen, note=words("who-looked.wider_note"), to="wider",
                tone="plain" if read.more_than_faces else "stop",
            ),
            Tile(words("who-looked.refused"), refused, note=words("who-looked.refused_note"), to="refused"),
        )
    )  # fmt: skip


def _by_person(read: _Read) -> Part:
    words = read.words
    headings = columns(
        words("common.person"), (words("common.looks"), Kind.COUNT), (words("who-looked.cases"), Kind.COUNT),
        (words("who-looked.decisions"), Kind.COUNT), (words("who-looked.undecided"), Kind.COUNT),
        (words("who-looked.out"), Kind.COUNT), (words("who-looked.over"), Kind.COUNT),
        (words("who-looked.hasty"), Kind.COUNT), (words("who-looked.median"), Kind.SECONDS),
    )  # fmt: skip
    rows = tuple(
        row(
            read.name(one.person), one.looks, one.cases, one.decisions, one.undecided, read.out.get(one.person, 0),
            read.over.get(one.person, 0), one.hasty, one.median_seconds, to=read.entries(actor=one.person),
        )
        for one in read.people
    )  # fmt: skip
    return Table(words("who-looked.by_person"), headings, rows, words("who-looked.by_person_empty"))


def _by_day(read: _Read) -> Part:
    words, days = read.words, look_patterns.by_day(read.window)
    series = (
        Series(words("who-looked.in_hours"), tuple(one.looks - one.out_of_hours for one in days)),
        Series(words("who-looked.out"), tuple(one.out_of_hours for one in days)),
    )
    labels = tuple(f"{one.day:%m-%d}" for one in days)
    return Chart(words("who-looked.which_days"), Shape.BARS, words("common.day"), words("common.looks"), labels, series)


def _by_hour(read: _Read) -> Part:
    words, hours = read.words, look_patterns.by_hour(read.window)
    series = (Series(words("common.looks"), tuple(hours)),)
    labels = tuple(f"{hour:02}" for hour in range(24))
    return Chart(
        words("who-looked.which_hours"), Shape.HISTOGRAM, words("common.hour"), words("common.looks"), labels, series
    )


def _hours_note(words: Words) -> Note:
    opens, closes = f"{settings.OFFICE_OPENS:02}:00", f"{settings.OFFICE_CLOSES:02}:00"
    last = words(f"common.weekday_{settings.OFFICE_DAYS}")
    return Note(words("who-looked.hours_note", opens=opens, closes=closes, last=last))


def _by_reason(read: _Read) -> Part:
    words = read.words
    headings = columns(
        words("who-looked.what"), words("common.reason"), (words("common.looks"), Kind.COUNT),
        (words("common.people"), Kind.COUNT), (words("common.cases"), Kind.COUNT),
    )  # fmt: skip
    rows = tuple(
        row(
            words.code(one.event), words.code(one.reason), one.looks, one.people, one.cases,
            to=read.entries(event=one.event),
        )
        for one in look_patterns.by_reason(read.window)
    )  # fmt: skip
    return Table(words("who-looked.why"), headings, rows, words("who-looked.why_empty"))


def _unusual(read: _Read) -> Part:
    words, found = read.words, read.unusual.unusual
    headings = columns(
        words("common.person"), words("common.day"), words("who-looked.measure"), (words("common.value"), Kind.COUNT),
        (words("who-looked.usual"), Kind.DECIMAL), (words("who-looked.past_days"), Kind.COUNT),
        (words("who-looked.score"), Kind.DECIMAL),
    )  # fmt: skip
    rows = tuple(
        row(
            read.name(one.person), one.day, words(f"who-looked.measure_{one.measure}"), one.value, one.usual, one.days,
            one.score, to=Entries(actor=one.person, first=one.day, last=one.day), tone="doubt",
        )
        for one in found[:MOST]
    )  # fmt: skip
    return Table(
        words("who-looked.unusual"), headings, rows, words("who-looked.unusual_empty"), _more(words, len(found))
    )


def _unusual_note(read: _Read) -> Note:
    found = read.unusual
    return Note(
        read.words(
            "who-looked.unusual_note", threshold=unusual_days.THRESHOLD, past=unusual_days.PAST.days,
            enough=unusual_days.ENOUGH_DAYS, judged=found.judged - found.too_new, new=found.too_new,
        )
    )  # fmt: skip


def _undecided(read: _Read) -> Part:
    words, total = read.words, sum(one.undecided for one in read.people)
    headings = columns(
        words("common.person"), (words("who-looked.first_look"), Kind.MOMENT), (words("common.case"), Kind.CODE),
        words("who-looked.end"), (words("common.looks"), Kind.COUNT),
    )  # fmt: skip
    rows = tuple(
        row(
            read.name(one.person), one.at, Cell(_code(one.case_id), to=Entries(case=str(one.case_id))),
            words.code(one.end) if one.end else words("common.unknown"), one.looks,
        )
        for one in read.undecided
    )  # fmt: skip
    return Table(
        words("who-looked.undecided"), headings, rows, words("who-looked.undecided_empty"), _more(words, total)
    )


def _wider(read: _Read) -> Part:
    words = read.words
    headings = columns(
        words("who-looked.shown"), *((words(f"who-looked.wider_{what}"), Kind.COUNT) for what in _BECAME)
    )  # fmt: skip
    rows = tuple(
        row(
            words(f"who-looked.tier_{one.tier}"), one.asked, one.refused, one.unanswered, one.agreed, one.seen,
            to=read.entries(event="wider:asked"),
        )
        for one in read.more_than_faces.tiers
        if one.tier in wider.TIERS
    )  # fmt: skip
    return Table(words("who-looked.wider_asked_for"), headings, rows, words("who-looked.wider_empty"))


_BECAME = ("asked", "refused", "unanswered", "drawn", "seen")


def _seen(read: _Read) -> Part:
    words = read.words
    headings = columns(
        words("who-looked.looked"), (words("who-looked.at"), Kind.MOMENT), words("who-looked.shown"),
        words("common.reason"), words("who-looked.agreed"), (words("common.case"), Kind.CODE),
    )  # fmt: skip
    rows = tuple(
        row(
            read.name(one.person), one.at, words(f"who-looked.tier_{one.tier}"), words.code(one.reason),
            ", ".join(str(read.name(person).value) for person in one.agreed) or words("who-looked.nobody_agreed"),
            Cell(_code(one.case_id), to=Entries(case=str(one.case_id))), tone="plain" if one.enough else "stop",
        )
        for one in read.seen
    )  # fmt: skip
    return Table(words("who-looked.wider_seen_by"), headings, rows, words("who-looked.wider_seen_empty"))


def _refused(read: _Read) -> Part:
    words = read.words
    headings = columns(
        words("who-looked.tried"), words("common.reason"), (words("common.times"), Kind.COUNT),
        (words("common.people"), Kind.COUNT),
    )  # fmt: skip
    rows = tuple(
        row(
            words.code(one.event), words.code(one.reason), one.times, one.people, to=read.entries(event=one.event)
        )
        for one in read.refusals
    )  # fmt: skip
    return Table(words("who-looked.refused_by_reason"), headings, rows, words("who-looked.refused_empty"))


def _refused_people(read: _Read) -> Part:
    words = read.words
    most = sorted(read.turned_away.items(), key=lambda one: (-one[1], one[0]))
    rows = tuple(
        row(read.name(person), times, to=read.entries(actor=person)) for person, times in most[:MOST]
    )  # fmt: skip
    headings = columns(words("common.person"), (words("common.times"), Kind.COUNT))
    return Table(
        words("who-looked.refused_by_person"),
        headings,
        rows,
        words("who-looked.refused_empty"),
        _more(words, len(most)),
    )


def _more(words: Words, total: int) -> str:
    return words("common.first_of", shown=MOST, n=total) if total > MOST else ""


def _code(case_id: object) -> str:
    return str(case_id).replace("-", "")[-4:].upper()
