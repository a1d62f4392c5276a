"""Who may answer a request for a legal hold: anybody with the right, save those whose wish it was."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from verification.access.roles import Permission
from verification.access.rules import Allowed, Denied, Person, Ruling, may


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked for the hold, and who raised the worry that it belongs to."""

    asked_by: UUID
    raised_by: UUID


def may_answer_hold(person: Person, asked: Asked) -> Ruling:
    """The same for yes and no: whoever asked has `release` for taking it back."""
    allowed = may(person, Permission.HOLD_APPROVE)
    if not allowed:
        return allowed
    if person.id == asked.asked_by:
        return Denied("own_request", "You asked for this hold, so a second person answers.")
    if person.id == asked.raised_by:
        return Denied("own_worry", "You raised this worry, so a second person answers.")
    return Allowed()
