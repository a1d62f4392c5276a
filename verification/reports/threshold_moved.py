"""What if: what a period would have been with another threshold, as a document. Nothing is changed by reading it."""

from __future__ import annotations

from collections.abc import Iterable

from verification.policy.agreement import NOT_ENOUGH

from . import what_if, what_if_errors
from .check_words import check_name, number, unit
from .document import (
    Chart,
    Content,
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
from .what_if import Dial, Load, WhatIf
from .what_if_errors import Compared, Rate
from .window import Window
from .words import Words


def build(window: Window, words: Words, of: Dial, tried: float) -> Content:
    found = what_if.what_if(window, of, tried)
    return Content(
        lead=tuple(_lead(found, words)),
        sections=(
            Section("in-short", words("common.in_short"), (_tiles(found, words),)),
            Section("queue", words("what-if.queue"), tuple(loads(found, words))),
            Section("errors", words("what-if.errors"), tuple(_errors(window, of, tried, words))),
        ),
    )


def _lead(found: WhatIf, words: Words) -> Iterable[Sentence]:
    check, before, after = check_name(found.dial.name, words), found.before, found.after
    if not before.cases:
        yield Sentence(words("what-if.nothing"))
        return
    at, stands = number(found.threshold), number(found.dial.stands)
    if found.threshold == found.dial.stands:
        yield Sentence(words("what-if.as_it_was", check=check, at=at, people=before.to_people, cases=before.cases))
        return
    more = after.to_people - before.to_people
    name = "what-if.more" if more > 0 else "what-if.fewer" if more < 0 else "what-if.same"
    yield Sentence(words(name, check=check, at=at, stands=stands, n=abs(more), cases=before.cases))
    if after.by_machine > before.by_machine:
        yield Sentence(words("what-if.unlabelled"), "doubt", "errors")


def _tiles(found: WhatIf, words: Words) -> Part:
    before, after = found.before, found.after
    was = words("what-if.was", value=f"{before.per_day:.1f}")
    share = "–" if before.share is None else f"{before.share:.1%}"
    return Tiles(
        (
            Tile(words("what-if.by_machine"), after.by_machine, note=words("what-if.was", value=before.by_machine)),
            Tile(words("what-if.to_people"), after.to_people, note=words("what-if.was", value=before.to_people)),
            Tile(words("what-if.share"), after.share, Kind.SHARE, note=words("what-if.was", value=share)),
            Tile(words("what-if.per_day"), after.per_day, Kind.DECIMAL, note=was),
            Tile(words("what-if.busiest"), after.busiest, note=words("what-if.was", value=before.busiest)),
        )
    )


def loads(found: WhatIf, words: Words) -> Iterable[Part]:
    """The queue at thresholds around the one in force, drawn and as a table, and what is left out."""
    steps = found.steps
    if found.before.cases:
        yield Chart(
            words("what-if.how_many", check=check_name(found.dial.name, words)), Shape.LINES,
            words("what-if.threshold_of", unit=unit(found.dial.name, words)), words("what-if.to_people"),
            tuple(number(step.threshold) for step in steps),
            (Series(words("what-if.to_people"), tuple(step.load.to_people for step in steps)),),
            mark=number(found.dial.stands),
        )  # fmt: skip
    headings = columns(
        words("what-if.threshold"), (words("common.cases"), Kind.COUNT), (words("what-if.by_machine"), Kind.COUNT),
        (words("what-if.to_people"), Kind.COUNT), (words("what-if.unresolved"), Kind.COUNT),
        (words("what-if.share"), Kind.SHARE), (words("what-if.per_day"), Kind.DECIMAL),
        (words("what-if.busiest"), Kind.COUNT),
    )  # fmt: skip
    tried = {step.threshold: step.load for step in steps} | {found.threshold: found.after}
    rows = tuple(_load(found, at, tried[at], words) for at in sorted(tried)) if found.before.cases else ()
    yield Table(words("what-if.loads"), headings, rows, words("what-if.loads_empty"))
    left = found.left
    yield Note(words("what-if.left", erased=left.erased, other=left.other_version))


def _load(found: WhatIf, at: float, load: Load, words: Words) -> Row:
    shown = number(at)
    if at == found.dial.stands:
        shown = words("what-if.in_force", at=shown)
    elif at == found.threshold:
        shown = words("what-if.tried", at=shown)
    return row(
        shown, load.cases, load.by_machine, load.to_people, load.unresolved, load.share, load.per_day, load.busiest
    )


def _errors(window: Window, of: Dial, tried: float, words: Words) -> Iterable[Part]:
    yield Note(words("what-if.labels"))
    yield Note(words("what-if.bias", least=NOT_ENOUGH))
    headings = columns(
        words("what-if.label"), words("what-if.wrong"), words("what-if.before"), words("what-if.after"),
    )  # fmt: skip
    rows = tuple(_compared(one, words) for one in what_if_errors.errors(window, of, tried))
    yield Table(words("what-if.errors"), headings, rows, "")


def _compared(one: Compared, words: Words) -> Row:
    return row(
        words(f"what-if.label_{one.source.value}"),
        words(f"what-if.wrong_{one.wrong.value}"),
        _rate(one.before, words),
        _rate(one.after, words),
    )


def _rate(rate: Rate, words: Words) -> str:
    if rate.bounds is None:
        return words("what-if.not_enough", n=rate.of, wrong=rate.wrong)
    value, low, high = (f"{share:.1%}" for share in (rate.bounds.value, rate.bounds.low, rate.bounds.high))
    return words("what-if.rate", value=value, low=low, high=high, wrong=rate.wrong, n=rate.of)
