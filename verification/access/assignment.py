"""Giving and taking roles, and reading who holds which. Every change is audited in its own transaction."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from verification.audit import log
from verification.audit.events import OPERATOR, Actor, Event

from .models import RoleGrant, User
from .roles import Permission, Role
from .rules import Denied, Person, Ruling, may, may_give_role, may_take_role


class Refused(Exception):
    """A rule said no. `ruling` says why."""

    def __init__(self, ruling: Denied) -> None:
        super().__init__(ruling.sentence)
        self.ruling = ruling


def facts_about(user: User) -> Person:
    """Read from the database each time, so that a role taken away is gone at the next request."""
    held = RoleGrant.objects.filter(person_id=user.pk, taken_at__isnull=True).values_list("role", flat=True)
    return Person(id=user.pk, roles=frozenset(Role(role) for role in held), active=user.is_active)


def facts_about_each(users: Iterable[User]) -> dict[UUID, Person]:
    """The same of several people by their ids, in one question."""
    people = {user.pk: user for user in users}
    roles: dict[UUID, set[Role]] = {pk: set() for pk in people}
    held = RoleGrant.objects.filter(person_id__in=people, taken_at__isnull=True)
    for pk, role in held.values_list("person_id", "role"):
        roles[pk].add(Role(role))
    return {pk: Person(pk, frozenset(roles[pk]), user.is_active) for pk, user in people.items()}


def insist_on(user: User, permission: Permission) -> None:
    """Raises `Refused` unless the person's roles hold the permission now."""
    _insist(may(facts_about(user), permission))


@transaction.atomic
def give_role(giver: User, receiver: User, role: Role) -> RoleGrant:
    """Raises `Refused`."""
    _lock(receiver.pk)
    _insist(may_give_role(facts_about(giver), facts_about(receiver), role))
    return _give(receiver, role, giver, Actor.person(giver.pk))


@transaction.atomic
def appoint(receiver: User, role: Role) -> RoleGrant:
    """Give a role from the machine's command line, where no administrator exists yet. Audited as the operator's."""
    return _give(receiver, role, None, OPERATOR)


def _give(receiver: User, role: Role, giver: User | None, actor: Actor) -> RoleGrant:
    try:
        with transaction.atomic():
            grant = RoleGrant.objects.create(person=receiver, role=role.value, given_by=giver)
    except IntegrityError:
        raise Refused(Denied("role_held", "This person has that role already.")) from None
    log.record(Event.ROLE_GIVEN, actor=actor, person=str(receiver.pk), role=role.value)
    return grant


@transaction.atomic
def take_role(taker: User, holder: User, role: Role) -> None:
    """Raises `Refused`."""
    _lock(holder.pk)
    _insist(may_take_role(facts_about(taker), facts_about(holder), role))
    RoleGrant.objects.filter(person=holder, role=role.value, taken_at__isnull=True).update(
        taken_at=timezone.now(), taken_by=taker
    )
    log.record(Event.ROLE_TAKEN, actor=Actor.person(taker.pk), person=str(holder.pk), role=role.value)


def _lock(person_id: UUID) -> None:
    """One change of a person's roles at a time, or two administrators could give two roles that exclude each other."""
    User.objects.select_for_update().get(pk=person_id)


def _insist(ruling: Ruling) -> None:
    if isinstance(ruling, Denied):
        raise Refused(ruling)
