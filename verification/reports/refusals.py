"""What was tried and refused, by kind and reason."""

from __future__ import annotations

from dataclasses import dataclass

from .query import rows, text_fact
from .window import Window

KINDS = {
    "access:denied": "A page their role does not include",
    "crop:refused": "A look at a face",
    "decision:refused": "A decision",
    "wider:refused": "A wider view, its asking or its answering",
    "session:refused": "Signing in",
}

# Signing in and opening a page belong to no case, so they are counted whichever programme is chosen.
_REFUSED = f"""
SELECT entry.event, COALESCE({text_fact("reason")}, ''), count(*),
       count(DISTINCT entry.actor_id) FILTER (WHERE entry.actor_kind = 'person')
FROM audit_entry AS entry
WHERE entry.event = ANY(%(events)s) AND entry.at >= %(start)s AND entry.at < %(end)s
  AND (%(programme)s::uuid IS NULL OR entry.case_id IS NULL OR entry.case_id IN
        (SELECT id FROM cases_case WHERE programme_id = %(programme)s::uuid))
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
