"""Seal, open and destroy the images of a case; every opening leaves a line in the audit log before the bytes are given.

Who can do what follows from the keys that a process is given, not from its good behaviour:

=================  =====================================  =======================================
                   frames (whole pictures), captures      crops (redacted faces), wider views
=================  =====================================  =======================================
seal               web and worker (FRAME_PUBLIC_KEY)      worker (CROP_PUBLIC_KEY)
open               worker (FRAME_PRIVATE_KEY)             web (CROP_PRIVATE_KEY)
destroy            everybody: it needs no key             everybody
=================  =====================================  =======================================

A capture (a clip as one bundle) is wrapped to the same public key as frames, under a data key of its own, because it
comes later than the reference. All images of one purpose are sealed in one call, because the sealing process cannot
open the wrapped data key again. A wider view is one image under a data key of its own, made anew for each request that
was approved; opening it destroys it.

Destroying has two steps. ``destroy_keys`` empties the wrapped keys in the caller's transaction: from its commit on
nothing opens any more. ``delete_bytes`` removes the objects afterwards, may be repeated, and only ever touches objects
whose key is already destroyed. What a crash leaves between the two is found by ``leftover_media``.

Limit of this protection: PostgreSQL keeps emptied wrapped keys in dead rows until vacuum, and in its write-ahead log
and backups until those are recycled. Such a copy still needs the private key, which is in none of these places.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from verification.audit.events import WORKER, Actor, Event
from verification.audit.log import record
from verification.audit.models import Entry
from verification.audit.pseudonyms import Name, name_of
from verification.cases.coarse import day_of, delay_after, is_coarse
from verification.cases.models import Case
from verification.vault import crypto, objects
from verification.vault.models import CaseKey, Purpose, SealedMedia

logger = structlog.get_logger(__name__)

KEY_VERSION = 1
CLIP = "clip"
WIDER = "wider"
ALL_PURPOSES = tuple(Purpose)


class VaultLocked(RuntimeError):
    """This process was not given the key for what it tries to do."""


class AlreadySealed(RuntimeError):
    """The case's frames were sealed before; they are never replaced."""


class MediaDestroyed(Exception):
    """The key is destroyed: nobody can open this image again."""


class MediaMissing(Exception):
    """No such image was ever sealed, or its bytes are lost although its key lives."""


@dataclass(frozen=True, slots=True)
class DestroyedCounts:
    """How many wrapped keys were emptied, and how many images can no longer be opened because of it."""

    keys: int
    images: int


@dataclass(frozen=True, slots=True)
class Opened:
    """An image that somebody looks at, and the entry of the log that says so."""

    image: bytes
    entry: Entry


@dataclass(frozen=True, slots=True)
class _Rows:
    """What one call of sealing adds to the database."""

    key: CaseKey
    media: list[SealedMedia]


# Sealing -------------------------------------------------------------------------------------------------------------


def seal_frames(case_id: UUID, images: Mapping[str, bytes], *, actor: Actor) -> None:
    """Seal all frames of a new case, by kind (``reference``, ``live-0`` …), so that only the worker can open them.

    Call it in the transaction that creates the case. Raises ``AlreadySealed``, ``VaultLocked``,
    ``objects.StorageFailed``; after any of them nothing of this call remains.
    """
    with _sealed(case_id, Purpose.FRAME, _key("FRAME_PUBLIC_KEY"), images) as rows, transaction.atomic():
        try:
            _insert(rows)
        except IntegrityError:
            raise AlreadySealed("The frames of this case are already sealed.") from None
        record(Event.MEDIA_SEALED, actor=actor, case_id=case_id, media=sorted(images))


def seal_capture(case_id: UUID, bundle: bytes, *, actor: Actor) -> None:
    """Seal the one clip of a case, as `checks.clips.pack` made it, so that only the worker can open it.

    Call it in the transaction that moves the case on: a case that moved elsewhere meanwhile gets no clip. Raises
    ``AlreadySealed``, ``VaultLocked``, ``objects.StorageFailed``; after any of them nothing of this call remains.
    """
    clip = {CLIP: bundle}
    with _sealed(case_id, Purpose.CAPTURE, _key("FRAME_PUBLIC_KEY"), clip) as rows, transaction.atomic():
        try:
            _insert(rows)
        except IntegrityError:
            raise AlreadySealed("The capture of this case is already sealed.") from None
        record(Event.MEDIA_SEALED, actor=actor, case_id=case_id, media=[CLIP])


