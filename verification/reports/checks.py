"""What the checks found: by band and reason, over the weeks, what broke, and what was in force.

From the tallies, so that an erasure changes no figure of a day that is over. Known cases are left out: nobody sent
them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from verification.checks.capture import CAPTURE_NAMES
from verification.checks.origin import ORIGIN
from verification.checks.reasons import Reason
from verification.checks.results import Band
from verification.checks.run import CHECK_NAMES

from . import check_tallies, drift
from .check_tallies import Counted, Scored
from .window import Window

# In the order in which they run, those of images before those of clips.
ORDER = tuple(dict.fromkeys((*CHECK_NAMES, ORIGIN.name, *CAPTURE_NAMES)))
_BROKEN = (Reason.CHECK_TIMED_OUT.value, Reason.CHECK_ERROR.value, Reason.CHECK_MISSING.value)


@dataclass(frozen=True, slots=True)
class Check:
    """How many cases fell into each band of one check. `timed_out` are part of `error`."""

    name: str
    passed: int
    ambiguous: int
    failed: int
    error: int
    timed_out: int

    @property
    def cases(self) -> int:
        return self.passed + self.ambiguous + self.failed + self.error

    @property
    def error_share(self) -> float:
        """0 to 1."""
        return self.error / self.cases


@dataclass(frozen=True, slots=True)
class Why:
    """How many results of one check, in one band, gave a reason. A result may give several."""

    name: str
    band: str
    reason: str
    cases: int


@dataclass(frozen=True, slots=True)
class Moved:
    """One check over the weeks."""

    name: str
    weeks: list[drift.Week]

    @property
    def worst(self) -> drift.Drift:
        """What is most worth a look."""
        grave = (drift.Drift.CHANGED, drift.Drift.WATCH, drift.Drift.STEADY)
        seen = {week.drift for week in self.weeks}
        return next((one for one in grave if one in seen), drift.Drift.NOT_ENOUGH)


def by_check(counted: Iterable[Counted]) -> list[Check]:
    """One for each check that ran, in the order in which they run."""
    bands: dict[str, Counter[str]] = {}
    for found in counted:
        of_check = bands.setdefault(found.name, Counter())
        of_check[found.band] += found.cases
        if Reason.CHECK_TIMED_OUT in found.reasons:
            of_check[Reason.CHECK_TIMED_OUT] += found.cases
    return [_check(name, bands[name]) for name in sorted(bands, key=place)]


def reasons(counted: Iterable[Counted]) -> list[Why]:
    """Every reason that was given, the commonest of each check first."""
    found: Counter[tuple[str, str, str]] = Counter()
    for one in counted:
        for reason in one.reasons:
            found[one.name, one.band, reason] += one.cases
    ordered = sorted(found.items(), key=lambda entry: (place(entry[0][0]), -entry[1], entry[0]))
    return [Why(*key, cases) for key, cases in ordered]


def broken(whys: Iterable[Why]) -> list[Why]:
    """Only those that say that a check could not be run or did not come to an end."""
    return [why for why in whys if why.reason in _BROKEN]


def moved(scored: Iterable[Scored]) -> list[Moved]:
    """The weeks of every check that measures something."""
    of_check: dict[str, list[tuple[date, float, int]]] = {}
    for one in scored:
        of_check.setdefault(one.name, []).append((one.week, one.score, one.cases))
    return [Moved(name, drift.weeks(drift.by_week(of_check[name]))) for name in sorted(of_check, key=place)]


def place(name: str) -> tuple[int, str]:
    """Where a check stands; one that this version does not know comes last."""
    return (ORDER.index(name) if name in ORDER else len(ORDER), name)


def counted(window: Window) -> list[Counted]:
    return check_tallies.results(window)


def _check(name: str, found: Counter[str]) -> Check:
    """A band that this version does not know is no pass; it is counted as an error."""
    fell = sum(found[band] for band in found if band != Reason.CHECK_TIMED_OUT)
    return Check(
        name,
        passed=found[Band.PASS],
        ambiguous=found[Band.AMBIGUOUS],
        failed=found[Band.FAIL],
        error=fell - sum(found[band] for band in (Band.PASS, Band.AMBIGUOUS, Band.FAIL)),
        timed_out=found[Reason.CHECK_TIMED_OUT],
    )
