"""What is held about a person: facts and times, who looked by role, and never a picture, a name or a score."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from verification.access.models import RoleGrant
from verification.access.roles import GRANTS, Permission, Role
from verification.audit.events import Event
from verification.audit.models import Entry
from verification.audit.pseudonyms import entries_of
from verification.cases.models import Case
from verification.cases.states import CLOSED, CaseStatus
from verification.retention.schedule import held_until, media_due

# Why somebody looked, as long as no more may be told.
_ANY_REASON = "review"


@dataclass(frozen=True, slots=True)
class View:
    """One look of a member of staff, by the role that let them look; empty when that cannot be told any more.

    `tier` is 0 for a look at the face. A wider one has the roles of those who `agreed` to it.
    """

    role: str
    at: datetime
    reason: str
    tier: int = 0
    agreed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """`media_until` is when pictures are destroyed at the latest; None when they are destroyed.

    `kept_until` is the end of the legal hold that alone keeps them any longer. So it is said of a closed case and not
    of an open one: somebody who forces the person may be reading too, and must not learn of a worry as it is raised.
    """

    status: str
    outcome: str
    media_until: datetime | None
    kept_until: datetime | None
    views: tuple[View, ...]

    @property
    def state(self) -> str:
        """The status, with `_held` where a legal hold keeps the pictures."""
        return f"{self.status}_held" if self.kept_until else self.status

    @property
    def may_withdraw(self) -> bool:
        """Consent can be taken back while something would still be done under it."""
        return CaseStatus(self.status) not in CLOSED

    @property
    def may_erase(self) -> bool:
        return self.status != CaseStatus.ERASED


def held_about(case: Case) -> Held:
    """Read from the case and the log, as they stand now."""
    return Held(case.status, case.outcome, media_due(case), held_until(case), tuple(_views(case)))


def _views(case: Case) -> list[View]:
    seen = [Event.CROP_VIEWED.value, Event.WIDER_VIEWED.value]
    looks = entries_of(case.pk).filter(event__in=seen).order_by("id")
    closed = CaseStatus(case.status) in CLOSED
    return [_wider(look) if closed and look.event == Event.WIDER_VIEWED else _look(look) for look in looks]


def _look(look: Entry) -> View:
    """A look as any other. A wider one is told as that until the case is closed, and then in full.

    Its reason may be a worry that somebody harms or forces the person, and whoever does may read this page with them.
    """
    reason = json.loads(look.body)["facts"]["reason"] if look.event == Event.CROP_VIEWED else _ANY_REASON
    return View(_role(UUID(look.actor_id), look.at, Permission.CROP_LOOK), look.at, reason)


def _wider(look: Entry) -> View:
    facts = json.loads(look.body)["facts"]
    agreed = tuple(_role(UUID(person), look.at, Permission.WIDER_APPROVE) for person in facts["approvers"])
    role = _role(UUID(look.actor_id), look.at, Permission.WIDER_ASK)
    return View(role, look.at, facts["reason"], facts["tier"], agreed)


def _role(person_id: UUID, at: datetime, permission: Permission) -> str:
    """The highest of this person's roles that allowed it at that time."""
    held = RoleGrant.objects.filter(person_id=person_id, given_at__lte=at).exclude(taken_at__lte=at)
    allowing = [role for role in Role if permission in GRANTS[role]]
    roles = set(held.values_list("role", flat=True))
    return next((role.value for role in reversed(allowing) if role.value in roles), "")
