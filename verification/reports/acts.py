"""How often something was done, from the counted log: a question that many reports ask about one event or another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from verification.audit.events import Event

from .query import in_programme, rows
from .window import Window

_ACTS = f"""
SELECT event, code, sum(n)::bigint FROM reports_hour
WHERE event = ANY(%(events)s) AND hour >= %(start)s AND hour < %(end)s AND real AND {in_programme()}
GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Acts:
    """Counts by event and by the code that tells its entries apart (see `tallies`). Known cases are left out."""

    counts: Counter[tuple[str, str]]

    def of(self, event: Event, code: str | None = None) -> int:
        """How often, with this code or with any."""
        return sum(n for (one, its), n in self.counts.items() if one == event and code in {None, its})

    def by_code(self, event: Event) -> list[tuple[str, int]]:
        """The commonest first."""
        found = [(code, n) for (one, code), n in self.counts.items() if one == event]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))


def acts(window: Window, events: Iterable[Event]) -> Acts:
    asked = window.parameters | {"events": [event.value for event in events]}
    return Acts(Counter({(event, code): n for event, code, n in rows(_ACTS, asked)}))
