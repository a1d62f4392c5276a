"""Rules answer `Allowed` or `Denied(reason)`. They take facts, not models; one rule serves button, API and test."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from .roles import INCOMPATIBLE, Permission, Role, permissions_of


@dataclass(frozen=True, slots=True)
class Allowed:
    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Denied:
    """Truth value false; `reason` is a code, `sentence` is for a person."""

    reason: str
    sentence: str

    def __bool__(self) -> bool:
        return False


Ruling = Allowed | Denied


@dataclass(frozen=True, slots=True)
class Person:
    """The facts about a member of staff that rules need."""

    id: UUID
    roles: frozenset[Role]
    active: bool = True

    @property
    def permissions(self) -> frozenset[Permission]:
        return permissions_of(self.roles) if self.active else frozenset()


def may(person: Person, permission: Permission) -> Ruling:
    if permission in person.permissions:
        return Allowed()
    return Denied("role_missing", "Your role does not include this. An administrator can say who has it.")


def may_give_role(giver: Person, receiver: Person, role: Role) -> Ruling:
    allowed = may(giver, Permission.ROLE_GRANT)
    if not allowed:
        return allowed
    if giver.id == receiver.id:
        return Denied("own_role", "Nobody gives a role to themselves. Ask another administrator.")
    if not receiver.active:
        return Denied("person_inactive", "This person's access has ended. Restore it first.")
    if role in receiver.roles:
        return Denied("role_held", "This person has that role already.")
    for one, other in INCOMPATIBLE:
        if (role in one and receiver.roles & other) or (role in other and receiver.roles & one):
            return Denied(
                "role_conflict", "Those who look at faces, those who audit and those who manage are kept apart."
            )
    return Allowed()


def may_take_role(taker: Person, holder: Person, role: Role) -> Ruling:
    allowed = may(taker, Permission.ROLE_GRANT)
    if not allowed:
        return allowed
    if taker.id == holder.id:
        return Denied("own_role", "Nobody changes their own roles. Ask another administrator.")
    if role not in holder.roles:
        return Denied("role_not_held", "This person does not have that role.")
    return Allowed()
