"""Who an opaque actor id is. A risk officer may know staff by name; the person in the picture has no name here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from verification.access.models import RoleGrant, User
from verification.access.roles import Role
from verification.cases.models import ApiKey

from .cells import plain
from .wording import MACHINES


@dataclass(frozen=True, slots=True)
class Held:
    """A role and the time for which it was held."""

    role: str
    given_at: datetime
    taken_at: datetime | None

    def at(self, moment: datetime) -> bool:
        return self.given_at <= moment and (self.taken_at is None or moment < self.taken_at)


@dataclass(frozen=True, slots=True)
class Named:
    """An actor for a page: a harmless name, what it is, and the first eight characters of its id."""

    name: str
    what: str
    short_id: str


@dataclass(frozen=True, slots=True)
class Directory:
    """Names and roles of the actors of one page or batch, read in three queries."""

    people: dict[str, str]
    roles: dict[str, list[Held]]
    keys: dict[str, str]

    def named(self, kind: str, actor_id: str, at: datetime) -> Named:
        """The actor as it was `at` that time: roles change, the log does not."""
        if kind == "machine":
            return Named(MACHINES.get(actor_id, plain(actor_id)), "machine", "")
        if kind == "relying_party":
            return Named(self.keys.get(actor_id, "Unknown key"), "relying party", actor_id[:8])
        if kind == "subject":
            return Named("The person in the picture", "known by the name of their case alone", actor_id[:8])
        return Named(self.people.get(actor_id, "Unknown person"), self._roles(actor_id, at), actor_id[:8])

    def _roles(self, actor_id: str, at: datetime) -> str:
        held = [Role(grant.role).label for grant in self.roles.get(actor_id, []) if grant.at(at)]
        return ", ".join(held) or "no role"


def directory(ids: Iterable[str]) -> Directory:
    """Look up every id that has the form of one."""
    wanted = [found for found in map(_uuid, set(ids)) if found]
    grants: dict[str, list[Held]] = {}
    for grant in RoleGrant.objects.filter(person_id__in=wanted):
        grants.setdefault(str(grant.person_id), []).append(Held(grant.role, grant.given_at, grant.taken_at))
    people = {str(user.pk): plain(str(user)) for user in User.objects.filter(pk__in=wanted)}
    keys = ApiKey.objects.filter(pk__in=wanted).select_related("programme")
    return Directory(people, grants, {str(key.pk): plain(f"{key.programme.name}: {key.label}") for key in keys})


def everybody() -> list[tuple[str, str]]:
    """(id, name) of every member of staff, for choosing one."""
    return [(str(user.pk), plain(str(user))) for user in User.objects.order_by("display_name", "username")]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
