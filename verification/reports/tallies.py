"""Counting the log for the reports, right behind its publishing, so that no report has to read it from the start.

The tables of `models` hold the first N entries of the log and nothing else, where N is the size of a published
checkpoint; N is stored in the transaction that counts up to it. A report that reads them in one snapshot is therefore
computed from entries 0 … N-1, and anybody who has those entries can compute it again.

Counting twice is harmless: only entries from N on are read, under a lock on N. What is counted does not depend on the
steps in which it was. `RULES` is to be raised whenever something is counted differently; everything is then counted
anew, as it is when the time zone changes, whose hours these are.
"""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from verification.audit.models import SignedCheckpoint

from .models import ClaimSummary, Counted, EndedCase, HourCount, LookCount
from .query import is_real, number_fact, programme_of, text_fact

RULES = 2
# A step of counting holds its transaction for a second or two.
STEP = 50_000

# What tells entries of an event apart. An entry's actor has a `kind` too, so that fact is parsed.
_FACT = text_fact
_CODES = {
    "case:advanced": f"concat({_FACT('from')}, '>', {_FACT('to')})",
    "case:received": "split_part(split_part(body, '\"scopes\":[', 2), ']', 1)",
    "consent:given": "split_part(split_part(body, '\"scopes\":[', 2), ']', 1)",
    "capture:chosen": _FACT("choice"),
    "capture:ended": _FACT("end"),
    "capture:requested": _FACT("locale"),
    "checks:failed": _FACT("error"),
    "frame:opened": _FACT("purpose"),
    "hold:answered": _FACT("approves"),
    "incident:raised": "body::json -> 'facts' ->> 'kind'",
    "incident:closed": _FACT("outcome"),
    "wider:answered": "split_part(split_part(body, '\"approves\":', 2), ',', 1)",
    "role:given": _FACT("role"),
    "role:taken": _FACT("role"),
    "log:verified": _FACT("result"),
    "report:read": _FACT("report"),
    "report:made": _FACT("report"),
    "votes:fused": f"concat({_FACT('rule')}, '>', {_FACT('verdict')})",
}
_CODE = " ".join(f"WHEN '{event}' THEN {code}" for event, code in _CODES.items())

# One entry stands for many refused attempts beyond the first of a minute (see `audit.attempts`).
_TIMES = f"""CASE WHEN event = 'access:denied' OR event LIKE '%%:refused'
     THEN COALESCE({number_fact("times")}, 1) ELSE 1 END"""


def _batch(events: str = "TRUE") -> str:
    """SQL that names as `entry` what is to be counted, of the events that `events` lets through."""
    return f"""
WITH entry AS MATERIALIZED (
    SELECT leaf.index, logged.at, logged.event, logged.actor_kind, logged.actor_id, logged.case_id, logged.body,
           {programme_of("logged")} AS programme_id, {is_real("logged")} AS real
    FROM audit_leaf AS leaf JOIN audit_entry AS logged ON logged.id = leaf.entry_id
    WHERE leaf.index >= %(first)s AND leaf.index < %(size)s AND {events}
)
"""


# A capture session is an actor of its own; one line for each of them would be the log once more.
_HOURS = (
    _batch()
    + f"""
INSERT INTO reports_hour (hour, programme_id, real, event, actor_kind, actor_id, code, n)
SELECT date_trunc('hour', at, %(zone)s), programme_id, real, event, actor_kind,
       CASE actor_kind WHEN 'subject' THEN '' ELSE actor_id END,
       COALESCE(CASE event {_CODE} ELSE {_FACT("reason")} END, ''), sum({_TIMES})
FROM entry GROUP BY 1, 2, 3, 4, 5, 6, 7
ON CONFLICT (event, hour, programme_id, real, actor_kind, actor_id, code)
DO UPDATE SET n = reports_hour.n + EXCLUDED.n
"""
)

_LOOKS = (
    _batch("logged.event IN ('crop:viewed', 'wider:viewed')")
    + f"""
INSERT INTO reports_look (hour, claim, actor_id, case_id, programme_id, real, event, reason, looks, first_at)
SELECT date_trunc('hour', at, %(zone)s), COALESCE({_FACT("claim")}, ''), actor_id, case_id, programme_id, real, event,
       COALESCE({_FACT("reason")}, ''), count(*), min(at)
FROM entry GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
ON CONFLICT (claim, actor_id, case_id, hour, event, reason, programme_id, real)
DO UPDATE SET looks = reports_look.looks + EXCLUDED.looks, first_at = LEAST(reports_look.first_at, EXCLUDED.first_at)
"""
)

_OF_CLAIMS = (
    "claim:taken", "claim:ended", "decision:recorded", "decision:undone", "decision:counted", "decision:voided",
)  # fmt: skip


def _when(event: str, value: str) -> str:
    return f"min({value}) FILTER (WHERE event = '{event}')"


