"""Where sealed bytes lie: Django's storage ``media`` (file system or S3), under random names that say nothing.

Only sealed bytes come here. An object is written before the row that knows it, so that a row never promises what is
not there; the price is that a failure in between leaves an object without a row, which ``orphans`` finds by age.
"""

import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.utils import timezone

from verification.vault.models import SealedMedia


class StorageFailed(Exception):
    """The storage refused or lost an object. Carries no name and no path."""


def media_storage() -> Storage:
    return storages["media"]


def write(sealed: bytes) -> str:
    """Store sealed bytes; returns the name under which they lie. Raises ``StorageFailed``."""
    token = secrets.token_hex(24)
    try:
        return media_storage().save(f"{token[:2]}/{token}", ContentFile(sealed))
    except Exception as problem:
        # Each storage has its own exceptions (OSError, botocore's); to the caller they all mean the same.
        raise StorageFailed("The media storage did not take an object.") from problem


def read(name: str) -> bytes:
    """The bytes under a name. Raises ``FileNotFoundError`` or ``StorageFailed``."""
    try:
        with media_storage().open(name) as stored:
            content = stored.read()
    except FileNotFoundError:
        raise FileNotFoundError("The object is gone.") from None
    except Exception as problem:
        raise StorageFailed("The media storage did not give an object.") from problem
    return bytes(content)


def delete(name: str) -> None:
    """Remove an object; one that is already gone counts as removed. Raises ``StorageFailed``."""
    try:
        media_storage().delete(name)
    except FileNotFoundError:
        return
    except Exception as problem:
        raise StorageFailed("The media storage did not delete an object.") from problem


def discard(names: list[str]) -> None:
    """Remove objects that no row knows, as far as the storage lets us; the rest are found as orphans."""
    for name in names:
        with suppress(StorageFailed):
            delete(name)


def orphans(older_than: timedelta = timedelta(hours=1)) -> Iterator[str]:
    """Names of objects that no row knows and that are older than any submission could still be under way."""
    storage = media_storage()
    before = timezone.now() - older_than
    for shard in _listing(storage, "")[0]:
        names = {f"{shard}/{name}" for name in _listing(storage, shard)[1]}
        known = SealedMedia.objects.filter(object_name__in=names, deleted_at=None).values_list("object_name", flat=True)
        yield from (name for name in sorted(names.difference(known)) if _written(storage, name, before))


def _listing(storage: Storage, directory: str) -> tuple[list[str], list[str]]:
    try:
        return storage.listdir(directory)
    except FileNotFoundError:
        return [], []  # Nothing was ever written.


def _written(storage: Storage, name: str, before: datetime) -> bool:
    try:
        return storage.get_modified_time(name) < before
    except FileNotFoundError:
        return False  # Deleted while we looked.
