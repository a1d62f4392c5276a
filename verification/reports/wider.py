"""Wider views: how many were asked for, agreed to and seen, and whether each that was seen had the leave it needed.

A view has it when, before it, at least as many people as its tier asks for had said yes in the log, and none of them is
the one who looked. Whatever was seen without is counted; anything but zero is an incident.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from .query import in_programme, is_counted, number_fact, programme_of, row, rows, text_fact
from .window import Window

# The tiers and how many must agree to each are written here a second time, as the retention limits are in `media`: a
# report that read them from the enforcer would follow a mistake there; the tests hold the two together.
TIERS = {1: "Face and neck", 2: "Whole stored frame"}
MUST_AGREE = {1: 1, 2: 2}

_OF_PROGRAMME = in_programme(programme_of())

_BY_TIER = f"""
SELECT {number_fact("tier")}::int AS tier,
       count(*) FILTER (WHERE entry.event = 'wider:asked'),
       count(*) FILTER (WHERE entry.event = 'wider:sealed'),
       count(*) FILTER (WHERE entry.event = 'wider:viewed'),
       count(*) FILTER (WHERE entry.event = 'wider:ended' AND {text_fact("reason")} = 'refused'),
       count(*) FILTER (WHERE entry.event = 'wider:ended' AND {text_fact("reason")} = 'unanswered')
FROM audit_entry AS entry
WHERE entry.event IN ('wider:asked', 'wider:sealed', 'wider:viewed', 'wider:ended')
  AND entry.at >= %(start)s AND entry.at < %(end)s AND {_OF_PROGRAMME} AND {is_counted()}
GROUP BY 1 ORDER BY 1
"""

_NEEDED = " ".join(f"WHEN {tier} THEN {people}" for tier, people in MUST_AGREE.items())

_WITHOUT_LEAVE = f"""
SELECT count(*)
FROM audit_entry AS entry
CROSS JOIN LATERAL (
    SELECT count(DISTINCT answered.actor_id) AS people
    FROM audit_entry AS answered
    WHERE answered.case_id = entry.case_id AND answered.event = 'wider:answered' AND answered.at <= entry.at
      AND answered.actor_id <> entry.actor_id AND position('"approves":true' in answered.body) > 0
      AND {text_fact("view", "answered")} = {text_fact("view")}
) AS agreed
WHERE entry.event = 'wider:viewed' AND entry.at >= %(start)s AND entry.at < %(end)s AND {_OF_PROGRAMME}
  AND {is_counted()} AND agreed.people < CASE {number_fact("tier")}::int {_NEEDED} ELSE 1000000 END
"""


_SEEN = f"""
SELECT entry.at, entry.actor_id, entry.case_id, {number_fact("tier")}::int, {text_fact("reason")},
       ARRAY(SELECT DISTINCT answered.actor_id FROM audit_entry AS answered
             WHERE answered.case_id = entry.case_id AND answered.event = 'wider:answered' AND answered.at <= entry.at
               AND position('"approves":true' in answered.body) > 0
               AND {text_fact("view", "answered")} = {text_fact("view")} ORDER BY answered.actor_id)
FROM audit_entry AS entry
WHERE entry.event = 'wider:viewed' AND entry.at >= %(start)s AND entry.at < %(end)s AND {_OF_PROGRAMME}
  AND {is_counted()}
ORDER BY entry.at DESC LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at more than a face: who looked, and who had agreed to it. Ids of staff."""

    at: datetime
    person: str
    case_id: UUID
    tier: int
    reason: str
    agreed: list[str]

    @property
    def enough(self) -> bool:
        """Whether as many others agreed as the tier asks for."""
        return len(set(self.agreed) - {self.person}) >= MUST_AGREE.get(self.tier, len(TIERS) + 1)


@dataclass(frozen=True, slots=True)
class Tier:
    """What became of the requests for one tier in the window. `agreed` counts the pictures that were made."""

    tier: int
    asked: int
    agreed: int
    seen: int
    refused: int
    unanswered: int

    @property
    def label(self) -> str:
        return TIERS.get(self.tier, str(self.tier))


@dataclass(frozen=True, slots=True)
class Wider:
    """Every tier that was asked for, and how many looks had less leave than they needed."""

    tiers: list[Tier]
    without_leave: int

    @property
    def seen(self) -> int:
        return sum(tier.seen for tier in self.tiers)

    def __bool__(self) -> bool:
        return self.without_leave == 0


def seen(window: Window, limit: int = 100) -> list[Seen]:
    """The newest first, at most `limit`."""
    return [Seen(*found) for found in rows(_SEEN, window.parameters | {"limit": limit})]


def wider(window: Window) -> Wider:
    (without_leave,) = row(_WITHOUT_LEAVE, window.parameters)
    return Wider([Tier(*found) for found in rows(_BY_TIER, window.parameters)], without_leave)
