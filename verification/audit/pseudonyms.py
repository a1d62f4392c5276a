"""The name that a case has in the log, and how it is cut from the case.

A name is `SHA-256(key || case id)`, cut to 16 bytes, under 32 random bytes that only a row of `audit_pseudonym` holds.
With the key anybody can check that a name belongs to a case, and nobody can make it belong to another one. Erasing
shreds the key together with the case's id: what is left is a name of nobody, under which the reports count on.

The person in front of the camera acts under the same name, so no id of their session stands in the log either. Facts
may name a claim, a vote, a view, an incident or a hold; the rows of these are gone when the name is cut.
"""

from __future__ import annotations

import secrets
from functools import lru_cache
from hashlib import sha256
from time import monotonic
from uuid import UUID

from django.db import connection
from django.db.models import OuterRef, QuerySet

from .models import Entry, Pseudonym

KEY_BYTES = 32
# Writing an entry must cost no more than writing it, so a process remembers the names that it used within this time.
_REMEMBERED_FOR = 60.0
_MOST_REMEMBERED = 1_024

_NAME = "SELECT name, key FROM audit_pseudonym WHERE case_id = %s"

_forget_after = 0.0


class Name(UUID):
    """A name in the log, as a type of its own, so that it is never looked up as if it were the id of a case."""


class Unnamed(LookupError):
    """The case has no name (any more)."""


class Forged(RuntimeError):
    """The name that stands beside a case in the database does not come from its key: somebody put it there."""


def give(case_id: UUID, *, programme_id: UUID, counted: bool) -> Name:
    """Name a new case, in the transaction that makes it. What is not `counted` came from nobody and is in no report."""
    key = secrets.token_bytes(KEY_BYTES)
    name = name_under(key, case_id)
    Pseudonym.objects.create(name=name, key=key, case_id=case_id, programme_id=programme_id, counted=counted)
    return name


def name_under(key: bytes, case_id: UUID) -> Name:
    """Both have a fixed length, so a plain hash of the two is as good as a keyed one, and the database can check it."""
    return Name(bytes=sha256(key + case_id.bytes).digest()[:16])


def name_of(case_id: UUID | str) -> Name | None:
    """The case's name as it stands now; None once it is cut. Raises `Forged`."""
    try:
        return _read(str(case_id))
    except Unnamed:
        return None


def remembered_name_of(case_id: UUID | str) -> Name | None:
    """The same for writing an entry, from memory where it can be. Names never change; a cut one is known on for a
    minute at most, in the processes that used it, and what they still write goes where it belongs."""
    global _forget_after  # noqa: PLW0603 - one memory for the process
    if monotonic() > _forget_after:
        forget()
        _forget_after = monotonic() + _REMEMBERED_FOR
    try:
        return _remembered(str(case_id))
    except Unnamed:
        return None


def entries_of(case_id: UUID | str) -> QuerySet[Entry]:
    """The entries about a case; none once its name is cut. Raises `Forged`."""
    name = name_of(case_id)
    return Entry.objects.none() if name is None else Entry.objects.filter(case_id=name)


def entries_of_each(column: str) -> QuerySet[Entry]:
    """The entries about the case of an outer query, whose id is in this column; for `Exists`."""
    named = Pseudonym.objects.filter(case_id=OuterRef(OuterRef(column)))
    return Entry.objects.filter(case_id__in=named.values("name"))


def shred(case_id: UUID) -> bool:
    """Cut the name from the case, for ever. False when it was cut before."""
    forget()
    return bool(Pseudonym.objects.filter(case_id=case_id).update(case_id=None, key=None, leaving=False))


def leave_later(case_id: UUID) -> None:
    """The case is erased, and something about it is still kept and still on the record: its name is cut after that."""
    Pseudonym.objects.filter(case_id=case_id).update(leaving=True)


def leaving(limit: int) -> list[UUID]:
    """Erased cases whose name is still to be cut."""
    waiting = Pseudonym.objects.filter(leaving=True, case_id__isnull=False)
    return [case_id for case_id in waiting.values_list("case_id", flat=True)[:limit] if case_id is not None]


def forget() -> None:
    _remembered.cache_clear()


def _read(case_id: str) -> Name:
    """Raises `Unnamed`, `Forged`."""
    with connection.cursor() as cursor:
        cursor.execute(_NAME, [case_id])
        found = cursor.fetchone()
    if found is None:
        raise Unnamed
    name, key = found
    own = UUID(case_id)
    if name != (name_under(bytes(key), own) if key else own):
        raise Forged("The name of this case in the log is not its own. Nothing is read or written by it.")
    return Name(int=name.int)


_remembered = lru_cache(maxsize=_MOST_REMEMBERED)(_read)
