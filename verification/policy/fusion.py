"""What people's votes and the machine's evidence come to together. Pure and total.

Nobody who votes sees a score or another vote, because a verdict that is seen first moves a judgement by a full step
(Howard 2020). So evidence and votes meet here, in code: as natural logarithms of likelihood ratios, which add up where
sources are independent. One examiner fused with a good algorithm does better than two examiners (Phillips 2018).

A person. Passport officers accepted 14 % of pairs that did not belong together and refused 6 % that did (White 2014):

    "same"         ln(0.94 / 0.14) = +1.90        "different"    ln(0.06 / 0.86) = -2.66

times a fifth of the confidence that was given (1 to 5). Those rates are of sure and unsure answers together, so the
surest answer claims no more than was measured for all. Nothing as good is published for telling life from an attack;
the same numbers stand for "live" and "not live". `cannot_tell` adds nothing.

The machine. Each weight is what one-sided upper 95 % bounds on the counts below leave of it, so that nothing is
overstated. A band that is not listed adds nothing: `ambiguous` and `error` say nothing, and where only one of two
rates is known there is no ratio.

                                                     measured      counts as
    match        pass   ln((1 - FNMR) / FMR)            +8.92          +1.61
                 fail   ln(FNMR / 0.99)                 -3.56          -1.61
    liveness,    pass   ln((1 - BPCER) / APCER)         +1.02          +0.69
    pad          fail   ln(BPCER / (1 - APCER))         -0.45          -0.45
    challenge    pass                                                  +0.69
    injection    fail                                                  -1.61

Match, fail: no more mated pairs lie below 0.28 than do not pass, and at least 99 % of the others do. Liveness and pad
are one model, and no labelled attack scored in between. Its passes count at most two to one, because masks, cut-outs
and computer-made faces, to which it is blind, are not in the set. Challenge, pass: of recordings at most 2.7 % answer
one in full (1 of 180 did); how many people do was never measured, and two to one claims no more than one in nineteen.
So a challenge that was not answered adds nothing. Injection, fail: three signs or more. It has no measured rate; a
case like that is never one person's to pass, since a picture put in the camera's place looks no different to who sees
it.

`CAP` is what the machine adds at most, each finding and all together: five to one, less than a person who is certain
either way. So a sum never points away from what such a person said.

The rule, from the top, the first that fits:

    a vote that settles, a senior's                         as that vote says, whatever else there is
    no vote                                                 a second person: evidence alone decides nothing
    votes that differ in either answer                      a second person
    a no to a question whose votes alone, and whose sum
    with the evidence, are -`MARGIN` or less                not verified
    a no otherwise                                          a second person
    "same" and "live", both sums `MARGIN` or more           verified
    "same" and "live" otherwise                             a second person
    anything left untold                                    unresolved, which is not a refusal

`MARGIN` is three to one. Where the machine knows nothing, one person must be at least fairly sure, of a yes or a no;
of two who agree, both at least unsure. Against a match that failed or passed the most certain person does not reach it
alone, and two who are sure do. So evidence confirms a yes or asks for another person. It never turns an answer round,
and it adds nothing to a no: whoever is turned away was turned away by people.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import fsum, log
from types import MappingProxyType

from verification.checks.evaluation.rates import Rate
from verification.checks.results import Band

RULE = "fusion-2"
"""Stored with each result. Any change of a number or of the rule is another name."""

CAP = log(5)
LIFE_CAP = log(2)
MARGIN = log(3)
FULL = 5

FALSE_ACCEPT, FALSE_REJECT = 0.14, 0.06
YES = log((1 - FALSE_REJECT) / FALSE_ACCEPT)
NO = log(FALSE_REJECT / (1 - FALSE_ACCEPT))

# The counts stand in the README and, with how they came about, in `thresholds.py`.
FMR, FNMR = Rate(1, 36_616).upper95, Rate(15, 814).upper95
APCER, BPCER = Rate(0, 16).upper95, Rate(0, 4).upper95
APART_BELOW_FAIL = 0.99
"""Share of pairs of different people below the match's `fail`, at least; 99.4 % were measured."""

Weights = Mapping[tuple[str, Band], float]
_LIVENESS_PASS, _LIVENESS_FAIL = min(LIFE_CAP, log((1 - BPCER) / APCER)), log(BPCER / (1 - APCER))

SAME: Weights = MappingProxyType(
    {("match", Band.PASS): log((1 - FNMR) / FMR), ("match", Band.FAIL): log(FNMR / APART_BELOW_FAIL)}
)
ALIVE: Weights = MappingProxyType(
    {
        ("liveness", Band.PASS): _LIVENESS_PASS,
        ("liveness", Band.FAIL): _LIVENESS_FAIL,
        ("pad", Band.PASS): _LIVENESS_PASS,
        ("pad", Band.FAIL): _LIVENESS_FAIL,
        ("challenge", Band.PASS): LIFE_CAP,
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
    """`same` and `live` are yes, no, or None for "cannot tell"; `confidence` is 1 to 5. `settles`: a senior's, final.

    Raises ValueError for another confidence.
    """

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
    """`votes` are all that count, in any order; `bands` is what each check said, by its name."""
    same = _Question(_people((vote.same, vote.confidence) for vote in votes), evidence(SAME, bands))
    alive = _Question(_people((vote.live, vote.confidence) for vote in votes), evidence(ALIVE, bands))
    return Fused(_verdict(votes, same, alive), same.sum, alive.sum)


def evidence(weights: Weights, bands: Mapping[str, Band]) -> float:
    """What the machine adds to one question, within `CAP` either way."""
    return _capped(fsum(_capped(weights.get(found, 0.0)) for found in bands.items()))


@dataclass(frozen=True, slots=True)
class _Question:
    """What the people and what the machine say to one of the two questions."""

    people: float
    machine: float

    @property
    def sum(self) -> float:
        return self.people + self.machine

    @property
    def bears_yes(self) -> bool:
        return self.sum >= MARGIN

    @property
    def bears_no(self) -> bool:
        return max(self.people, self.sum) <= -MARGIN


def _verdict(votes: Sequence[PanelVote], same: _Question, alive: _Question) -> Verdict:
    settling = [vote for vote in votes if vote.settles]
    if settling:
        return _as_said(settling[-1])
    if len({(vote.same, vote.live) for vote in votes}) != 1:
        return Verdict.SECOND_PERSON
    said = _as_said(votes[0])
    return said if _stands(said, votes[0], same, alive) else Verdict.SECOND_PERSON


def _stands(said: Verdict, vote: PanelVote, same: _Question, alive: _Question) -> bool:
    """Whether the sums bear an answer: a yes on both questions, a no on one that was answered no."""
    if said is Verdict.VERIFIED:
        return same.bears_yes and alive.bears_yes
    if said is Verdict.NOT_VERIFIED:
        return (vote.same is False and same.bears_no) or (vote.live is False and alive.bears_no)
    return True


def _as_said(vote: PanelVote) -> Verdict:
    """Verified needs both; a clear no to either is a no; any doubt leaves it unresolved."""
    if vote.same is False or vote.live is False:
        return Verdict.NOT_VERIFIED
    return Verdict.VERIFIED if vote.same and vote.live else Verdict.UNRESOLVED


def _people(answers: Iterable[tuple[bool | None, int]]) -> float:
    """Exact, so that the order of the votes makes no difference to the last digit."""
    return fsum((YES if said else NO) * confidence / FULL for said, confidence in answers if said is not None)


def _capped(value: float) -> float:
    return max(-CAP, min(CAP, value))
