"""Who looked: every look at a face, by whom, when and why, and whether the record explains it."""

from __future__ import annotations

from verification.audit.events import Event

from . import looks, refusals
from .actors import Directory, directory
from .document import Cell, Content, Entries, Part, Section, Sentence, Table, Tile, Tiles, columns, row
from .values import Kind
from .window import Window
from .words import Words


def build(window: Window, words: Words) -> Content:
    people = looks.by_reviewer(window)
    account = looks.account(window)
    known = directory(one.person for one in people)
    return Content(
        lead=(_accounted(account, words),),
        sections=(
            Section("in-short", words("common.in_short"), (_tiles(people, account, words),)),
            Section("by-person", words("who-looked.by_person"), (_by_person(people, known, window, words),)),
            Section("refused", words("who-looked.refused"), (_refused(window, words),)),
        ),
    )


def _accounted(account: looks.Account, words: Words) -> Sentence:
    if not account:
        return Sentence(words("who-looked.unexplained", n=account.unexplained + account.silent), "stop", "by-person")
    if account.looks == 0:
        return Sentence(words("who-looked.nobody"), "good")
    return Sentence(words("who-looked.accounted", n=account.looks), "good")


def _tiles(people: list[looks.Reviewer], account: looks.Account, words: Words) -> Part:
    undecided = sum(one.undecided for one in people)
    return Tiles(
        (
            Tile(words("who-looked.looks"), account.looks, note=words("who-looked.by_people", n=len(people))),
            Tile(words("who-looked.undecided"), undecided, note=words("who-looked.undecided_note")),
        )
    )


def _by_person(people: list[looks.Reviewer], known: Directory, window: Window, words: Words) -> Part:
    headings = columns(
        words("common.person"),
        (words("who-looked.looks"), Kind.COUNT),
        (words("who-looked.cases"), Kind.COUNT),
        (words("who-looked.decisions"), Kind.COUNT),
        (words("who-looked.undecided"), Kind.COUNT),
        (words("who-looked.median"), Kind.SECONDS),
    )
    rows = tuple(
        row(
            Cell(known.named("person", one.person, window.end).name, one.person[:8]),
            one.looks, one.cases, one.decisions, one.undecided, one.median_seconds,
            to=Entries(actor=one.person, first=window.first_day, last=window.last_day),
        )
        for one in people
    )  # fmt: skip
    return Table(words("who-looked.by_person"), headings, rows, words("who-looked.by_person_empty"))


def _refused(window: Window, words: Words) -> Part:
    headings = columns(
        words("who-looked.tried"),
        words("common.reason"),
        (words("common.times"), Kind.COUNT),
        (words("common.people"), Kind.COUNT),
    )
    rows = tuple(
        row(
            words.code(one.event), words.code(one.reason), one.times, one.people,
            to=Entries(event=Event(one.event).value, first=window.first_day, last=window.last_day),
        )
        for one in refusals.refusals(window)
    )  # fmt: skip
    return Table(words("who-looked.refused"), headings, rows, words("who-looked.refused_empty"))