def seal_crops(case_id: UUID, images: Mapping[str, bytes], *, actor: Actor = WORKER) -> None:
    """Seal the crops of a case (``crop-reference``, ``crop-live``), replacing any that an earlier run had made.

    Must come before the frames are destroyed: a case whose frames are gone gets no new crop, so that an erasure during
    the checks cannot be outrun. Raises ``MediaDestroyed``, ``VaultLocked``, ``objects.StorageFailed``.
    """
    with _sealed(case_id, Purpose.CROP, _key("CROP_PUBLIC_KEY"), images) as rows, transaction.atomic():
        # Case before key, in the order of an erasure, which moves the case first: the other order would deadlock.
        Case.objects.select_for_update(no_key=True).filter(pk=case_id).first()
        _living_key(case_id, Purpose.FRAME)
        _remove_earlier_crops(case_id)
        _insert(rows)
        record(Event.CROP_SEALED, actor=actor, case_id=case_id, media=sorted(images))


def seal_wider(case_id: UUID, image: bytes, *, view: str, tier: int, actor: Actor = WORKER) -> None:
    """Seal the one picture of an approved wider view, in the place of any that an earlier view had.

    Call it in the transaction that makes the view ready. A case whose frames are gone gets none, as with crops. Raises
    ``MediaDestroyed``, ``VaultLocked``, ``objects.StorageFailed``.
    """
    with _sealed(case_id, Purpose.WIDER, _key("CROP_PUBLIC_KEY"), {WIDER: image}) as rows, transaction.atomic():
        Case.objects.select_for_update(no_key=True).filter(pk=case_id).first()
        _living_key(case_id, Purpose.FRAME)
        _remove(case_id, Purpose.WIDER)
        _insert(rows)
        record(Event.WIDER_SEALED, actor=actor, case_id=case_id, view=view, tier=tier)


@contextmanager
def _sealed(case_id: UUID, purpose: Purpose, public_key: str, images: Mapping[str, bytes]) -> Iterator[_Rows]:
    """Write the sealed objects, lend the rows to be inserted, and take the objects back if that does not succeed."""
    data_key = crypto.new_data_key()
    wrapped = crypto.wrap(data_key, public_key, purpose=purpose, case_id=case_id, version=KEY_VERSION)
    rows = _Rows(CaseKey(case_id=case_id, purpose=purpose, version=KEY_VERSION, wrapped=wrapped), [])
    try:
        for kind, image in images.items():
            sealed = crypto.seal(data_key, image, case_id=case_id, kind=kind, version=KEY_VERSION)
            media = SealedMedia(case_id=case_id, purpose=purpose, kind=kind, size=len(sealed))
            media.object_name = objects.write(sealed)
            rows.media.append(media)
        yield rows
    except BaseException:
        objects.discard([media.object_name for media in rows.media])
        raise


def _insert(rows: _Rows) -> None:
    with transaction.atomic():
        rows.key.save(force_insert=True)
        SealedMedia.objects.bulk_create(rows.media)


def _remove_earlier_crops(case_id: UUID) -> None:
    key = CaseKey.objects.select_for_update().filter(case_id=case_id, purpose=Purpose.CROP).first()
    if key is None:
        return
    if key.wrapped is None:
        raise MediaDestroyed("The crops of this case were destroyed.")
    _remove(case_id, Purpose.CROP)


def _remove(case_id: UUID, purpose: Purpose) -> None:
    """Make room for a new key and new images of one purpose; the old objects go after the commit."""
    earlier = SealedMedia.objects.filter(case_id=case_id, purpose=purpose)
    left = earlier.filter(deleted_at=None)
    transaction.on_commit(partial(objects.discard, list(left.values_list("object_name", flat=True))))
    earlier.delete()
    CaseKey.objects.filter(case_id=case_id, purpose=purpose).delete()


# Opening -------------------------------------------------------------------------------------------------------------


def open_frame(case_id: UUID, kind: str, *, purpose: str = "checks", actor: Actor = WORKER) -> bytes:
    """One whole frame, for the worker. ``purpose`` is a code saying what for.

    Raises ``VaultLocked``, ``MediaDestroyed``, ``MediaMissing``, ``crypto.WrongKey``, ``crypto.Tampered``,
    ``objects.StorageFailed``, and ``RuntimeError`` inside a transaction.
    """
    return _opened_by_worker(case_id, Purpose.FRAME, kind, purpose, actor)


