"""What if a threshold were another one? Told from the stored scores of a period; nothing is changed by asking.

Every case is decided anew by the policy's own code, with one threshold moved and every other result as it was. Moved
are thresholds from which on a check passes: they alone say what closes without a person. A result keeps its band where
its stored band is not what its score says, for then something else than the score spoke too.

Cases that were judged by another version of the policy are left out and counted, because their scores were banded by
other numbers. So are erased ones, whose scores are gone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from math import inf, isfinite
from types import MappingProxyType
from typing import Any

from verification.checks.bands import Bands
from verification.checks.detection import DETECTION
from verification.checks.liveness import LIVENESS
from verification.checks.match import MATCH
from verification.checks.pad import PAD
from verification.checks.quality import POSE, SHARPNESS, SIZE
from verification.checks.results import Band, CheckResult
from verification.checks.same_face import SAME_FACE
from verification.checks.same_person import SAME_PERSON
from verification.checks.scales import Scale
from verification.policy.decide import Verdict, decide
from verification.policy.thresholds import CAPTURE, CAPTURE_WITH_VOICE, POLICY, RELYING_PARTY, Policy

from .query import row, rows
from .window import Window

# Left out: what counts signs (a sign of harm, of an injected capture, a second face, a step that was not answered)
# rather than measures, and the brightness, which has two sides and is kept of the worst image alone.
MOVABLE: Mapping[str, Scale] = MappingProxyType(
    {scale.name: scale for scale in (MATCH, LIVENESS, PAD, SAME_FACE, SAME_PERSON, DETECTION, SIZE, SHARPNESS, POSE)}
)
IN_FORCE: Mapping[str, Policy] = MappingProxyType(
    {policy.name: policy for policy in (POLICY, RELYING_PARTY, CAPTURE, CAPTURE_WITH_VOICE)}
)
STEPS = 4
"""So many thresholds to each side of the one in force are told of besides, for the whole picture."""
_STEP: Mapping[str, float] = MappingProxyType({SIZE.name: 4, SHARPNESS.name: 10, POSE.name: 5})


class BadThreshold(ValueError):
    """The threshold asked for cannot be tried. `code` says why; `low` and `high` are what can be."""

    def __init__(self, code: str, low: float = 0, high: float = 0) -> None:
        super().__init__(code)
        self.code, self.low, self.high = code, low, high


@dataclass(frozen=True, slots=True)
class Dial:
    """The threshold of one check: where it `stands`, and from `low` to `high` it can be tried.

    `upper` says that a score passes up to it rather than from it on.
    """

    scale: Scale
    bands: Bands
    upper: bool

    @property
    def stands(self) -> float:
        return self.bands.pass_to if self.upper else self.bands.pass_from

    @property
    def low(self) -> float:
        return self.scale.low if self.upper else max(self.bands.fail_below, self.scale.low)

    @property
    def high(self) -> float:
        return min(self.bands.fail_above, self.scale.high) if self.upper else self.scale.high

    @property
    def edges(self) -> tuple[float, ...]:
        """Where one band ends and another begins, as things stand."""
        bands = self.bands
        ends = (bands.fail_below, bands.pass_from, bands.pass_to, bands.fail_above)
        return tuple(edge for edge in ends if isfinite(edge))

    @property
    def name(self) -> str:
        return self.scale.name

    @property
    def steps(self) -> list[float]:
        """Thresholds around the one in force, in order, inside what can be tried."""
        step = _STEP.get(self.name, 0.02)
        tried = [round(self.stands + step * number, 6) for number in range(-STEPS, STEPS + 1)]
        return [threshold for threshold in tried if self.low <= threshold <= self.high]

    def at(self, threshold: float) -> Bands:
        """The bands with the threshold moved there."""
        return replace(self.bands, pass_to=threshold) if self.upper else replace(self.bands, pass_from=threshold)


def dial(name: str) -> Dial:
    """The dial of a check; its numbers are the same in every policy in force. Raises `BadThreshold`."""
    if name not in MOVABLE:
        raise BadThreshold("no_such_check")
    scale = MOVABLE[name]
    bands = next(policy.bands[name] for policy in IN_FORCE.values() if name in policy.bands)
    return Dial(scale, bands, upper=isfinite(bands.pass_to))


def threshold(of: Dial, text: str) -> float:
    """Read a threshold; the one in force where the text is empty. Raises `BadThreshold`."""
    if not text.strip():
        return of.stands
    try:
        asked = float(text.strip().replace(",", "."))
    except ValueError:
        raise BadThreshold("not_a_number", of.low, of.high) from None
    if not of.low <= asked <= of.high:
        raise BadThreshold("out_of_range", of.low, of.high)
    return asked


@dataclass(frozen=True, slots=True)
class Stored:
    """So many cases that one set of results describes. `others` are the results of other checks that did not pass.

    `band`, `model` and `score` are the moved check's; `band` is None where there is no result of it, `score` where
    nothing could be measured. Instead of the score itself there is one that no edge divides it from.
    """

    policy: str
    human_view: bool
    complete: bool
    others: tuple[tuple[str, Band], ...]
    band: Band | None
    model: str
    score: float | None


@dataclass(frozen=True, slots=True)
class Load:
    """What becomes of the period's cases. `busiest` is how many go to people on the day on which most do."""

    cases: int
    by_machine: int
    to_people: int
    unresolved: int
    days: int
    busiest: int

    @property
    def per_day(self) -> float:
        return self.to_people / self.days if self.days else 0.0

    @property
    def share(self) -> float | None:
        """The share that goes to people, 0 to 1; None where there are no cases."""
        return self.to_people / self.cases if self.cases else None


