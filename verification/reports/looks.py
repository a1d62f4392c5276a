"""Who looked, what came of it, and whether every look can be explained from the log.

A look is accounted for when its entry names a claim that the log says the same person took on the same case, and when
no ticket was used without an entry. What breaks either is counted; anything but zero is an incident.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from .query import not_undone, number_fact, row, rows, text_fact
from .window import Window

_CLAIM, _MEDIA, _SECONDS = text_fact("claim"), text_fact("media"), number_fact("seconds")
_ENDED_CLAIM, _ENDED_REASON = text_fact("claim", "ended"), text_fact("reason", "ended")
_OF_PROGRAMME = """(%(programme)s::uuid IS NULL OR entry.case_id IN
            (SELECT id FROM cases_case WHERE programme_id = %(programme)s::uuid))"""

# A claim lasts minutes, so what belongs to a look lies within an hour of it.
_LOOKS = f"""
WITH viewed AS MATERIALIZED (
    SELECT entry.at, entry.actor_id, entry.case_id, {_CLAIM} AS claim
    FROM audit_entry AS entry
    WHERE entry.event IN ('crop:viewed', 'wider:viewed') AND entry.at >= %(start)s AND entry.at < %(end)s
      AND {_OF_PROGRAMME}
), taken AS MATERIALIZED (
    SELECT DISTINCT entry.actor_id, entry.case_id, {_CLAIM} AS claim
    FROM audit_entry AS entry
    WHERE entry.event = 'claim:taken' AND entry.at >= %(start)s - interval '1 hour' AND entry.at < %(end)s
), decided AS MATERIALIZED (
    SELECT DISTINCT {_CLAIM} AS claim
    FROM audit_entry AS entry
    WHERE entry.event = 'decision:recorded' AND entry.at >= %(start)s AND entry.at < %(end)s + interval '1 hour'
), open_now AS (
    SELECT id::text AS claim FROM review_claim WHERE ended_at IS NULL
)
"""

_BY_REVIEWER = (
    _LOOKS
    + f""", handled AS MATERIALIZED (
    SELECT entry.actor_id, count(*) AS decisions,
           count(*) FILTER (WHERE {number_fact("hasty")} = 1) AS hasty,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY {_SECONDS})
               AS median
    FROM audit_entry AS entry
    WHERE entry.event = 'decision:recorded' AND entry.at >= %(start)s AND entry.at < %(end)s AND {_OF_PROGRAMME}
      AND {not_undone()}
    GROUP BY 1
), seen AS (
    SELECT viewed.actor_id, count(*) AS looks, count(DISTINCT viewed.case_id) AS cases,
           count(DISTINCT viewed.claim) FILTER (WHERE decided.claim IS NULL AND open_now.claim IS NULL) AS undecided
    FROM viewed LEFT JOIN decided USING (claim) LEFT JOIN open_now USING (claim)
    GROUP BY 1
)
SELECT actor_id, COALESCE(looks, 0), COALESCE(cases, 0), COALESCE(decisions, 0), COALESCE(undecided, 0),
       COALESCE(hasty, 0), median
FROM seen FULL JOIN handled USING (actor_id)
ORDER BY 2 DESC, actor_id
"""
)

_UNDECIDED = (
    _LOOKS
    + f"""
SELECT viewed.actor_id, viewed.case_id, min(viewed.at), count(*),
       (SELECT max({_ENDED_REASON}) FROM audit_entry AS ended
        WHERE ended.case_id = viewed.case_id AND ended.event = 'claim:ended'
          AND {_ENDED_CLAIM} = viewed.claim)
FROM viewed LEFT JOIN decided USING (claim) LEFT JOIN open_now USING (claim)
WHERE decided.claim IS NULL AND open_now.claim IS NULL
GROUP BY viewed.actor_id, viewed.case_id, viewed.claim
ORDER BY min(viewed.at) DESC LIMIT %(limit)s
"""
)

_UNEXPLAINED = (
    _LOOKS
    + """
SELECT count(*), count(*) FILTER (WHERE taken.claim IS NULL)
FROM viewed LEFT JOIN taken USING (actor_id, case_id, claim)
"""
)

# Each used ticket must have its own entry: the look itself, or why it was refused. Tickets are kept for an hour, so
# this second account covers the window's last hour at most; the first covers all of it.
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
    WHERE entry.event IN ('crop:viewed', 'crop:refused') AND {_OF_PROGRAMME}
      AND entry.at >= %(start)s - interval '1 minute' AND entry.at < %(end)s + interval '1 minute'
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


def account(window: Window) -> Account:
    looks, unexplained = row(_UNEXPLAINED, window.parameters)
    (silent,) = row(_SILENT, window.parameters)
    return Account(looks, unexplained, silent)
