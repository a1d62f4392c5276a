"""How people judge: errors on known cases, pooled, and how far two blind reviewers agree. Never a list by person."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from verification.cases.states import Outcome
from verification.known.results import Measured, Results, pooled_results, reviewers_measured
from verification.known.sets import Stock, in_stock
from verification.policy.agreement import Bounded, ac1, kappa
from verification.review.answers import Alive, SamePerson, outcome_of

from .query import rows
from .window import Window

# The first two blind votes on a case, real or known; a pair belongs to the window in which its second vote was given.
_PAIRED = """
WITH blind AS (
    SELECT vote.case_id, vote.same_person, vote.alive, vote.decided_at,
           row_number() OVER (PARTITION BY vote.case_id ORDER BY vote.decided_at, vote.id) AS place
    FROM review_vote AS vote JOIN cases_case AS cases ON cases.id = vote.case_id
    WHERE vote.state = 'counted' AND NOT vote.adjudicates AND vote.decided_at < %(end)s
      AND vote.decided_at >= %(start)s - interval '3 days'
      AND (%(programme)s::uuid IS NULL OR cases.programme_id = %(programme)s::uuid)
)
SELECT first.same_person, first.alive, second.same_person, second.alive, count(*)
FROM blind AS first JOIN blind AS second USING (case_id)
WHERE first.place = 1 AND second.place = 2 AND second.decided_at >= %(start)s
GROUP BY 1, 2, 3, 4
"""
# Accepted, refused, or neither: what two votes can come to.
_CATEGORIES = 3


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of `pairs` of blind votes, `alike` came to the same. Cohen's κ and Gwet's AC1 may have no value: None."""

    pairs: int
    alike: int
    kappa: Bounded | None
    ac1: Bounded | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """`results` and `agreement` are of the window; `measured` and `stock` are as things stand now."""

    results: Results
    agreement: Agreement
    measured: Measured
    stock: Stock


def judgement(window: Window) -> Judgement:
    return Judgement(
        results=pooled_results(window.start, window.end, window.programme),
        agreement=agreement(window),
        measured=reviewers_measured(),
        stock=in_stock(),
    )


def agreement(window: Window) -> Agreement:
    pairs: Counter[tuple[str, str]] = Counter()
    for same, alive, other_same, other_alive, times in rows(_PAIRED, window.parameters):
        pairs[_outcome(same, alive), _outcome(other_same, other_alive)] += times
    alike = sum(times for (one, other), times in pairs.items() if one == other)
    return Agreement(pairs.total(), alike, kappa(pairs), ac1(pairs, _CATEGORIES))


def _outcome(same: str, alive: str) -> Outcome:
    return outcome_of(SamePerson(same), Alive(alive))
