"""Adding people and ending their access. Passwords given by an administrator are random and shown once."""

from __future__ import annotations

import secrets

from django.db import IntegrityError, transaction

from verification.audit import log
from verification.audit.events import OPERATOR, Actor, Event

from .assignment import Refused, facts_about
from .models import User
from .roles import Permission
from .rules import Denied, may


class UsernameTaken(ValueError):
    """Somebody has that user name already, perhaps with another capitalisation."""


def random_password() -> str:
    """Twenty characters of 62: about 119 bits."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    return "".join(secrets.choice(alphabet) for _ in range(20))


def add_person(adder: User, username: str, display_name: str) -> tuple[User, str]:
    """A new person without any role, and a password to hand over. Raises `Refused`, `UsernameTaken`."""
    _insist(adder)
    return _add(username, display_name, Actor.person(adder.pk))


def install_person(username: str, display_name: str) -> tuple[User, str]:
    """The same from the machine's command line. Raises `UsernameTaken`."""
    return _add(username, display_name, OPERATOR)


@transaction.atomic
def _add(username: str, display_name: str, actor: Actor) -> tuple[User, str]:
    if User.objects.filter(username__iexact=username).exists():
        raise UsernameTaken(username)
    password = random_password()
    try:
        with transaction.atomic():
            person = User.objects.create_user(username, password, display_name=display_name)
    except IntegrityError:
        raise UsernameTaken(username) from None
    log.record(Event.PERSON_ADDED, actor=actor, person=str(person.pk))
    return person, password


@transaction.atomic
def deactivate(adder: User, person: User) -> None:
    """End all access at once; roles and history stay. Raises `Refused`."""
    _insist_on_another(adder, person)
    User.objects.filter(pk=person.pk).update(is_active=False)
    log.record(Event.PERSON_DEACTIVATED, actor=Actor.person(adder.pk), person=str(person.pk))


@transaction.atomic
def reactivate(adder: User, person: User) -> None:
    """Undo `deactivate`. Raises `Refused`."""
    _insist_on_another(adder, person)
    User.objects.filter(pk=person.pk).update(is_active=True)
    log.record(Event.PERSON_REACTIVATED, actor=Actor.person(adder.pk), person=str(person.pk))


@transaction.atomic
def reset_password(adder: User, person: User) -> str:
    """A new random password; every session of the person ends. Raises `Refused`."""
    _insist_on_another(adder, person)
    return _new_password(person, Actor.person(adder.pk))


def change_email(person: User, address: str, *, wants_email: bool) -> None:
    """Where the person has their notices sent, and whether they are. Their own wish, so not on the record."""
    person.email, person.wants_email = address, wants_email and bool(address)
    person.save(update_fields=["email", "wants_email"])


@transaction.atomic
def renew_password(username: str) -> str:
    """The same from the machine's command line. Raises `User.DoesNotExist`."""
    return _new_password(User.objects.get(username=username), OPERATOR)


def _new_password(person: User, actor: Actor) -> str:
    password = random_password()
    person.set_password(password)
    person.save(update_fields=["password"])
    log.record(Event.PASSWORD_RESET, actor=actor, person=str(person.pk))
    return password


def _insist(adder: User) -> None:
    ruling = may(facts_about(adder), Permission.PERSON_MANAGE)
    if isinstance(ruling, Denied):
        raise Refused(ruling)


def _insist_on_another(adder: User, person: User) -> None:
    _insist(adder)
    if adder.pk == person.pk:
        raise Refused(Denied("own_account", "Nobody changes their own access. Ask another administrator."))
