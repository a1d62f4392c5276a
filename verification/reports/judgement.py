"""How people judge: errors on known cases, pooled, and how far two blind reviewers agree. Never a list by person."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from verification.cases.states import Outcome
from verification.known.results import Measured, Results, pooled_results, reviewers_measured
from verification.known.sets import Stock, in_stock
from verification.policy.agreement import Bounded, ac1, kappa, wilson
from verification.review.answers import Alive, SamePerson, outcome_of

from .query import in_programme, rows
from .window import Window

# The first two blind votes on a case, real or known; a pair belongs to the window in which its second vote was given.
_BLIND = f"""
    SELECT case_id, same_person, alive, decided_at, row_number() OVER (PARTITION BY case_id ORDER BY decided_at, claim)
           AS place
    FROM reports_claim
    WHERE took_effect AND NOT voided AND adjudicates = 0 AND {in_programme()}
"""

_PAIRED = f"""
WITH blind AS ({_BLIND}
      AND decided_at < %(end)s AND decided_at >= %(start)s - interval '3 days'
)
SELECT first.same_person, first.alive, second.same_person, second.alive, count(*)
FROM blind AS first JOIN blind AS second USING (case_id)
WHERE first.place = 1 AND second.place = 2 AND second.decided_at >= %(start)s
GROUP BY 1, 2, 3, 4
"""

# A case is open for three days at most, so its first vote lies no further back.
_FIRST_AND_LAST = f"""
WITH blind AS ({_BLIND}
      AND real AND decided_at < %(end)s AND decided_at >= %(start)s - interval '4 days'
)
SELECT first.same_person, first.alive, ended.outcome, count(*)
FROM reports_ended AS ended JOIN blind AS first ON first.case_id = ended.case_id AND first.place = 1
WHERE ended.status = 'decided' AND ended.ended_at >= %(start)s AND ended.ended_at < %(end)s
GROUP BY 1, 2, 3
"""

_ADJUDICATIONS = f"""
SELECT code, sum(n)::bigint FROM reports_hour
WHERE event = 'adjudication:asked' AND hour >= %(start)s AND hour < %(end)s AND {in_programme()}
GROUP BY 1 ORDER BY 2 DESC, 1
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


@dataclass(frozen=True, slots=True)
class Overturned:
    """Of `decided` cases that people closed, `overturned` ended otherwise than the first vote on them said."""

    decided: int
    overturned: int

    @property
    def rate(self) -> Bounded | None:
        return wilson(self.overturned, self.decided)


def overturned(window: Window) -> Overturned:
    found = rows(_FIRST_AND_LAST, window.parameters)
    otherwise = sum(times for same, alive, outcome, times in found if _outcome(same, alive).value != outcome)
    return Overturned(sum(times for *_, times in found), otherwise)


def adjudications(window: Window) -> list[tuple[str, int]]:
    """Why cases were sent to a senior reviewer, and how many."""
    return [(reason, times) for reason, times in rows(_ADJUDICATIONS, window.parameters)]


def _outcome(same: str, alive: str) -> Outcome:
    return outcome_of(SamePerson(same), Alive(alive))