def open_capture(case_id: UUID, *, purpose: str = "checks", actor: Actor = WORKER) -> bytes:
    """The bundle of the case's clip, for the worker. Raises as ``open_frame`` does."""
    return _opened_by_worker(case_id, Purpose.CAPTURE, CLIP, purpose, actor)


def _opened_by_worker(case_id: UUID, sealed_as: Purpose, kind: str, purpose: str, actor: Actor) -> bytes:
    private_key = _key("FRAME_PRIVATE_KEY")
    # Durable: the entry is committed, not merely written, before the caller has a byte.
    with transaction.atomic(durable=True):
        image = _open(case_id, sealed_as, kind, private_key)
        record(Event.FRAME_OPENED, actor=actor, case_id=case_id, media=kind, purpose=purpose)
    return image


def open_crop(case_id: UUID, kind: str, *, actor: Actor, claim: str, reason: str) -> Opened:
    """One redacted crop, for the web process and the person named by ``actor``. Raises as ``open_frame`` does."""
    private_key = _key("CROP_PRIVATE_KEY")
    with transaction.atomic(durable=True):
        image = _open(case_id, Purpose.CROP, kind, private_key)
        entry = record(Event.CROP_VIEWED, actor=actor, case_id=case_id, media=kind, claim=claim, reason=reason)
    return Opened(image, entry)


def open_wider(
    case_id: UUID, *, actor: Actor, view: str, claim: str, tier: int, reason: str, approvers: list[str]
) -> Opened:
    """The picture of a wider view, once: its key is destroyed in the transaction of its entry, before it is given.

    Two looks at once cannot both have it, and a crash leaves an entry without a look, never a picture for a second
    one. Raises as ``open_frame`` does.
    """
    private_key = _key("CROP_PRIVATE_KEY")
    with transaction.atomic(durable=True):
        image = _open(case_id, Purpose.WIDER, WIDER, private_key)
        entry = record(
            Event.WIDER_VIEWED, actor=actor, case_id=case_id,
            view=view, claim=claim, tier=tier, reason=reason, approvers=approvers,
        )  # fmt: skip
        _empty(case_id, (Purpose.WIDER,), actor, "seen")
        transaction.on_commit(partial(delete_bytes, case_id, actor=actor), robust=True)
    return Opened(image, entry)


def sealed_kinds(case_id: UUID, purpose: Purpose) -> list[str]:
    """The kinds of image that were sealed and still have their bytes, in order of name."""
    media = SealedMedia.objects.filter(case_id=case_id, purpose=purpose, deleted_at=None)
    return list(media.order_by("kind").values_list("kind", flat=True))


def _open(case_id: UUID, purpose: Purpose, kind: str, private_key: str) -> bytes:
    """Open under a lock on the key's row: a destruction either waits for this, or has made it impossible."""
    key = _living_key(case_id, purpose)
    media = SealedMedia.objects.filter(case_id=case_id, purpose=purpose, kind=kind, deleted_at=None).first()
    if media is None:
        raise MediaMissing("No such image is sealed for this case.")
    data_key = crypto.unwrap(
        bytes(key.wrapped or b""), private_key, purpose=purpose, case_id=case_id, version=key.version
    )
    try:
        sealed = objects.read(media.object_name)
    except FileNotFoundError:
        raise MediaMissing("The sealed image has lost its bytes.") from None
    return crypto.open_sealed(data_key, sealed, case_id=case_id, kind=kind, version=key.version)


def _living_key(case_id: UUID, purpose: Purpose) -> CaseKey:
    key = CaseKey.objects.select_for_update().filter(case_id=case_id, purpose=purpose).first()
    if key is None:
        raise MediaMissing("Nothing is sealed for this case.")
    if key.wrapped is None:
        raise MediaDestroyed("The images of this case were destroyed.")
    return key


def _key(setting: str) -> str:
    key: str = getattr(settings, setting)
    if not key:
        raise VaultLocked(f"{setting} is not configured in this process.")
    return key


# Destroying ----------------------------------------------------------------------------------------------------------


def destroy_keys(
    case_id: UUID, *, actor: Actor, reason: str, purposes: tuple[Purpose, ...] = ALL_PURPOSES
) -> DestroyedCounts:
    """Empty the wrapped keys in the caller's transaction. Safe to repeat; only what it changes is logged.

    The keys are locked by one statement and emptied by the next: a crop sealed while the first one waited would be
    invisible to a single UPDATE, which sees the tables as they were when it began.
    """
    list(CaseKey.objects.select_for_update().filter(case_id=case_id).order_by("purpose").values_list("pk", flat=True))
    return _empty(case_id, purposes, actor, reason)