# The columns of a claim and what fills them. Of two entries about the same the lesser holds, whichever came first, so
# that the order and the steps of counting make no difference.
_CLAIM_FACTS = {
    "case_id": "min(case_id::text)::uuid",
    "programme_id": "min(programme_id::text)::uuid",
    "taken_at": _when("claim:taken", "at"),
    "taken_by": _when("claim:taken", "actor_id"),
    "fence": _when("claim:taken", f"{number_fact('fence')}::int"),
    "waited_seconds": _when("claim:taken", f"{number_fact('waited_seconds')}::int"),
    "ended_at": _when("claim:ended", "at"),
    '"end"': _when("claim:ended", _FACT("reason")),
    "decided_at": _when("decision:recorded", "at"),
    "decided_by": _when("decision:recorded", "actor_id"),
    "seconds": _when("decision:recorded", f"{number_fact('seconds')}::int"),
    "hasty": _when("decision:recorded", f"{number_fact('hasty')}::int"),
    "same_person": _when("decision:recorded", _FACT("same_person")),
    "alive": _when("decision:recorded", _FACT("alive")),
    "adjudicates": _when("decision:recorded", f"{number_fact('adjudicates')}::int"),
}
_CLAIM_SIGNS = {
    "real": "bool_and(real)",
    "undone": "bool_or(event = 'decision:undone')",
    "took_effect": "bool_or(event = 'decision:counted')",
    "voided": "bool_or(event = 'decision:voided')",
}
_JOINED = {"real": "AND", "undone": "OR", "took_effect": "OR", "voided": "OR"}

_CLAIMS = (
    _batch(f"logged.event IN ({', '.join(repr(event) for event in _OF_CLAIMS)})")
    + f"""
INSERT INTO reports_claim (claim, {", ".join((*_CLAIM_FACTS, *_CLAIM_SIGNS))})
SELECT COALESCE({_FACT("claim")}, ''), {", ".join((*_CLAIM_FACTS.values(), *_CLAIM_SIGNS.values()))}
FROM entry GROUP BY 1
ON CONFLICT (claim) DO UPDATE SET
    {", ".join(f"{name} = LEAST(reports_claim.{name}, EXCLUDED.{name})" for name in _CLAIM_FACTS)},
    {", ".join(f"{name} = reports_claim.{name} {_JOINED[name]} EXCLUDED.{name}" for name in _CLAIM_SIGNS)}
"""
)

# The first end counts: what comes after it, an erasure, does not undo how it ended.
_TO = text_fact("to", "logged")
_ENDED = (
    _batch(f"logged.event = 'case:advanced' AND {_TO} IN ('passed', 'decided', 'unresolved')")
    + f"""
INSERT INTO reports_ended (case_id, programme_id, real, ended_at, status, outcome)
SELECT DISTINCT ON (case_id) case_id, programme_id, real, at, {_FACT("to")}, COALESCE({_FACT("outcome")}, '')
FROM entry WHERE case_id IS NOT NULL ORDER BY case_id, index
ON CONFLICT (case_id) DO NOTHING
"""
)

_STATEMENTS = (_HOURS, _LOOKS, _CLAIMS, _ENDED)
TABLES = (HourCount, LookCount, ClaimSummary, EndedCase)


def count_published() -> int:
    """Count up to the next published checkpoint, or several of them within `STEP` entries. Returns how many entries.

    0 where nothing is to be counted, where another process counts, and where the log is shorter than what was counted:
    then it was set back, which the publishing says.
    """
    with transaction.atomic():
        state = _state()
        checkpoint = None if state is None else _next(state.size)
        if state is None or checkpoint is None:
            return 0
        _count(state.size, checkpoint.size)
        counted, state.size, state.checkpoint_id = checkpoint.size - state.size, checkpoint.size, checkpoint.pk
        state.save(update_fields=["size", "checkpoint_id"])
    return counted


def rebuild() -> int:
    """Throw the counts away and count everything that is published. Returns how many entries."""
    with transaction.atomic():
        Counted.objects.select_for_update().filter(pk=1).first()
        _empty()
    total = 0
    while counted := count_published():
        total += counted
    return total


def _state() -> Counted | None:
    """Locked; None while another process holds it. Counts by other rules or in other hours are thrown away first."""
    wanted: dict[str, Any] = {"zone": timezone.get_current_timezone_name(), "rules": RULES}
    Counted.objects.get_or_create(pk=1, defaults=wanted)
    state = Counted.objects.select_for_update(skip_locked=True).filter(pk=1).first()
    if state is not None and (state.zone, state.rules) != (wanted["zone"], wanted["rules"]):
        _empty()
        state = Counted.objects.select_for_update().get(pk=1)
    return state


def _empty() -> None:
    for table in TABLES:
        table.objects.all().delete()
    zone = timezone.get_current_timezone_name()
    Counted.objects.update_or_create(pk=1, defaults={"size": 0, "zone": zone, "rules": RULES, "checkpoint_id": None})


def _next(size: int) -> SignedCheckpoint | None:
    """The furthest checkpoint within a step, else the nearest; of two of one size the later, which is witnessed."""
    beyond = SignedCheckpoint.objects.filter(size__gt=size)
    within = beyond.filter(size__lte=size + STEP).order_by("-size", "-id").first()
    return within or beyond.order_by("size", "-id").first()


def _count(first: int, size: int) -> None:
    parameters: dict[str, Any] = {"first": first, "size": size, "zone": timezone.get_current_timezone_name()}
    with connection.cursor() as cursor:
        for statement in _STATEMENTS:
            cursor.execute(statement, parameters)