@dataclass(frozen=True, slots=True)
class Left:
    """Cases of the period that say nothing here: erased ones, and those of another version of the policy."""

    erased: int
    other_version: int


@dataclass(frozen=True, slots=True)
class Step:
    threshold: float
    load: Load


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The period as it was and as it would have been; `steps` around the threshold in force, this one among them."""

    dial: Dial
    threshold: float
    before: Load
    after: Load
    steps: list[Step]
    left: Left


# Scores between the same two edges have the same band whichever edge is the threshold, so they are counted together: by
# how many edges they reach, and whether they lie on the last of these.
STORED = """
SELECT {extra}, cases.policy, cases.scopes ? 'human_view', NOT cases.reasons ? 'check_missing', others.found,
       moved.band, moved.model,
       width_bucket(moved.score, %(edges)s::double precision[]), moved.score = ANY(%(edges)s), count(*)
FROM cases_case AS cases
LEFT JOIN (
    SELECT case_id, string_agg(name || ':' || band, ',' ORDER BY name) AS found
    FROM checks_result WHERE band <> 'pass' AND name <> %(check)s GROUP BY case_id
) AS others ON others.case_id = cases.id
LEFT JOIN checks_result AS moved ON moved.case_id = cases.id AND moved.name = %(check)s
{joins}
WHERE cases.settled_at >= %(start)s AND cases.settled_at < %(end)s
  AND cases.status <> 'erased' AND cases.policy = ANY(%(policies)s)
  AND (%(programme)s::uuid IS NULL OR cases.programme_id = %(programme)s::uuid)
  AND {which}
GROUP BY {groups}
"""
_BY_DAY = STORED.format(
    extra="(cases.settled_at AT TIME ZONE %(zone)s)::date",
    joins="",
    which="NOT cases.known",
    groups="1, 2, 3, 4, 5, 6, 7, 8, 9",
)
_LEFT = """
SELECT count(*) FILTER (WHERE status = 'erased'),
       count(*) FILTER (WHERE status <> 'erased' AND policy <> ALL(%(policies)s))