def _empty(case_id: UUID, purposes: tuple[Purpose, ...], actor: Actor, reason: str) -> DestroyedCounts:
    """The keys of these purposes, which the caller has locked."""
    living = CaseKey.objects.filter(case_id=case_id, purpose__in=purposes, wrapped__isnull=False)
    emptied = list(living.values_list("purpose", flat=True))
    living.update(wrapped=None, destroyed_at=timezone.now())
    images = SealedMedia.objects.filter(case_id=case_id, purpose__in=emptied, deleted_at=None).count()
    if emptied:
        record(
            Event.MEDIA_KEYS_DESTROYED,
            actor=actor,
            case_id=case_id,
            purposes=sorted(emptied),
            images=images,
            reason=reason,
        )
    return DestroyedCounts(len(emptied), images)


def delete_bytes(case_id: UUID, *, actor: Actor, under: Name | None = None) -> int:
    """Remove the objects whose key is destroyed; returns how many. Safe to repeat and to interrupt.

    Call it after the transaction of ``destroy_keys`` has committed. An object that the storage will not delete stops
    nothing else: it is reported in the process log and stays a leftover, to be tried again. ``under`` is the case's
    name in the log as it was before that transaction, which may have cut it; what a crash left is logged without.
    """
    deleted = 0
    for media in _leftovers().filter(case_id=case_id).select_related("case"):
        try:
            objects.delete(media.object_name)
        except objects.StorageFailed:
            logger.exception("sealed bytes were not deleted", case=str(case_id), kind=media.kind)
            continue
        deleted += SealedMedia.objects.filter(pk=media.pk, deleted_at=None).update(deleted_at=_moment(media.case))
    if deleted:
        with transaction.atomic():
            record(Event.MEDIA_BYTES_DELETED, actor=actor, case_id=under or case_id, images=deleted)
    return deleted


def _moment(case: Case) -> datetime:
    """Now; of a case whose times are coarse, the day. The first minute of a day still belongs to the day before."""
    now = timezone.now()
    return max(case.closed_at, day_of(now - timedelta(minutes=1))) if case.closed_at and is_coarse(case) else now


def coarsen_times(case: Case, kept_until: datetime | None) -> None:
    """Of an erased case's keys and images keep the day, and how many minutes too late they died, if they did.

    ``kept_until`` is the end of the legal hold that kept its frames; None where there was none.
    """
    closed = case.closed_at or timezone.now()
    after = dict.fromkeys((Purpose.FRAME, Purpose.CAPTURE), max(closed, kept_until or closed))
    for key in CaseKey.objects.filter(case=case, destroyed_at__isnull=False):
        key.created_at = day_of(key.created_at)
        key.destroyed_at = delay_after(closed, key.destroyed_at, after.get(Purpose(key.purpose)))
        key.save(update_fields=["created_at", "destroyed_at"])
    for media in SealedMedia.objects.filter(case=case):
        media.sealed_at = day_of(media.sealed_at)
        media.deleted_at = delay_after(closed, media.deleted_at, after.get(Purpose(media.purpose)))
        media.save(update_fields=["sealed_at", "deleted_at"])


def destroy_case_media(
    case_id: UUID, *, actor: Actor, reason: str, purposes: tuple[Purpose, ...] = ALL_PURPOSES
) -> DestroyedCounts:
    """``destroy_keys`` now, ``delete_bytes`` when the caller's transaction has committed (else the sweeper's work)."""
    counts = destroy_keys(case_id, actor=actor, reason=reason, purposes=purposes)
    transaction.on_commit(partial(delete_bytes, case_id, actor=actor, under=name_of(case_id)), robust=True)
    return counts


def leftover_media(limit: int = 100) -> list[UUID]:
    """Cases with objects whose key is destroyed but whose bytes are still there, for the sweeper."""
    return list(_leftovers().order_by("case_id").values_list("case_id", flat=True).distinct()[:limit])


def _leftovers() -> QuerySet[SealedMedia]:
    destroyed = CaseKey.objects.filter(case=OuterRef("case"), purpose=OuterRef("purpose"), wrapped__isnull=True)
    return SealedMedia.objects.filter(Exists(destroyed), deleted_at=None)
