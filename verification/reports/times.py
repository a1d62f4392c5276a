"""How long things took: the machine's answer, the wait for a person, and the person's handling. Seconds throughout.

Cases with a known answer are left out: nobody waits for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from .query import in_programme, row, rows
from .window import Window

# From the log, so that a case erased since still counts. A wait ends with the first claim on the case (fence 1).
_WAITS = f"""
    SELECT waited_seconds::double precision AS seconds FROM reports_claim
    WHERE taken_at >= %(start)s AND taken_at < %(end)s AND fence = 1 AND real AND {in_programme()}
"""

_HANDLING = f"""
    SELECT seconds::double precision FROM reports_claim
    WHERE decided_at >= %(start)s AND decided_at < %(end)s AND NOT undone AND real AND {in_programme()}
"""

_MACHINE = """
    SELECT extract(epoch FROM settled_at - COALESCE(captured_at, received_at))::double precision AS seconds
    FROM cases_case
    WHERE settled_at >= %(start)s AND settled_at < %(end)s AND NOT known
      AND (%(programme)s::uuid IS NULL OR programme_id = %(programme)s::uuid)
"""

_SPREAD = """
SELECT count(seconds), percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds),
       percentile_cont(0.95) WITHIN GROUP (ORDER BY seconds), max(seconds)
FROM ({}) AS times
"""

# Upper bounds in seconds, each a length of time that people call by a name of its own.
_BOUNDS = (60, 300, 900, 3_600, 14_400)
LABELS = ("under 1 min", "1–5 min", "5–15 min", "15–60 min", "1–4 h", "4 h or more")

_STEPS = f"""
SELECT width_bucket(seconds, ARRAY[{",".join(map(str, _BOUNDS))}]::double precision[]), count(*)
FROM ({_WAITS}) AS times GROUP BY 1
"""

_WAITING_NOW = """
SELECT count(*), min(item.queued_at)
FROM review_item AS item JOIN cases_case AS cases ON cases.id = item.case_id
WHERE item.state = 'waiting' AND NOT cases.known
  AND (%(programme)s::uuid IS NULL OR cases.programme_id = %(programme)s::uuid)
"""


@dataclass(frozen=True, slots=True)
class Spread:
    """Median, 95th percentile (`percentile_cont`: linear interpolation) and the longest; None of nothing."""

    count: int
    median: float | None
    p95: float | None
    longest: float | None


@dataclass(frozen=True, slots=True)
class Step:
    label: str
    cases: int


@dataclass(frozen=True, slots=True)
class WaitingNow:
    cases: int
    oldest_seconds: float | None


def waits(window: Window) -> Spread:
    """From entering the queue to the first claim, for waits that ended in the window. Whole seconds."""
    return _spread(_WAITS, window)


def handling(window: Window) -> Spread:
    """From the claim to the recorded decision. Whole seconds."""
    return _spread(_HANDLING, window)


def machine(window: Window) -> Spread:
    """From the capture's arrival to the end of its checks."""
    return _spread(_MACHINE, window)


def wait_steps(window: Window) -> list[Step]:
    """How many waits fell between each two bounds."""
    found = dict(rows(_STEPS, window.parameters))
    return [Step(label, found.get(step, 0)) for step, label in enumerate(LABELS)]


def waiting_now(window: Window, now: datetime | None = None) -> WaitingNow:
    """The queue at this moment; of the window only the programme counts."""
    cases, oldest = row(_WAITING_NOW, window.parameters)
    return WaitingNow(cases, ((now or timezone.now()) - oldest).total_seconds() if oldest else None)


def _spread(times: str, window: Window) -> Spread:
    return Spread(*row(_SPREAD.format(times), window.parameters))
