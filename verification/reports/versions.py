"""Which rules and models judged, and since when: policies and models as the results name them, and the fusion rule.

Of all time and of every programme: what is in force does not depend on the window that a report is about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from verification.checks.bands import Bands
from verification.checks.engines.lock import lock
from verification.checks.match import MATCH
from verification.policy.fusion import RULE
from verification.policy.thresholds import CAPTURE, CAPTURE_WITH_VOICE, RELYING_PARTY, Policy

from . import check_tallies, checks
from .query import rows

# Each case falls under one of these; the plain policy that they are made from judges no case by itself.
POLICIES: tuple[Policy, ...] = (RELYING_PARTY, CAPTURE, CAPTURE_WITH_VOICE)

# An erasure takes a case's fusions away, so these are of those that are still kept.
_RULES = """
SELECT rule, min((at AT TIME ZONE %(zone)s)::date), max((at AT TIME ZONE %(zone)s)::date), count(*)
FROM review_fusion GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Judge:
    """A policy or a rule, from the first day on which it judged to the last; both None where it has not judged yet."""

    name: str
    in_force: bool
    first: date | None
    last: date | None
    cases: int


@dataclass(frozen=True, slots=True)
class Model:
    """The model behind a check's results. `sha256` is that of its file, or of the digests of those it is fused from."""

    check: str
    id: str
    sha256: str
    first: date
    last: date
    cases: int


@dataclass(frozen=True, slots=True)
class Locked:
    """A model file that the lock names, and that every worker compares before it starts."""

    role: str
    id: str
    sha256: str
    licence: str


@dataclass(frozen=True, slots=True)
class Versions:
    policies: list[Judge]
    rules: list[Judge]
    models: list[Model]
    locked: list[Locked]


def versions() -> Versions:
    used = check_tallies.used()
    return Versions(
        policies=_judges(((one.policy, one.first, one.last, one.cases) for one in used if one.name == MATCH.name),
                         tuple(policy.name for policy in POLICIES)),
        rules=_judges(rows(_RULES, {"zone": timezone.get_current_timezone_name()}), (RULE,)),
        models=_models(used),
        locked=[Locked(one.role, one.id, one.sha256, one.licence) for one in lock().models],
    )  # fmt: skip


def thresholds() -> list[tuple[str, Bands, tuple[str, ...]]]:
    """Each check's bands, and the policies in force that judge by them, in the order in which the checks run."""
    found: dict[tuple[str, Bands], tuple[str, ...]] = {}
    for policy in POLICIES:
        for name, bands in policy.bands.items():
            found[name, bands] = (*found.get((name, bands), ()), policy.name)
    return [(name, bands, policies) for (name, bands), policies in sorted(found.items(), key=_by(lambda key: key[0]))]


def _by(name: Callable[[Any], str]) -> Callable[[Any], tuple[int, str]]:
    return lambda entry: checks.place(name(entry[0]))


def _judges(found: Iterable[Any], in_force: tuple[str, ...]) -> list[Judge]:
    """Those in force first, also without a case; then what judged before them, the latest first."""
    spans = _spans((name, first, last, cases) for name, first, last, cases in found)
    now = [Judge(name, True, *spans.get(name, (None, None, 0))) for name in in_force]
    before = [Judge(name, False, *span) for name, span in spans.items() if name not in in_force]
    return [*now, *sorted(before, key=lambda one: (str(one.last), one.name), reverse=True)]


def _models(used: Iterable[check_tallies.Used]) -> list[Model]:
    spans = _spans(
        ((one.name, one.model, one.model_sha256), one.first, one.last, one.cases) for one in used if one.model
    )
    return [
        Model(check, model, sha256, *span)
        for (check, model, sha256), span in sorted(spans.items(), key=_by(lambda key: key[0]))
    ]


def _spans(found: Iterable[tuple[Any, date, date, int]]) -> dict[Any, tuple[date, date, int]]:
    """The first day, the last day and the sum of each key."""
    spans: dict[Any, tuple[date, date, int]] = {}
    for key, first, last, cases in found:
        known = spans.get(key, (first, last, 0))
        spans[key] = (min(known[0], first), max(known[1], last), known[2] + cases)
    return spans
