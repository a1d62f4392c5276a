"""Who works here and with which roles: for the administrator's screens. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from .models import RoleGrant, User
from .roles import GRANTS, MEANING, Permission, Role
from .rules import Person, Ruling, may_give_role, may_take_role


@dataclass(frozen=True, slots=True)
class Listed:
    """A person with the grants they hold now, oldest first."""

    user: User
    held: tuple[RoleGrant, ...]

    @property
    def facts(self) -> Person:
        return Person(self.user.pk, frozenset(Role(grant.role) for grant in self.held), self.user.is_active)


@dataclass(frozen=True, slots=True)
class RoleChoice:
    """A role as the giver sees it: whether it can be given or taken now, and if not, why."""

    role: Role
    meaning: str
    grant: RoleGrant | None
    ruling: Ruling


def everybody() -> tuple[Listed, ...]:
    """People with access first, then those whose access has ended; each by user name."""
    held = Prefetch("grants", _held(), to_attr="held_now")
    people = User.objects.prefetch_related(held).order_by("-is_active", "username")
    return tuple(Listed(user, tuple(getattr(user, "held_now"))) for user in people)  # noqa: B009 - the prefetch made it


def find(person_id: UUID) -> Listed | None:
    user = User.objects.filter(pk=person_id).first()
    return Listed(user, tuple(_held().filter(person=user))) if user else None


def who_may(permission: Permission) -> tuple[User, ...]:
    """Everybody with access whose roles hold the permission now, by user name."""
    roles = [role.value for role, granted in GRANTS.items() if permission in granted]
    holding = RoleGrant.objects.filter(role__in=roles, taken_at__isnull=True).values("person")
    return tuple(User.objects.filter(is_active=True, pk__in=holding).order_by("username"))


def history(person: User) -> tuple[RoleGrant, ...]:
    """Every grant the person ever held, newest first."""
    return tuple(RoleGrant.objects.filter(person=person).select_related("given_by", "taken_by").order_by("-given_at"))


def choices(asker: Person, listed: Listed) -> tuple[RoleChoice, ...]:
    """Each role with what the rules say about giving it, or, where it is held, about taking it."""
    grants = {Role(grant.role): grant for grant in listed.held}
    return tuple(
        RoleChoice(
            role,
            MEANING[role],
            grants.get(role),
            may_take_role(asker, listed.facts, role) if role in grants else may_give_role(asker, listed.facts, role),
        )
        for role in Role
    )


def _held() -> QuerySet[RoleGrant]:
    return RoleGrant.objects.filter(taken_at__isnull=True).select_related("given_by")
