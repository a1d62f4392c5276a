"""What was tried and refused, by kind and reason."""

from __future__ import annotations

from dataclasses import dataclass

from .query import in_programme, rows
from .window import Window

KINDS = {
    "access:denied": "A page, a case or an act that was not theirs",
    "crop:refused": "A look at a face",
    "decision:refused": "A decision",
    "wider:refused": "A wider view, its asking or its answering",
    "session:refused": "Signing in",
}

# Signing in and opening a page belong to no programme, so they are counted whichever one is chosen.
_REFUSED = f"""
SELECT event, code, sum(n)::bigint, count(DISTINCT actor_id) FILTER (WHERE actor_kind = 'person')
FROM reports_hour
WHERE event = ANY(%(events)s) AND hour >= %(start)s AND hour < %(end)s
  AND (programme_id IS NULL OR {in_programme()})
GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
"""


@dataclass(frozen=True, slots=True)
class Refusal:
    """How often one kind of attempt was refused for one reason, and to how many signed-in members of staff."""

    event: str
    reason: str
    times: int
    people: int

    @property
    def label(self) -> str:
        return KINDS[self.event]


def refusals(window: Window) -> list[Refusal]:
    return [Refusal(*found) for found in rows(_REFUSED, window.parameters | {"events": list(KINDS)})]
