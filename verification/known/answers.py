"""What was right, for whoever has answered. The one door to the answer of a known case, and it opens after the vote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from verification.access.models import User
from verification.cases.states import Outcome
from verification.review.answers import Alive, SamePerson, outcome_of
from verification.review.models import Vote


class Came(StrEnum):
    """What a reviewer's two answers came to, beside the answer that is known."""

    RIGHT = "right"
    WRONG = "wrong"
    # Neither a yes nor a no to the case: no error, and no answer.
    UNTOLD = "untold"


@dataclass(frozen=True, slots=True)
class KnownAnswer:
    """One known case that this reviewer answered. `same` and `live` are the truth; `said` is in words.

    `settled`: it was a senior's word after others had differed, which counts in nobody's results.
    """

    claim: UUID
    code: str
    decided_at: datetime
    said: tuple[str, str]
    same: bool
    live: bool
    came: Came
    settled: bool

    @property
    def truth(self) -> str:
        """The answer as a sentence."""
        if self.same and self.live:
            return "It is the same person, and live."
        if self.live:
            return "They are two different people."
        who = "the same person" if self.same else "another person"
        return f"The live picture is no living person in front of a camera; it shows {who}."


def came_to(same_person: str, alive: str, *, same: bool, live: bool) -> Came:
    """Whether two answers accept or refuse as they should. A refusal is right whichever of the two it names."""
    outcome = outcome_of(SamePerson(same_person), Alive(alive))
    if outcome is Outcome.UNRESOLVED:
        return Came.UNTOLD
    return Came.RIGHT if (outcome is Outcome.VERIFIED) == (same and live) else Came.WRONG


def answer_after_vote(claim_id: UUID | str, reviewer: User) -> KnownAnswer | None:
    """The answer of a known case on which this reviewer's vote under this claim counts; None in every other case."""
    votes = Vote.objects.filter(claim_id=claim_id, **_counted(reviewer))
    vote = votes.select_related("case__known_answer").first()
    return _answer(vote) if vote else None


def latest_answers(reviewer: User, limit: int = 12) -> list[KnownAnswer]:
    """This reviewer's own, newest first."""
    votes = Vote.objects.filter(**_counted(reviewer)).select_related("case__known_answer")
    return [_answer(vote) for vote in votes.order_by("-decided_at")[:limit]]


def _counted(reviewer: User) -> dict[str, object]:
    return {"reviewer": reviewer, "state": Vote.State.COUNTED, "case__known_answer__isnull": False}


def _answer(vote: Vote) -> KnownAnswer:
    known = vote.case.known_answer
    return KnownAnswer(
        claim=vote.claim_id,
        code=vote.case.code,
        decided_at=vote.decided_at,
        said=(vote.get_same_person_display(), vote.get_alive_display()),
        same=known.same,
        live=known.live,
        came=came_to(vote.same_person, vote.alive, same=known.same, live=known.live),
        settled=vote.adjudicates,
    )
