"""WHO MAY SEE WHICH VOTE, AND WHEN. Everything that shows a vote or a score asks here first. Pure: no Django.

Judgements are worth what they are because nobody leaned on anybody. So whoever may still vote sees nothing, and whoever
has voted learns only what cannot reach somebody who has not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class CastVote:
    """What this file must know of a vote. `counts` is true once it cannot be taken back."""

    id: UUID
    voter: UUID
    counts: bool


@dataclass(frozen=True, slots=True)
class Sight:
    """What one person may see of one case. `votes` are the ids of the votes whose answers they may read."""

    votes: frozenset[UUID] = frozenset()
    evidence: bool = False
    outcome: bool = False


NOTHING = Sight()


def sight_of(viewer: UUID, votes: Sequence[CastVote], *, closed: bool) -> Sight:
    """`votes` are those of one case that were not taken back; `closed` is whether its outcome stands."""
    own = next((vote for vote in votes if vote.voter == viewer), None)
    if own is None:
        # They may be asked yet, and a senior who settles a case is as blind as the first reviewer was.
        return NOTHING
    if not own.counts:
        # It can still be taken back and given anew, so it must be given blindly until then. One's own answer one knows.
        return Sight(votes=frozenset({own.id}))
    if not closed:
        # They cannot vote again, so the machine may speak. Others' votes stay shut: whether there are any, or a senior
        # is at it, would tell a colleague across the desk what the first one said.
        return Sight(votes=frozenset({own.id}), evidence=True)
    # Nobody can be swayed any more: all votes that counted, and what they came to.
    return Sight(votes=frozenset(vote.id for vote in votes if vote.counts), evidence=True, outcome=True)
