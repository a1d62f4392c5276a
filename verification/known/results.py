"""How often people err on known cases: counts, and rates with 95 % bounds where there is enough to speak of one.

Counted are votes that took effect. A senior's word on a case on which others differed is left out: such cases are
harder than the rest, so it would speak of the cases rather than of the senior. "Cannot tell" is no error and no answer:
it is counted apart, and a rate is of those cases that were answered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, QuerySet

from verification.access.models import User
from verification.policy.agreement import NOT_ENOUGH, Bounded, wilson
from verification.review.models import Vote

from .answers import Came, came_to


@dataclass(frozen=True, slots=True)
class Tally:
    """Answers to known cases of one kind."""

    right: int = 0
    wrong: int = 0
    untold: int = 0

    @property
    def seen(self) -> int:
        return self.right + self.wrong + self.untold

    @property
    def answered(self) -> int:
        return self.right + self.wrong

    @property
    def enough(self) -> bool:
        """Whether an error rate may be spoken of."""
        return self.answered >= NOT_ENOUGH

    @property
    def missing(self) -> int:
        """How many more answers that takes."""
        return max(0, NOT_ENOUGH - self.answered)

    @property
    def rate(self) -> Bounded | None:
        """The share of wrong answers, 0 to 1, with Wilson's bounds; None while there is not enough."""
        return wilson(self.wrong, self.answered) if self.enough else None

    @property
    def untold_rate(self) -> Bounded | None:
        return wilson(self.untold, self.seen) if self.enough else None


@dataclass(frozen=True, slots=True)
class Results:
    """A wrong answer to an impostor is a false accept; to a genuine case, a false reject."""

    impostors: Tally
    genuine: Tally

    @property
    def seen(self) -> int:
        return self.impostors.seen + self.genuine.seen


def results_of(reviewer: User) -> Results:
    """One reviewer's own, of all that is still kept (365 days)."""
    return _results(counted_votes().filter(reviewer=reviewer))


def pooled_results(start: datetime, end: datetime, programme: UUID | None = None) -> Results:
    """Everybody's together, of votes from `start` (included) to `end` (excluded), in one programme or all."""
    votes = counted_votes().filter(decided_at__gte=start, decided_at__lt=end)
    return _results(votes.filter(case__programme=programme) if programme else votes)


@dataclass(frozen=True, slots=True)
class Measured:
    """How many reviewers have answered enough impostors for a rate of their own, and how many have not yet."""

    enough: int
    not_enough: int

    @property
    def all(self) -> int:
        return self.enough + self.not_enough


def reviewers_measured() -> Measured:
    """Of those who answered any known case that is still kept. Counts only: nobody is named."""
    tallies = [tally.enough for tally in _impostors_by_reviewer(counted_votes()).values()]
    return Measured(enough=sum(tallies), not_enough=len(tallies) - sum(tallies))


def counted_votes() -> QuerySet[Vote]:
    return Vote.objects.filter(state=Vote.State.COUNTED, adjudicates=False, case__known_answer__isnull=False)


_ANSWER = ("same_person", "alive", "case__known_answer__same", "case__known_answer__live")


def _results(votes: QuerySet[Vote]) -> Results:
    counts: dict[bool, Counter[Came]] = {True: Counter(), False: Counter()}
    # The empty order_by keeps the votes' own order out of the grouping.
    for said_same, said_alive, same, live, number in (
        votes.order_by().values_list(*_ANSWER).annotate(number=Count("pk")).iterator()
    ):
        counts[same and live][came_to(said_same, said_alive, same=same, live=live)] += number
    return Results(impostors=_tally(counts[False]), genuine=_tally(counts[True]))


def _impostors_by_reviewer(votes: QuerySet[Vote]) -> dict[UUID, Tally]:
    counts: dict[UUID, Counter[Came]] = {}
    rows: Iterable[tuple[UUID, str, str, bool, bool, int]] = (
        votes.order_by().values_list("reviewer", *_ANSWER).annotate(number=Count("pk"))
    )
    for reviewer, said_same, said_alive, same, live, number in rows:
        of_reviewer = counts.setdefault(reviewer, Counter())
        if not (same and live):
            of_reviewer[came_to(said_same, said_alive, same=same, live=live)] += number
    return {reviewer: _tally(found) for reviewer, found in counts.items()}


def _tally(counts: Counter[Came]) -> Tally:
    return Tally(counts[Came.RIGHT], counts[Came.WRONG], counts[Came.UNTOLD])
