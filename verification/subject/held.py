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
from verification.cases.models import Case
from verification.cases.states import CLOSED, CaseStatus
from verification.retention.schedule import held_until, media_due


@dataclass(frozen=True, slots=True)
class View:
    """One look of a member of staff, by the role that let them look; empty when that cannot be told any more."""

    role: str
    at: datetime
    reason: str


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
    looks = Entry.objects.filter(case_id=case.pk, event=Event.CROP_VIEWED.value).order_by("id")
    return [
        View(_role(UUID(look.actor_id), look.at), look.at, json.loads(look.body)["facts"]["reason"]) for look in looks
    ]


def _role(person_id: UUID, at: datetime) -> str:
    """The highest of the roles that let this person look at that time."""
    held = RoleGrant.objects.filter(person_id=person_id, given_at__lte=at).exclude(taken_at__lte=at)
    looking = [role for role in Role if Permission.CROP_LOOK in GRANTS[role]]
    roles = set(held.values_list("role", flat=True))
    return next((role.value for role in reversed(looking) if role.value in roles), "")
