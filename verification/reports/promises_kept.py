"""Promises kept: media that died in time and that did not, holds, erasures, consents, restores and changes of keys."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from verification.audit.events import Event

from . import agreements, destroyed, erasures, media, restores, worries
from .acts import Acts, acts
from .destroyed import Late, Promise
from .document import Cell, Content, Entries, Note, Part, Row, Section, Sentence, Table, Tile, Tiles, columns, row
from .values import Kind, Value
from .window import Window
from .words import Words

_EVENTS = (
    Event.CASE_ERASED, Event.CONSENT_WITHDRAWN, Event.CAPTURE_CHOSEN, Event.KEY_CREATED, Event.KEY_REVOKED,
    Event.LOG_RESUMED,
)  # fmt: skip
_LISTED = 50


def build(window: Window, words: Words) -> Content:
    found, done, held = destroyed.promises(window), acts(window, _EVENTS), media.held(window)
    holds, invited = worries.legal_holds(window), agreements.invitations(window)
    return Content(
        lead=tuple(_lead(found, held, holds, done, words)),
        sections=(
            Section("in-short", words("common.in_short"), (_tiles(found, held, holds, done, invited, words),)),
            Section("media", words("promises.media"), tuple(_media(found, window, words))),
            Section("holds", words("promises.holds"), (_holds(holds, window, words),)),
            Section("erasures", words("promises.erasures"), tuple(_erasures(done, window, words))),
            Section("consents", words("promises.consents"), tuple(_consents(invited, done, window, words))),
            Section("restores", words("promises.restores"), tuple(_restores(done, window, words))),
        ),
    )


def _lead(found: list[Promise], held: media.Held, holds: worries.Holds, done: Acts, words: Words) -> Iterable[Sentence]:
    yield _kept(found, words)
    if held.overdue:
        yield Sentence(words("promises.overdue_now", n=held.overdue), "stop", "media")
    else:
        yield Sentence(words("promises.none_overdue", held=held.by_hold), "good", "media")
    if holds.in_force:
        yield Sentence(words("promises.holds_now", n=holds.in_force), "plain", "holds")
    erased = done.of(Event.CASE_ERASED)
    yield Sentence(words("promises.erased" if erased else "promises.erased_none", n=erased), "plain", "erasures")


def _kept(found: list[Promise], words: Words) -> Sentence:
    late = sum(one.late + one.overdue for one in found)
    if late:
        return Sentence(words("promises.some_late", n=late), "stop", "media")
    if not any(one.kept is not None for one in found):
        return Sentence(words("promises.nothing_due"))
    return Sentence(words("promises.all_in_time"), "good", "media")


def _tiles(
    found: list[Promise], held: media.Held, holds: worries.Holds, done: Acts, invited: agreements.Invitations,
    words: Words,
) -> Part:  # fmt: skip
    late = sum(one.late + one.overdue for one in found)
    restored = done.of(Event.LOG_RESUMED)
    return Tiles(
        (
            Tile(words("promises.late"), late, note=words("promises.late_note"), to="media", tone=_stop(late)),
            Tile(words("promises.held_now"), held.images, note=words("promises.of_cases", n=held.cases), to="media"),
            Tile(words("promises.in_force"), holds.in_force, note=words("promises.asked_now", n=holds.waiting),
                 to="holds"),
            Tile(words("promises.erased_tile"), done.of(Event.CASE_ERASED), to="erasures"),
            Tile(words("promises.withdrawn_tile"), done.of(Event.CONSENT_WITHDRAWN), to="consents"),
            Tile(words("promises.other_way"), invited.other_way, note=words("promises.of_opened", n=invited.opened),
                 to="consents"),
            Tile(words("promises.restored"), restored, to="restores", tone="doubt" if restored else "plain"),
        )
    )  # fmt: skip


def _stop(number: int) -> str:
    return "stop" if number else "plain"


def _media(found: list[Promise], window: Window, words: Words) -> Iterable[Part]:
    headings = columns(
        words("promises.what"), (words("promises.all"), Kind.COUNT), (words("promises.in_time"), Kind.COUNT),
        (words("promises.after_hold"), Kind.COUNT), (words("promises.not_due"), Kind.COUNT),
        (words("promises.late"), Kind.COUNT), (words("promises.overdue"), Kind.COUNT),
        (words("promises.longest"), Kind.SECONDS), (words("promises.kept"), Kind.SHARE),
    )  # fmt: skip
    rows = tuple(
        row(
            words(f"promises.{one.what}_of_{one.purpose}"), one.all, one.in_time, one.after_hold,
            one.not_due, one.late, one.overdue, one.longest, one.kept, tone=_stop(one.late + one.overdue),
        )
        for one in found
    )  # fmt: skip
    yield Table(words("promises.media_of_closed"), headings, rows, words("promises.media_empty"))
    yield _late(window if any(one.late + one.overdue for one in found) else None, words)
    yield Note(words("promises.media_note", too_long=destroyed.open_too_long(window)))


def _late(window: Window | None, words: Words) -> Part:
    """What was late in the window; nothing is looked for where the counts say that there is none."""
    found = destroyed.late(window, limit=_LISTED + 1) if window else []
    headings = columns(
        words("promises.case"), words("promises.what"), (words("promises.due"), Kind.MOMENT),
        (words("promises.gone"), Kind.MOMENT), (words("promises.by"), Kind.SECONDS), words("promises.why"),
    )  # fmt: skip
    more = words("promises.more_late", n=_LISTED) if len(found) > _LISTED else ""
    rows = tuple(_late_one(one, words) for one in found[:_LISTED])
    return Table(words("promises.late_list"), headings, rows, words("promises.late_empty"), more)


def _late_one(one: Late, words: Words) -> Row:
    by = (one.gone - one.due).total_seconds() if one.gone else None
    return row(
        one.case_id.hex[-4:].upper(), words(f"promises.{one.what}_of_{one.purpose}"), one.due, one.gone, by,
        words(f"promises.why_{one.why.value}"), to=Entries(case=str(one.case_id)), tone="stop",
    )  # fmt: skip


def _holds(holds: worries.Holds, window: Window, words: Words) -> Part:
    counts = (
        ("asked", holds.asked, Event.HOLD_ASKED), ("approved", holds.approved, Event.HOLD_ANSWERED),
        ("refused", holds.refused, Event.HOLD_ANSWERED), ("renewed", holds.renewed, Event.HOLD_ENDED),
        ("released", holds.released, Event.HOLD_ENDED), ("expired", holds.expired, Event.HOLD_ENDED),
        ("unanswered", holds.unanswered, Event.HOLD_ENDED),
    )  # fmt: skip
    rows = [
        row(words(f"promises.hold_{name}"), number, None, to=_entries(event, window)) for name, number, event in counts
    ]
    rows.append(row(words("promises.hold_in_force"), holds.in_force, holds.oldest))
    rows.append(row(words("promises.hold_waiting"), holds.waiting, None))
    headings = columns(
        words("promises.hold"), (words("promises.number"), Kind.COUNT), (words("promises.oldest"), Kind.MOMENT)
    )
    return Table(words("promises.holds"), headings, tuple(rows), "")


def _erasures(done: Acts, window: Window, words: Words) -> Iterable[Part]:
    headings = columns(words("common.reason"), (words("common.cases"), Kind.COUNT))
    rows = tuple(
        row(_reason(code, words), number, to=_entries(Event.CASE_ERASED, window))
        for code, number in done.by_code(Event.CASE_ERASED)
    )
    yield Table(words("promises.erasures"), headings, rows, words("promises.erasures_empty"))
    found = erasures.receipts(window)
    yield Note(words("promises.receipts", n=found.published, waiting=found.waiting))
    yield Note(words("promises.witnessed" if found.witnessed else "promises.not_witnessed"))


def _reason(code: str, words: Words) -> str:
    name = f"promises.reason_{code}"
    return words(name) if words.has(name) else words.code(code)


def _consents(invited: agreements.Invitations, done: Acts, window: Window, words: Words) -> Iterable[Part]:
    headings = columns(
        words("promises.asked_by"), words("promises.scope"), (words("common.cases"), Kind.COUNT),
        (words("promises.given"), Kind.COUNT), (words("promises.not_given"), Kind.COUNT),
        (words("promises.share_given"), Kind.SHARE),
    )  # fmt: skip
    rows = tuple(
        row(
            words(f"promises.by_{one.asked_by.value}"), Cell(words(f"promises.scope_{one.scope.value}"),
            words("promises.required") if one.required else ""), one.cases, one.given, one.refused,
            None if one.refused is None else one.given / one.cases,
        )
        for one in agreements.given(window)
    )  # fmt: skip
    yield Table(words("promises.scopes"), headings, rows, words("promises.scopes_empty"))
    yield _invitations(invited, done, window, words)
    yield Note(words("promises.consents_note"))


def _invitations(invited: agreements.Invitations, done: Acts, window: Window, words: Words) -> Part:
    chosen, ended = _entries(Event.CAPTURE_CHOSEN, window), _entries(Event.CAPTURE_ENDED, window)
    counts: tuple[tuple[str, int, Entries | None], ...] = (
        ("sent", invited.sent, _entries(Event.CAPTURE_REQUESTED, window)), ("opened", invited.opened, None),
        ("camera", invited.camera, chosen), ("other", invited.other_way, chosen),
        ("agreed", invited.agreed, _entries(Event.CONSENT_GIVEN, window)), ("captured", invited.captured, ended),
        ("expired", invited.expired, ended), ("withdrawn", invited.withdrawn, ended), ("open", invited.open, None),
    )  # fmt: skip
    share = {name: number / invited.sent if invited.sent else None for name, number, _ in counts}
    rows = [row(words(f"promises.session_{name}"), number, share[name], to=to) for name, number, to in counts]
    withdrawn: Value = done.of(Event.CONSENT_WITHDRAWN)
    rows.append(row(words("promises.all_withdrawn"), withdrawn, None, to=_entries(Event.CONSENT_WITHDRAWN, window)))
    headings = columns(
        words("promises.became"), (words("promises.number"), Kind.COUNT), (words("promises.of_sent"), Kind.SHARE)
    )
    return Table(words("promises.sessions"), headings, tuple(rows), "")


def _restores(done: Acts, window: Window, words: Words) -> Iterable[Part]:
    headings = columns((words("promises.when"), Kind.MOMENT), (words("promises.entries_then"), Kind.COUNT))
    rows = tuple(row(one.at, one.entries, to=_at(one.at), tone="doubt") for one in restores.restores(window))
    yield Table(words("promises.restores_list"), headings, rows, words("promises.restores_empty"))
    keys = columns(words("promises.key"), words("promises.change"))
    made, ended = done.of(Event.KEY_CREATED), done.of(Event.KEY_REVOKED)
    api = words("promises.api_keys_changed", made=made, ended=ended)
    lines = [row(words("promises.api_keys"), api), *_signers(window, words)]
    yield Table(words("promises.keys"), keys, tuple(lines), "")
    yield Note(words("promises.keys_note"))


def _signers(window: Window, words: Words) -> Iterable[Row]:
    found = restores.signers(window)
    if found is None:
        yield row(words("promises.log_keys"), words("promises.no_checkpoint"))
        return
    said = words(
        "promises.log_keys_changed" if found.changed else "promises.log_keys_same",
        first=_named(found.first), last=_named(found.last),
    )  # fmt: skip
    yield row(words("promises.log_keys"), said, tone="doubt" if found.changed else "plain")


def _named(keys: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(f"{name} {key_id}" for name, key_id in keys)


def _entries(event: Event, window: Window) -> Entries:
    return Entries(event=event.value, first=window.first_day, last=window.last_day)


def _at(moment: datetime) -> Entries:
    return Entries(event=Event.LOG_RESUMED.value, first=moment.date(), last=moment.date())