FROM cases_case
WHERE settled_at >= %(start)s AND settled_at < %(end)s AND NOT known
  AND (%(programme)s::uuid IS NULL OR programme_id = %(programme)s::uuid)
"""


def what_if(window: Window, of: Dial, tried: float) -> WhatIf:
    thresholds = sorted({*of.steps, of.stands, tried})
    asked = parameters(window, of, thresholds)
    counted: dict[Stored, Counter[date]] = {}
    for day, *found, cases in rows(_BY_DAY, asked):
        counted.setdefault(stored(asked["edges"], *found), Counter())[day] += cases
    loads = {one: _load(counted, of, one, len(window.days)) for one in thresholds}
    steps = [Step(one, loads[one]) for one in of.steps]
    return WhatIf(of, tried, loads[of.stands], loads[tried], steps, Left(*row(_LEFT, asked)))


def parameters(window: Window, of: Dial, thresholds: Iterable[float]) -> dict[str, Any]:
    """For `STORED`. Every edge at which a band could change is among its edges."""
    edges = sorted({float(edge) for edge in (*thresholds, *of.edges)})
    return window.parameters | {"check": of.name, "edges": edges, "policies": list(IN_FORCE)}


def stored(
    edges: Sequence[float], policy: str, human_view: bool, complete: bool, others: str | None, band: str | None,
    model: str | None, reached: int | None, on_edge: bool | None,
) -> Stored:  # fmt: skip
    """What `STORED` reads."""
    pairs = (one.split(":") for one in others.split(",")) if others else ()
    found = tuple((name, _band(of)) for name, of in pairs)
    score = None if reached is None else _between(edges, reached, on_edge=bool(on_edge))
    return Stored(policy, human_view, complete, found, _band(band) if band else None, model or "", score)


def _band(stored: str) -> Band:
    """One that this version does not know is no pass."""
    return Band(stored) if stored in set(Band) else Band.ERROR


def _between(edges: Sequence[float], reached: int, *, on_edge: bool) -> float:
    """A score that reaches so many of the edges, and lies on the last of them or on none."""
    if on_edge:
        return edges[reached - 1]
    below = edges[reached - 1] if reached else edges[0] - 2
    above = edges[reached] if reached < len(edges) else edges[-1] + 2
    return (below + above) / 2


def band_at(of: Dial, case: Stored, tried: float) -> Band | None:
    """The band of the moved check's result at this threshold."""
    if case.score is None or case.band is not of.bands.of(case.score, case.model):
        return case.band
    return of.at(tried).of(case.score, case.model)


def verdict_at(of: Dial, case: Stored, tried: float) -> Verdict:
    return _decided(of.name, case.policy, case.human_view, case.complete, case.others, band_at(of, case, tried))


@cache
def _decided(
    name: str, policy: str, human_view: bool, complete: bool, others: tuple[tuple[str, Band], ...], band: Band | None
) -> Verdict:
    judged = IN_FORCE[policy]
    found = dict.fromkeys(judged.bands, Band.PASS) | dict(others)
    if name in judged.bands:
        found[name] = band or Band.ERROR
    if not complete:
        found.popitem()
    results = [CheckResult(one, fell, None, "", -inf, inf) for one, fell in found.items()]
    return decide(results, human_view=human_view, policy=judged).verdict


def _load(counted: Mapping[Stored, Counter[date]], of: Dial, tried: float, days: int) -> Load:
    verdicts: Counter[Verdict] = Counter()
    queue: Counter[date] = Counter()
    for case, by_day in counted.items():
        verdict = verdict_at(of, case, tried)
        verdicts[verdict] += by_day.total()
        if verdict is Verdict.TO_PERSON:
            queue.update(by_day)
    return Load(
        cases=verdicts.total(),
        by_machine=verdicts[Verdict.PASS],
        to_people=verdicts[Verdict.TO_PERSON],
        unresolved=verdicts[Verdict.UNRESOLVED],
        days=days,
        busiest=max(queue.values(), default=0),
    )
