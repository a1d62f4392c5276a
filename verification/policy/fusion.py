"""What people's votes and the machine's evidence come to together. Pure and total.

Nobody who votes sees a score or another vote, because a verdict that is seen first moves a judgement by a full step
(Howard 2020). So evidence and votes meet here, in code: as natural logarithms of likelihood ratios, which add up where
sources are independent. One examiner fused with a good algorithm does better than two examiners (Phillips 2018).

A person. Passport officers accepted 14 % of pairs that did not belong together and refused 6 % that did (White 2014):

    "same"         ln(0.94 / 0.14) = +1.90        "different"    ln(0.06 / 0.86) = -2.66

times a fifth of the confidence that was given (1 to 5). Nothing as good is published for telling life from an attack;
the same numbers stand for "live" and "not live". `cannot_tell` adds nothing.

The machine. Rates are the upper 95 % bounds of what was measured (see `thresholds.py` and the README), so that nothing
is overstated, and what was not measured adds nothing. No source adds more than `CAP` either way.

    match        pass   ln(0.972 / 0.00013) = +8.9, capped      FNMR at most 2.8 %, FMR at most 1.3e-4
                 fail   ln(0.0025 / 0.994)  = -6.0, capped      shares of mated and of other pairs below 0.28
    liveness,    pass   ln(0.47 / 0.17)     = +1.02             0 of 4 bona fide refused, 0 of 16 attacks passed
    pad          fail   ln(0.53 / 0.83)     = -0.45
    injection    fail   - CAP: three signs or more. Not a measured rate: a case like that is never one person's to pass.

What follows, for one vote or for votes that agree:

    a clear no to a question           not verified, if that question's sum is at most -`MARGIN`
    "same" and "live"                  verified, if both sums are at least `MARGIN`
    neither sum reaches that far       a second person: a senior settles it
    anything left untold               unresolved, which is not a refusal
    votes that differ                  a second person
    a senior's vote on such a case     final, as the senior said

So evidence can confirm an answer or ask for another person. It never turns an answer round, and nobody is turned away
without a person who said so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import log
from types import MappingProxyType

from verification.checks.results import Band

RULE = "fusion-1"
"""Stored with each result. Any change of a number or of the rule is another name."""

CAP = 2.0
MARGIN = 1.0
"""Odds of e to 1. Whoever answers alone must be at least fairly sure where the machine knows nothing (0.6 × 1.90)."""
FULL = 5
FALSE_ACCEPT, FALSE_REJECT = 0.14, 0.06
YES = log((1 - FALSE_REJECT) / FALSE_ACCEPT)
NO = log(FALSE_REJECT / (1 - FALSE_ACCEPT))

SAME: Mapping[tuple[str, Band], float] = MappingProxyType(
    {("match", Band.PASS): log(0.972 / 0.00013), ("match", Band.FAIL): log(0.0025 / 0.994)}
)
ALIVE: Mapping[tuple[str, Band], float] = MappingProxyType(
    {
        ("liveness", Band.PASS): log(0.47 / 0.17),
        ("liveness", Band.FAIL): log(0.53 / 0.83),
        ("pad", Band.PASS): log(0.47 / 0.17),
        ("pad", Band.FAIL): log(0.53 / 0.83),
        ("injection", Band.FAIL): -CAP,
    }
)


class Verdict(StrEnum):
    """What the votes of a case come to."""

    VERIFIED = "verified"
    NOT_VERIFIED = "not_verified"
    UNRESOLVED = "unresolved"
    SECOND_PERSON = "second_person"


@dataclass(frozen=True, slots=True)
class PanelVote:
    """`same` and `live` are yes, no, or None for "cannot tell"; `confidence` is 1 to 5. `settles`: a senior's."""

    same: bool | None
    live: bool | None
    confidence: int
    settles: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.confidence <= FULL:
            raise ValueError("confidence lies between 1 and 5")


@dataclass(frozen=True, slots=True)
class Fused:
    """Both sums include the votes. Positive speaks for the same person, and for a living one."""

    verdict: Verdict
    same_llr: float
    alive_llr: float
    rule: str = RULE


def fuse(votes: Sequence[PanelVote], bands: Mapping[str, Band]) -> Fused:
    """`votes` are all that count, at least one, a settling one last; `bands` is what each check said, by its name.

    Raises ValueError without a vote: evidence alone decides nothing here.
    """
    if not votes:
        raise ValueError("without a vote there is nothing to fuse")
    same = sum(_of_person(vote.same, vote.confidence) for vote in votes) + evidence(SAME, bands)
    alive = sum(_of_person(vote.live, vote.confidence) for vote in votes) + evidence(ALIVE, bands)
    return Fused(_verdict(votes, same, alive), same, alive)


def evidence(weights: Mapping[tuple[str, Band], float], bands: Mapping[str, Band]) -> float:
    """What the machine adds to one question, within `CAP` either way."""
    found = sum(_capped(weights.get((name, band), 0.0)) for name, band in bands.items())
    return _capped(found)


def _verdict(votes: Sequence[PanelVote], same: float, alive: float) -> Verdict:
    last = votes[-1]
    if last.settles:
        return _as_said(last)
    if len({(vote.same, vote.live) for vote in votes}) > 1:
        return Verdict.SECOND_PERSON
    said = _as_said(last)
    return said if _stands(said, last, same, alive) else Verdict.SECOND_PERSON


def _stands(said: Verdict, vote: PanelVote, same: float, alive: float) -> bool:
    """Whether the evidence bears an answer: for a yes on both questions, for a no on one that was answered no."""
    if said is Verdict.VERIFIED:
        return min(same, alive) >= MARGIN
    if said is Verdict.NOT_VERIFIED:
        return (vote.same is False and same <= -MARGIN) or (vote.live is False and alive <= -MARGIN)
    return True


def _as_said(vote: PanelVote) -> Verdict:
    """Verified needs both; a clear no to either is a no; any doubt leaves it unresolved."""
    if vote.same is False or vote.live is False:
        return Verdict.NOT_VERIFIED
    return Verdict.VERIFIED if vote.same and vote.live else Verdict.UNRESOLVED


def _of_person(answer: bool | None, confidence: int) -> float:
    return 0.0 if answer is None else (YES if answer else NO) * confidence / FULL


def _capped(value: float) -> float:
    return max(-CAP, min(CAP, value))
