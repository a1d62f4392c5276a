"""Worries about people and legal holds, counted from the log; what is held now, from the holds themselves.

Known cases are left out: nobody is in danger in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .query import in_programme, is_real, programme_of, row, rows, text_fact
from .window import Window

_REAL = f"{is_real()} AND {in_programme(programme_of())}"

_HOLDS = f"""
SELECT count(*) FILTER (WHERE event = 'hold:asked'),
       count(*) FILTER (WHERE event = 'hold:answered' AND {text_fact("approves")} = 'yes'),
       count(*) FILTER (WHERE event = 'hold:answered' AND {text_fact("approves")} = 'no'),
       count(*) FILTER (WHERE event = 'hold:ended' AND {text_fact("reason")} = 'renewed'),
       count(*) FILTER (WHERE event = 'hold:ended' AND {text_fact("reason")} = 'released'),
       count(*) FILTER (WHERE event = 'hold:ended' AND {text_fact("reason")} = 'expired'),
       count(*) FILTER (WHERE event = 'hold:ended' AND {text_fact("reason")} = 'unanswered')
FROM audit_entry AS entry
WHERE event IN ('hold:asked', 'hold:answered', 'hold:ended')
      AND at >= %(start)s AND at < %(end)s AND {_REAL}
"""

# A renewed hold is as old as the first of its incident.
_NOW = """
SELECT count(*) FILTER (WHERE hold.state = 'in_force'), count(*) FILTER (WHERE hold.state = 'asked'),
       min((SELECT min(first.asked_at) FROM incidents_hold AS first WHERE first.incident_id = hold.incident_id))
           FILTER (WHERE hold.state = 'in_force')
FROM incidents_hold AS hold JOIN cases_case AS cases ON cases.id = hold.case_id
WHERE hold.state IN ('asked', 'in_force') AND NOT cases.known
      AND (%(programme)s::uuid IS NULL OR cases.programme_id = %(programme)s::uuid)
"""

# An entry's actor has a `kind` too, so this one fact is parsed.
_KIND = "entry.body::json -> 'facts' ->> 'kind'"

_WORRIES = f"""
WITH closed AS (
    SELECT DISTINCT {text_fact("incident")} AS incident, {text_fact("outcome")} AS outcome
    FROM audit_entry AS entry WHERE event = 'incident:closed' AND at >= %(start)s
)
SELECT {_KIND}, COALESCE(closed.outcome, ''), count(*)
FROM audit_entry AS entry LEFT JOIN closed ON closed.incident = {text_fact("incident")}
WHERE event = 'incident:raised' AND at >= %(start)s AND at < %(end)s AND {_REAL}
GROUP BY 1, 2 ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Holds:
    """What was asked and what came of it in the window; `in_force`, `waiting` and `oldest` are as it is now."""

    asked: int
    approved: int
    refused: int
    renewed: int
    released: int
    expired: int
    unanswered: int
    in_force: int
    waiting: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Worries:
    """Worries raised in the window, of one kind and with one outcome; empty while they are open."""

    kind: str
    outcome: str
    count: int


def legal_holds(window: Window) -> Holds:
    return Holds(*row(_HOLDS, window.parameters), *row(_NOW, window.parameters))


def worries(window: Window) -> list[Worries]:
    return [Worries(*found) for found in rows(_WORRIES, window.parameters)]
