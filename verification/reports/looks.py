"""Who looked, what came of it, and whether every look can be explained from the log.

A look is accounted for when its entry names a claim that the log says the same person took on the same case, and when
no ticket was used without an entry. What breaks either is counted; anything but zero is an incident.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from .query import in_programme, row, rows, text_fact
from .window import Window

_CLAIM, _MEDIA = text_fact("claim"), text_fact("media")
_IN_WINDOW = f"hour >= %(start)s AND hour < %(end)s AND {in_programme()}"

# A claim lasts minutes; its decision and its end stand in the same line, whenever they came.
_SEEN = f"""
WITH viewed AS MATERIALIZED (
    SELECT * FROM reports_look WHERE {_IN_WINDOW}
), seen AS MATERIALIZED (
    SELECT viewed.*, taken.claim IS NOT NULL AND taken.decided_at IS NULL AND taken.ended_at IS NOT NULL AS undecided,
           taken.taken_at IS NOT NULL AND taken.taken_by = viewed.actor_id AND taken.case_id = viewed.case_id
               AS explained,
           taken.ended_at, taken."end"
    FROM viewed LEFT JOIN reports_claim AS taken USING (claim)
)
"""

_BY_REVIEWER = (
    _SEEN
    + f""", handled AS MATERIALIZED (
    SELECT decided_by AS actor_id, count(*) AS decisions, count(*) FILTER (WHERE hasty = 1) AS hasty,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS median
    FROM reports_claim
    WHERE decided_at >= %(start)s AND decided_at < %(end)s AND NOT undone AND {in_programme()}
    GROUP BY 1
), looked AS (
    SELECT actor_id, sum(looks)::bigint AS looks, count(DISTINCT case_id) AS cases,
           count(DISTINCT claim) FILTER (WHERE undecided) AS undecided,
           COALESCE(sum(looks) FILTER (WHERE explained IS NOT TRUE), 0)::bigint AS unexplained
    FROM seen GROUP BY 1
)
SELECT actor_id, COALESCE(looks, 0), COALESCE(cases, 0), COALESCE(decisions, 0), COALESCE(undecided, 0),
       COALESCE(hasty, 0), median, COALESCE(unexplained, 0)
FROM looked FULL JOIN handled USING (actor_id)
ORDER BY 2 DESC, actor_id
"""
)

_UNDECIDED = (
    _SEEN
    + """
SELECT actor_id, case_id, min(first_at), sum(looks)::bigint, max("end")
FROM seen WHERE undecided AND case_id IS NOT NULL
GROUP BY actor_id, case_id, claim
ORDER BY min(first_at) DESC LIMIT %(limit)s
"""
)

# Each used ticket must have its own entry: the look itself, or why it was refused. Tickets are kept for an hour, so
# this second account covers the last two hours at most; the first covers all of the window.
_SILENT = f"""
WITH used AS (
    SELECT ticket.claim_id::text AS claim, ticket.media, count(*) AS times
    FROM review_look_ticket AS ticket
    JOIN review_claim AS held ON held.id = ticket.claim_id
    JOIN cases_case AS cases ON cases.id = held.item_id
    WHERE ticket.used_at >= %(start)s AND ticket.used_at < %(end)s
      AND (%(programme)s::uuid IS NULL OR cases.programme_id = %(programme)s::uuid)
    GROUP BY 1, 2
), said AS MATERIALIZED (
    SELECT {_CLAIM} AS claim, {_MEDIA} AS media,
           count(*) AS times
    FROM audit_entry AS entry
    WHERE entry.event IN ('crop:viewed', 'crop:refused')
      AND entry.at >= GREATEST(%(start)s, now() - interval '2 hours') - interval '1 minute'
      AND entry.at < %(end)s + interval '1 minute'
    GROUP BY 1, 2
)
SELECT COALESCE(sum(GREATEST(used.times - COALESCE(said.times, 0), 0)), 0)::bigint
FROM used LEFT JOIN said USING (claim, media)
"""


@dataclass(frozen=True, slots=True)
class Reviewer:
    """One person's looks in the window.

    `undecided` counts claims that ended without a decision after a look, `hasty` decisions within four seconds of the
    first look, or without any. A decision that was taken back counts nowhere.
    """

    person: str
    looks: int
    cases: int
    decisions: int
    undecided: int
    hasty: int
    median_seconds: float | None
    # Looks that no claim of theirs on the case explains.
    unexplained: int


@dataclass(frozen=True, slots=True)
class Undecided:
    """A claim under which somebody looked and did not decide. `end` is how it ended; empty when that is not known."""

    person: str
    case_id: UUID
    at: datetime
    looks: int
    end: str


@dataclass(frozen=True, slots=True)
class Account:
    """How many looks the log holds, how many of them no claim explains, and how many used tickets left no entry."""

    looks: int
    unexplained: int
    silent: int

    def __bool__(self) -> bool:
        return self.unexplained == 0 and self.silent == 0


def by_reviewer(window: Window) -> list[Reviewer]:
    return [Reviewer(*found) for found in rows(_BY_REVIEWER, window.parameters)]


def undecided(window: Window, limit: int = 50) -> list[Undecided]:
    """The newest first, at most `limit`."""
    found = rows(_UNDECIDED, window.parameters | {"limit": limit})
    return [Undecided(person, case_id, at, looks, end or "") for person, case_id, at, looks, end in found]


def account(window: Window, people: Sequence[Reviewer]) -> Account:
    """What comes of everybody's looks together; `people` is `by_reviewer` of the same window."""
    (silent,) = row(_SILENT, window.parameters)
    return Account(sum(one.looks for one in people), sum(one.unexplained for one in people), silent)
