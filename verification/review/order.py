"""WHICH CASE COMES NEXT, AND TO WHOM: the whole order of the queue as one statement.

    1. cases to be looked at with care (a sign that the person may not be well or not be free)
    2. cases kept for this reviewer: a colleague handed them over, or they put them aside themselves
    3. for seniors: cases handed to any senior
    4. for seniors: cases on which votes or evidence differ
    5. everything else; within each of these the smallest priority, then the oldest due

Why 3 and 4 come before 5: only a senior can do them, and anybody can do the rest. A senior who began with the rest
would leave them to nobody, and the person of such a case has waited through a colleague's whole look already.

A case never comes to somebody who voted on it, whose own enrolment it is, or who skipped it a while ago. What is kept
for somebody else comes when that time is over, or at once when they could not take it (`_ABLE`): whoever hands a case
over cannot learn from its course that the receiver has voted on it.

Each of the five is a query of its own over a partial index of waiting rows. PostgreSQL evaluates a WITH query only as
far as its rows are fetched, so the first one that finds a case is the last one that runs, and locks one row.

`OFFSET 0` keeps each exclusion a look at a few index entries of one row. Without it the planner may turn one into a
hash of every vote or case there ever was, which cost 25 ms of 30 at 100,000 cases and grows with the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from verification.access.models import User
from verification.access.roles import GRANTS, Permission
from verification.access.rules import Person

CARE_PRIORITY = 10

_NOT_BARRED = """
    NOT EXISTS (
        SELECT 1 FROM review_vote AS vote
        WHERE vote.case_id = item.case_id AND vote.reviewer_id = {person} AND vote.state IN ('pending', 'counted')
        OFFSET 0
    )
    AND NOT EXISTS (
        SELECT 1 FROM review_own_enrolment AS own JOIN cases_case AS cases USING (programme_id, subject)
        WHERE own.person_id = {person} AND cases.id = item.case_id
        OFFSET 0
    )
"""

_FREE = f"item.state = 'waiting' AND {_NOT_BARRED.format(person='%(taker)s')}"

_OF_A_STAGE = "(item.stage = 'vote' OR %(settles)s)"

_NOT_SKIPPED = """
    NOT EXISTS (
        SELECT 1 FROM review_skip AS skip
        WHERE skip.item_id = item.case_id AND skip.reviewer_id = %(taker)s AND skip.until > %(now)s
        OFFSET 0
    )
"""

_KEPT_FOR_TAKER = "(item.handed_to_id = %(taker)s AND item.handed_until > %(now)s)"
_KEPT_FOR_SENIORS = "(%(settles)s AND item.handed_to_id IS NULL AND item.handed_until > %(now)s)"

_ABLE = f"""
    EXISTS (
        SELECT 1 FROM access_role_grant AS held JOIN access_user AS keeper ON keeper.id = held.person_id
        WHERE held.person_id = item.handed_to_id AND held.taken_at IS NULL AND keeper.is_active
          AND held.role = ANY(CASE item.stage WHEN 'vote' THEN %(reviewing)s::text[] ELSE %(settling)s::text[] END)
        OFFSET 0
    )
    AND {_NOT_BARRED.format(person="item.handed_to_id")}
"""

# Whether it is kept for nobody, or for somebody who could not take it.
_KEPT_FOR_NOBODY = f"""
    (item.handed_until IS NULL OR item.handed_until <= %(now)s
     OR (item.handed_to_id IS NOT NULL AND NOT ({_ABLE})))
"""

# Somebody to whom a case is handed gets it even where they skipped it before, or gave it away: they are asked by name.
_STEPS: dict[str, str] = {
    "care": f"""item.priority <= {CARE_PRIORITY} AND {_OF_A_STAGE}
        AND ({_KEPT_FOR_TAKER} OR ({_NOT_SKIPPED} AND ({_KEPT_FOR_SENIORS} OR {_KEPT_FOR_NOBODY})))""",
    "kept": f"{_KEPT_FOR_TAKER} AND {_OF_A_STAGE}",
    "for_seniors": f"{_KEPT_FOR_SENIORS} AND {_NOT_SKIPPED}",
    "differing": f"%(settles)s AND item.stage = 'adjudication' AND {_KEPT_FOR_NOBODY} AND {_NOT_SKIPPED}",
    "others": f"{_OF_A_STAGE} AND {_KEPT_FOR_NOBODY} AND {_NOT_SKIPPED}",
}


def _step(name: str, condition: str, lock: str) -> str:
    return f"""{name} AS (
        SELECT item.case_id, item.handed_until FROM review_item AS item WHERE {condition} AND {_FREE}
        ORDER BY item.priority, item.due_at LIMIT 1 {lock}
    )"""


def _first(lock: str) -> str:
    steps = ", ".join(_step(name, condition, lock) for name, condition in _STEPS.items())
    union = " UNION ALL ".join(f"SELECT case_id, handed_until FROM {name}" for name in _STEPS)
    return f"WITH {steps}, first AS ({union} LIMIT 1)"


TAKE = f"""
{_first("FOR UPDATE OF item SKIP LOCKED")}
UPDATE review_item AS item SET state = 'claimed', fence = fence + 1, handed_to_id = NULL, handed_until = NULL
FROM first WHERE item.case_id = first.case_id
RETURNING item.case_id, item.fence, item.queued_at, first.handed_until IS NOT NULL
"""

LOOK = f"""
{_first("")}
SELECT cases.kind, programme.name, item.flag, item.due_at
FROM first JOIN review_item AS item USING (case_id) JOIN cases_case AS cases ON cases.id = item.case_id
JOIN cases_programme AS programme ON programme.id = cases.programme_id
"""


def parameters(reviewer: User, facts: Person, now: datetime | None = None) -> Mapping[str, Any]:
    """For both statements."""
    return {
        "taker": reviewer.pk,
        "settles": Permission.CASE_ADJUDICATE in facts.permissions,
        "now": now or timezone.now(),
        "reviewing": _roles_with(Permission.CASE_REVIEW),
        "settling": _roles_with(Permission.CASE_ADJUDICATE),
    }


def _roles_with(permission: Permission) -> list[str]:
    return [role.value for role, granted in GRANTS.items() if permission in granted]
