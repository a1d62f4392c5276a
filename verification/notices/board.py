"""The board of notices: what waits for whom, until it is read, done by somebody, or forgotten.

A notice is put up in the transaction of the change that it speaks of, so neither exists without the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from verification.access.models import User

from . import mail
from .models import Notice

KEPT_FOR = timedelta(days=30)
_BATCH = 1000


def notify(kind: Notice.Kind, subject: object, to: Iterable[User]) -> int:
    """Tell these people, once: a second notice of the kind about the same subject changes nothing.

    `subject` is the opaque id of what it is about. People whose access has ended are told nothing. Returns how many
    were told now. Those who wish for an e-mail get one after the commit.
    """
    about = str(subject)
    told = set(Notice.objects.filter(kind=kind, subject=about).values_list("to_id", flat=True))
    new = {person.pk for person in to if person.is_active} - told
    # Somebody may put up the same at this very moment; then theirs stays.
    Notice.objects.bulk_create(
        [Notice(to_id=person, kind=kind, subject=about) for person in new], ignore_conflicts=True
    )
    if new:
        transaction.on_commit(partial(mail.ring_about, kind, about), robust=True)
    return len(new)


def settle(kind: Notice.Kind, subject: object) -> int:
    """What these notices asked for is done, or over, for everybody who was told. Safe to repeat."""
    open_ones = Notice.objects.filter(kind=kind, subject=str(subject), settled_at__isnull=True)
    return open_ones.update(settled_at=timezone.now())


def take_down(subject: object) -> int:
    """Of what is erased, not even the notice stays that something waited. Returns how many went."""
    return Notice.objects.filter(subject=str(subject)).delete()[0]


def open_for(person: User) -> QuerySet[Notice]:
    """What is neither read nor settled, newest first."""
    return Notice.objects.filter(to=person, read_at__isnull=True, settled_at__isnull=True)


def all_for(person: User) -> QuerySet[Notice]:
    """Everything that is not forgotten yet, newest first."""
    return Notice.objects.filter(to=person)


def mark_read(person: User, notice_id: UUID) -> Notice | None:
    """The person's notice, read from now on; None when they have no such notice."""
    Notice.objects.filter(pk=notice_id, to=person, read_at__isnull=True).update(read_at=timezone.now())
    return Notice.objects.filter(pk=notice_id, to=person).first()


def mark_all_read(person: User) -> int:
    return open_for(person).update(read_at=timezone.now())


def forget_old() -> int:
    """Let notices die after `KEPT_FOR`, whether or not anybody read them."""
    old = Notice.objects.filter(at__lt=timezone.now() - KEPT_FOR).order_by("at").values("pk")[:_BATCH]
    return Notice.objects.filter(pk__in=old).delete()[0]
