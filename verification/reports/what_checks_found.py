"""Checks: what they found, whether their scores move, what broke, what is in force, and what if it were another."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite

from verification.audit.events import Event
from verification.checks.bands import Bands
from verification.checks.match import MATCH

from . import check_tallies, checks, drift, versions, what_if
from .check_words import band, check_name, listed, number, reason
from .checks import Check, Moved, Why
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
from .drift import Drift
from .threshold_moved import loads
from .values import Kind
from .versions import Versions
from .window import Window
from .words import Words

# From so large a share on, results that could not be measured are worth a sentence that stands out.
MANY_ERRORS = 0.01
_DRIFT_TONE = {Drift.CHANGED: "stop", Drift.WATCH: "doubt"}
# Each drawn on its own: the three that a pass rests on most.
_DRAWN = ("match", "liveness", "pad")


def build(window: Window, words: Words) -> Content:
    counted = checks.counted(window)
    found, whys = checks.by_check(counted), checks.reasons(counted)
    moved, judged = checks.moved(check_tallies.scores(window)), versions.versions()
    return Content(
        lead=tuple(_lead(found, moved, judged, words)),
        sections=(
            Section("in-short", words("common.in_short"), (_tiles(found, moved, words),)),
            Section("by-check", words("checks.by_check"), tuple(_by_check(found, words))),
            Section("reasons", words("checks.reasons"), (_reasons(whys, found, window, words),)),
            Section("drift", words("checks.drift"), tuple(_drift(moved, words))),
            Section("broken", words("checks.broken"), (_broken(checks.broken(whys), found, window, words),)),
            Section("in-force", words("checks.in_force"), tuple(_in_force(judged, words))),
            Section("what-if", words("checks.what_if"), tuple(_what_if(window, words))),
        ),
    )


def _lead(found: list[Check], moved: list[Moved], judged: Versions, words: Words) -> Iterable[Sentence]:
    cases = _cases(found)
    if not cases:
        yield Sentence(words("checks.nothing"))
    else:
        results, errors = sum(one.cases for one in found), sum(one.error for one in found)
        yield Sentence(words("checks.checked", n=cases))
        tone = "doubt" if errors > MANY_ERRORS * results else "good"
        yield Sentence(words("checks.errors", n=errors, results=results), tone, "broken")
    yield _drifted(moved, words)
    yield Sentence(words("checks.policies_in_force", names=listed((one.name for one in judged.policies), words)))


def _drifted(moved: list[Moved], words: Words) -> Sentence:
    """The gravest: what changed, what to watch, that all is steady, or that there is too little to tell."""
    for grave in (Drift.CHANGED, Drift.WATCH):
        names = listed((check_name(one.name, words) for one in moved if one.worst is grave), words)
        if names:
            return Sentence(words(f"checks.lead_{grave.value}", names=names), _DRIFT_TONE[grave], "drift")
    if any(one.worst is Drift.STEADY for one in moved):
        return Sentence(words("checks.lead_steady"), "good", "drift")
    return Sentence(words("checks.lead_not_enough", least=drift.LEAST), "plain", "drift")


def _tiles(found: list[Check], moved: list[Moved], words: Words) -> Part:
    errors, results = sum(one.error for one in found), sum(one.cases for one in found)
    late = sum(one.timed_out for one in found)
    changed = sum(one.worst is Drift.CHANGED for one in moved)
    return Tiles(
        (
            Tile(words("checks.cases_checked"), _cases(found), to="by-check"),
            Tile(words("checks.could_not"), errors, note=words("checks.of_results", results=results), to="broken"),
            Tile(words("checks.timed_out"), late, note=words("checks.timed_out_note"), to="broken"),
            Tile(words("checks.moved"), changed, note=words("checks.moved_note"), to="drift",
                 tone="stop" if changed else "plain"),
        )
    )  # fmt: skip


def _cases(found: list[Check]) -> int:
    """Every case is compared, whichever policy judges it."""
    return next((one.cases for one in found if one.name == MATCH.name), 0)


def _by_check(found: list[Check], words: Words) -> Iterable[Part]:
    names = tuple(check_name(one.name, words) for one in found)
    series = (
        Series(band("pass", words), tuple(one.passed / one.cases for one in found)),
        Series(band("ambiguous", words), tuple(one.ambiguous / one.cases for one in found)),
        Series(band("fail", words), tuple(one.failed / one.cases for one in found)),
        Series(band("error", words), tuple(one.error / one.cases for one in found)),
    )
    yield Chart(
        words("checks.how_fell"), Shape.BARS, words("checks.check"), words("checks.share"), names, series, Kind.SHARE
    )
    headings = columns(
        words("checks.check"),
        (words("common.cases"), Kind.COUNT),
        *((band(one, words), Kind.COUNT) for one in ("pass", "ambiguous", "fail", "error")),
        (words("checks.share_passed"), Kind.SHARE),
    )
    rows = tuple(
        row(
            Cell(check_name(one.name, words), one.name), one.cases, one.passed, one.ambiguous, one.failed, one.error,
            one.passed / one.cases,
        )
        for one in found
    )  # fmt: skip
    yield Table(words("checks.by_check"), headings, rows, words("checks.by_check_empty"))
    yield Note(words("checks.by_check_note"))


def _reasons(whys: list[Why], found: list[Check], window: Window, words: Words) -> Part:
    return _why(words("checks.reasons"), whys, found, window, words, words("checks.reasons_empty"))


def _broken(whys: list[Why], found: list[Check], window: Window, words: Words) -> Part:
    return _why(words("checks.broken"), whys, found, window, words, words("checks.broken_empty"))


def _why(caption: str, whys: list[Why], found: list[Check], window: Window, words: Words, empty: str) -> Table:
    of = {one.name: one.cases for one in found}
    headings = columns(
        words("checks.check"), words("checks.band"), words("common.reason"), (words("common.cases"), Kind.COUNT),
        (words("checks.share_of_check"), Kind.SHARE),
    )  # fmt: skip
    moved_on = Entries(event=Event.CASE_ADVANCED.value, first=window.first_day, last=window.last_day)
    rows = tuple(
        row(
            check_name(why.name, words), band(why.band, words), Cell(reason(why.reason, words), why.reason),
            why.cases, why.cases / of[why.name], to=moved_on,
        )
        for why in whys
    )  # fmt: skip
    return Table(caption, headings, rows, empty)


def _drift(moved: list[Moved], words: Words) -> Iterable[Part]:
    yield Note(words("checks.drift_note", least=drift.LEAST))
    for one in moved:
        if one.name in _DRAWN and len(one.weeks) > 1:
            yield _drawn(one, words)
    headings = columns(
        words("checks.check"), words("common.week"), (words("common.cases"), Kind.COUNT),
        (words("checks.low"), Kind.TEXT), (words("checks.median"), Kind.TEXT), (words("checks.high"), Kind.TEXT),
        (words("checks.index"), Kind.DECIMAL), words("checks.what_it_says"),
    )  # fmt: skip
    rows = tuple(_week(one, week, words) for one in moved for week in _told(one))
    yield Table(words("checks.weeks"), headings, rows, words("checks.weeks_empty"), words("checks.weeks_more"))


def _told(one: Moved) -> list[drift.Week]:
    """The last week; where some week differs, that one and the one that it is held against as well."""
    differ = [week for week in one.weeks if week.drift in {Drift.WATCH, Drift.CHANGED}]
    first = [week for week in one.weeks if week.drift is Drift.FIRST and differ]
    return sorted({*first, *differ, one.weeks[-1]}, key=lambda week: week.week)


def _week(one: Moved, week: drift.Week, words: Words) -> Row:
    return row(
        check_name(one.name, words), week.week, week.cases, number(week.low), number(week.median), number(week.high),
        week.index, words(f"checks.drift_{week.drift.value}"), tone=_DRIFT_TONE.get(week.drift, "plain"),
    )  # fmt: skip


def _drawn(one: Moved, words: Words) -> Chart:
    medians = tuple(week.median for week in one.weeks)
    bounds = tuple(week.low for week in one.weeks), tuple(week.high for week in one.weeks)
    question = words("checks.how_move", check=check_name(one.name, words))
    labels = tuple(week.week.isoformat() for week in one.weeks)
    series = (Series(words("checks.median_of"), medians, *bounds),)
    return Chart(question, Shape.LINES, words("common.week"), words("checks.score"), labels, series, Kind.DECIMAL)


def _in_force(judged: Versions, words: Words) -> Iterable[Part]:
    headings = columns(
        words("checks.version"), words("checks.now"), words("checks.since"), words("checks.last"),
        (words("common.cases"), Kind.COUNT),
    )  # fmt: skip
    for kind, versions_of in (("policies", judged.policies), ("rules", judged.rules)):
        rows = tuple(
            row(one.name, words("checks.yes" if one.in_force else "checks.no"), one.first, one.last, one.cases)
            for one in versions_of
        )
        yield Table(words(f"checks.{kind}"), headings, rows, "")
    yield _thresholds(words)
    yield _models(judged, words)
    yield _locked(judged, words)
    yield Note(words("checks.in_force_note"))


def _thresholds(words: Words) -> Part:
    headings = columns(
        words("checks.check"), words("checks.passes"), words("checks.fails"), words("checks.model"),
        words("checks.policies"),
    )  # fmt: skip
    rows = tuple(
        row(Cell(check_name(name, words), name), _passes(bands, words), _fails(bands, words), bands.model or None,
            listed((policy.rsplit("-", 1)[0] for policy in policies), words))
        for name, bands, policies in versions.thresholds()
    )  # fmt: skip
    return Table(words("checks.thresholds"), headings, rows, "")


def _passes(bands: Bands, words: Words) -> str:
    return _between(bands.pass_from, bands.pass_to, words)


def _fails(bands: Bands, words: Words) -> str:
    said = [words("checks.below", at=number(bands.fail_below))] if isfinite(bands.fail_below) else []
    said += [words("checks.above", at=number(bands.fail_above))] if isfinite(bands.fail_above) else []
    return listed(said, words) or words("checks.never")


def _between(low: float, high: float, words: Words) -> str:
    if isfinite(low) and isfinite(high):
        return number(low) if low == high else words("common.bounds", low=number(low), high=number(high))
    return words("checks.from", at=number(low)) if isfinite(low) else words("checks.up_to", at=number(high))


def _models(judged: Versions, words: Words) -> Part:
    headings = columns(
        words("checks.check"), words("checks.model"), ("SHA-256", Kind.CODE), words("checks.since"),
        words("checks.last"), (words("common.cases"), Kind.COUNT),
    )  # fmt: skip
    rows = tuple(
        row(check_name(one.check, words), one.id, one.sha256[:16], one.first, one.last, one.cases)
        for one in judged.models
    )
    return Table(words("checks.models"), headings, rows, words("checks.models_empty"))


def _locked(judged: Versions, words: Words) -> Part:
    headings = columns(words("checks.role"), words("checks.model"), ("SHA-256", Kind.CODE), words("checks.licence"))
    rows = tuple(row(one.role.replace("_", " "), one.id, one.sha256[:16], one.licence) for one in judged.locked)
    return Table(words("checks.locked"), headings, rows, "")


def _what_if(window: Window, words: Words) -> Iterable[Part]:
    of = what_if.dial(MATCH.name)
    found = what_if.what_if(window, of, of.stands)
    yield Note(words("checks.what_if_note", check=check_name(of.name, words), at=number(of.stands)))
    yield from loads(found, words)
