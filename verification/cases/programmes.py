"""Programmes and their API keys. A key is shown once; what is kept cannot be turned back into it."""

from __future__ import annotations

import secrets
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.utils import timezone

from verification.audit import log
from verification.audit.events import Actor, Event

from . import pseudonyms
from .models import ApiKey, Programme

# Lets a scanner for leaked secrets recognise a key. 32 random bytes follow, as 43 characters of base64url.
KEY_PREFIX = "fvk_"
KEY_LENGTH = len(KEY_PREFIX) + 43


class InvalidProgramme(ValueError):
    """`errors` maps a field (`name`, `purpose`, `label`) to a sentence for the person who filled it in."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


def create_programme(actor: Actor, name: str, purpose: str) -> Programme:
    """Raises `InvalidProgramme`."""
    name, purpose = name.strip(), purpose.strip()
    _insist(name=_line(name, 80), purpose=_line(purpose, 200))
    try:
        with transaction.atomic():
            programme = Programme.objects.create(name=name, purpose=purpose)
            log.record(Event.PROGRAMME_CREATED, actor=actor, programme=str(programme.pk))
    except IntegrityError:
        raise InvalidProgramme({"name": "A programme of this name exists already."}) from None
    return programme


@transaction.atomic
def issue_key(actor: Actor, programme: Programme, label: str) -> tuple[ApiKey, str]:
    """The key's row, and the key itself, which nobody can see again. Raises `InvalidProgramme`."""
    label = label.strip()
    _insist(label=_line(label, 80))
    presented = KEY_PREFIX + secrets.token_urlsafe(32)
    key = ApiKey.objects.create(programme=programme, label=label, digest=_digest(presented))
    log.record(Event.KEY_CREATED, actor=actor, programme=str(programme.pk), key=str(key.pk))
    return key, presented


@transaction.atomic
def revoke_key(actor: Actor, key: ApiKey) -> bool:
    """From the next request on, the key opens nothing. False when it was revoked before."""
    if not ApiKey.objects.filter(pk=key.pk, revoked_at__isnull=True).update(revoked_at=timezone.now()):
        return False
    log.record(Event.KEY_REVOKED, actor=actor, programme=str(key.programme_id), key=str(key.pk))
    return True


def find_key(presented: str) -> ApiKey | None:
    """The living key that was presented, with its programme; None for every other text.

    The search goes by SHA-256, so its timing tells nothing about a key that the asker does not hold already.
    """
    key = _key_of(presented)
    return key if key is not None and key.revoked_at is None else None


def find_revoked(presented: str) -> ApiKey | None:
    """The revoked key that was presented: somebody still holds it, which the log should know."""
    key = _key_of(presented)
    return key if key is not None and key.revoked_at is not None else None


def _key_of(presented: str) -> ApiKey | None:
    if len(presented) != KEY_LENGTH or not presented.startswith(KEY_PREFIX):
        return None
    return ApiKey.objects.select_related("programme").filter(digest=_digest(presented)).first()


def subject_hash(programme: Programme, subject_ref: str) -> str:
    """How a subject of this programme is stored: 64 hexadecimal digits."""
    return pseudonyms.subject_pseudonym(programme.pk, subject_ref)


def _digest(presented: str) -> bytes:
    return sha256(presented.encode()).digest()


def _insist(**problems: str) -> None:
    errors = {field: sentence for field, sentence in problems.items() if sentence}
    if errors:
        raise InvalidProgramme(errors)


def _line(text: str, longest: int) -> str:
    """What is wrong with a line of text, or nothing. Control and direction characters could deceive a reader."""
    if not text:
        return "This cannot be empty."
    if len(text) > longest:
        return f"This can have at most {longest} characters."
    return "" if text.isprintable() else "This holds characters that cannot be seen."
