"""What people agreed to, one scope at a time, what they did not, and how many went another way.

From the cases and the capture sessions of the window. An erasure leaves both, without what they said of a person.
"""

from __future__ import annotations

from dataclasses import dataclass

from verification.cases.scopes import REQUIRED, Scope
from verification.cases.states import CapturedBy

from .query import in_programme, row, rows
from .window import Window

_SCOPES = f"""
SELECT captured_by, count(*) FILTER (WHERE scopes <> '[]'), {{}}
FROM cases_case
WHERE received_at >= %(start)s AND received_at < %(end)s AND NOT known AND {in_programme()}
GROUP BY captured_by
""".format(", ".join(f"count(*) FILTER (WHERE scopes ? '{scope.value}')" for scope in Scope))

_SESSIONS = f"""
SELECT count(*), count(opened_at), count(*) FILTER (WHERE chosen = 'camera'),
       count(*) FILTER (WHERE chosen = 'other_way'),
       count(*) FILTER (WHERE chosen = 'camera' AND cases.scopes <> '[]'),
       count(*) FILTER (WHERE session."end" = 'captured'), count(*) FILTER (WHERE session."end" = 'expired'),
       count(*) FILTER (WHERE session."end" = 'withdrawn'), count(*) FILTER (WHERE session.ended_at IS NULL)
FROM capture_session AS session JOIN cases_case AS cases ON cases.id = session.case_id
WHERE session.created_at >= %(start)s AND session.created_at < %(end)s AND {in_programme("cases.programme_id")}
"""


@dataclass(frozen=True, slots=True)
class Given:
    """Of `cases` for which anything was agreed to, how many agreed to this scope. `asked_by` is who asked the person:
    our capture page, or the relying party, which passes on what it was told."""

    asked_by: CapturedBy
    scope: Scope
    cases: int
    given: int

    @property
    def refused(self) -> int | None:
        """How many did not agree. Not told of the voice, which only some programmes ask for."""
        return None if self.scope is Scope.VOICE else self.cases - self.given

    @property
    def required(self) -> bool:
        return self.scope in REQUIRED


@dataclass(frozen=True, slots=True)
class Invitations:
    """Capture sessions that were made in the window, and what became of them."""

    sent: int
    opened: int
    camera: int
    other_way: int
    agreed: int
    captured: int
    expired: int
    withdrawn: int
    open: int


def given(window: Window) -> list[Given]:
    """By who asked, in the order of the scopes; nothing for those who asked nobody."""
    found = {asked_by: counts for asked_by, *counts in rows(_SCOPES, window.parameters)}
    return [
        Given(asked_by, scope, found[asked_by][0], found[asked_by][1 + place])
        for asked_by in CapturedBy
        if asked_by in found and found[asked_by][0]
        for place, scope in enumerate(Scope)
        if asked_by is CapturedBy.CAPTURE_PAGE or scope is not Scope.VOICE
    ]


def invitations(window: Window) -> Invitations:
    return Invitations(*row(_SESSIONS, window.parameters))
