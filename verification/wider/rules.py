"""Who may ask for which tier, and who may answer. One rule each for the button, the endpoint and the test."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from verification.access.roles import Permission, Role
from verification.access.rules import Allowed, Denied, Person, Ruling, may

from .models import Tier

APPROVERS = {Tier.FACE_AND_NECK: 1, Tier.FRAME: 2}
"""How many people other than the asker must agree."""


@dataclass(frozen=True, slots=True)
class Viewable:
    """What a case could show, as facts. `holds` are the tiers that its capture holds more than a face for.

    `told` is whether the person read, before the camera, what the programme allows now.
    """

    human_view: bool
    told: bool
    holds: frozenset[Tier]
    allowed: frozenset[Tier]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as its answerers meet it. `agreed` are the roles of each person who has said yes so far."""

    tier: Tier
    asked_by: UUID
    answered_by: frozenset[UUID]
    agreed: tuple[frozenset[Role], ...]
    # Why it can no longer be answered: a code, or empty while it can.
    over: str = ""


def may_ask(person: Person, tier: Tier, viewable: Viewable) -> Ruling:
    """Whether this tier may be asked for, shown or still be shown, whatever is asked already."""
    holds_role = may(person, Permission.WIDER_ASK)
    if not holds_role:
        return holds_role
    if tier is Tier.FRAME and not may(person, Permission.WIDER_ASK_FRAME):
        return Denied("senior_needed", "Only a senior reviewer asks for the whole frame.")
    if not viewable.human_view:
        return Denied("no_human_view", "The person did not agree that anybody looks at their picture.")
    if not viewable.told:
        return Denied("not_told", "The notice has changed since this person read it, so they were not told of this.")
    if tier not in viewable.holds:
        return Denied("nothing_wider", _nothing_wider(viewable))
    if tier not in viewable.allowed:
        return Denied("tier_off", "This programme does not allow it.")
    return Allowed()


def _nothing_wider(viewable: Viewable) -> str:
    if viewable.holds:
        return "This capture holds face and neck, and nothing wider."
    return "This capture holds only the face: there is nothing wider to see."


def may_answer(person: Person, asked: Asked, *, approves: bool) -> Ruling:
    holds_role = may(person, Permission.WIDER_APPROVE)
    if not holds_role:
        return holds_role
    if person.id == asked.asked_by:
        return Denied("own_request", "Nobody answers their own request. Somebody else must.")
    if person.id in asked.answered_by:
        return Denied("answered_before", "You have answered this request already.")
    if asked.over:
        return Denied(asked.over, _OVER.get(asked.over, "This request is over. Nothing was changed."))
    if approves and _lacks_officer(person, asked):
        return Denied("risk_officer_needed", "A reviewer has agreed already; the other one must be a risk officer.")
    return Allowed()


_OVER = {
    "unanswered": "The time to answer this request is over.",
    "withdrawn": "The request was withdrawn.",
    "claim_ended": "The asker's time with this case is over, and the request with it.",
    "not_allowed": "This is not allowed any more: the programme or the asker's role has changed.",
    "answered": "Somebody else answered this request first.",
    "refused": "Somebody else refused this request.",
}


def _lacks_officer(person: Person, asked: Asked) -> bool:
    """The whole frame needs a yes from outside the reviewers' own team.

    A risk officer never sees a face, has no queue to empty and reads the log: two seniors who work side by side could
    wave each other's requests through, and neither would be asked about it.
    """
    agreed = (*asked.agreed, person.roles)
    return len(agreed) >= APPROVERS[asked.tier] > 1 and not any(Role.RISK_OFFICER in roles for roles in agreed)
