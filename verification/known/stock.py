"""The stock of known pairs: sealed by whoever imports a set, opened by the worker alone, emptied when a set is retired.

Each pair has a data key of its own, wrapped to FRAME_PUBLIC_KEY and bound to the pair, as frames are bound to their
case. The sealed bytes lie in the pair's own row: a stock is small, and so it dies in the transaction that retires it.
Of this room only this file may open the vault.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from verification.audit import log
from verification.audit.events import WORKER, Actor, Event
from verification.vault import crypto, store

from .models import KnownPair

_PURPOSE = "known"
_REFERENCE, _LIVE = "known-reference", "known-live"


class PairRetired(Exception):
    """The pair was emptied meanwhile; nothing can be made from it."""


class PairDamaged(Exception):
    """The pair does not open: changed bytes, or sealed to a key that this worker does not hold."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A pair and its answer. Images are plain JPEGs as intake encodes them; `digest` is `digest_of` the files sent."""

    digest: bytes
    same: bool
    live: bool
    reference: bytes = field(repr=False)
    live_image: bytes = field(repr=False)

    @property
    def impostor(self) -> bool:
        """Whether the right answer is a no: another person, or nobody who is alive."""
        return not (self.same and self.live)


@dataclass(frozen=True, slots=True)
class Found:
    """What the stock knows of a pair of files, retired or not."""

    set_name: str
    same: bool
    live: bool
    retired: bool


def digest_of(reference: bytes, live: bytes) -> bytes:
    """32 bytes that two files have as a pair, so that a set can be imported again without doubles."""
    return sha256(sha256(reference).digest() + sha256(live).digest()).digest()


def found(digests: Iterable[bytes]) -> dict[bytes, Found]:
    """Those of these pairs that were imported before, by digest."""
    rows = KnownPair.objects.filter(digest__in=list(digests))
    return {
        bytes(digest): Found(set_name, same, live, retired_at is not None)
        for digest, set_name, same, live, retired_at in rows.values_list(
            "digest", "set_name", "same", "live", "retired_at"
        )
    }


@transaction.atomic
def put(set_name: str, permitted_by: str, pairs: list[Labelled], *, actor: Actor) -> None:
    """Seal pairs into the stock, all of them or none, with the entry that says so.

    Raises `store.VaultLocked` where the process has no FRAME_PUBLIC_KEY, and `IntegrityError` for a digest that is
    there already.
    """
    KnownPair.objects.bulk_create(_sealed(set_name, permitted_by, pair) for pair in pairs)
    log.record(
        Event.KNOWN_IMPORTED,
        actor=actor,
        set=set_name,
        pairs=len(pairs),
        impostors=sum(pair.impostor for pair in pairs),
        permission_sha256=sha256(permitted_by.encode()).hexdigest(),
    )


def _sealed(set_name: str, permitted_by: str, pair: Labelled) -> KnownPair:
    pair_id, data_key = uuid4(), crypto.new_data_key()
    public_key = _key("FRAME_PUBLIC_KEY")
    return KnownPair(
        id=pair_id,
        set_name=set_name,
        permitted_by=permitted_by,
        digest=pair.digest,
        same=pair.same,
        live=pair.live,
        wrapped=crypto.wrap(data_key, public_key, purpose=_PURPOSE, case_id=pair_id, version=store.KEY_VERSION),
        reference=crypto.seal(data_key, pair.reference, case_id=pair_id, kind=_REFERENCE, version=store.KEY_VERSION),
        live_image=crypto.seal(data_key, pair.live_image, case_id=pair_id, kind=_LIVE, version=store.KEY_VERSION),
    )


def open_pair(pair_id: UUID) -> tuple[KnownPair, dict[str, bytes]]:
    """A pair and its images by the kind of frame they become, for the worker. The pair stays locked until the end of
    the caller's transaction, so that a set that is retired meanwhile waits for the case that is made from it.

    Raises `store.VaultLocked`, `PairRetired`, `PairDamaged`.
    """
    private_key = _key("FRAME_PRIVATE_KEY")
    pair = KnownPair.objects.select_for_update().get(pk=pair_id)
    if pair.wrapped is None or pair.reference is None or pair.live_image is None:
        raise PairRetired
    version = store.KEY_VERSION
    try:
        data_key = crypto.unwrap(bytes(pair.wrapped), private_key, purpose=_PURPOSE, case_id=pair.pk, version=version)
        return pair, {
            "reference": _open(data_key, pair, _REFERENCE, bytes(pair.reference)),
            "live-0": _open(data_key, pair, _LIVE, bytes(pair.live_image)),
        }
    except (crypto.WrongKey, crypto.Tampered):
        raise PairDamaged from None


def _open(data_key: bytes, pair: KnownPair, kind: str, sealed: bytes) -> bytes:
    return crypto.open_sealed(data_key, sealed, case_id=pair.pk, kind=kind, version=store.KEY_VERSION)


def seal_as_frames(case_id: UUID, images: Mapping[str, bytes]) -> None:
    """Give a case frames like those of any other: from here on nothing can tell them apart, and they die alike."""
    store.seal_frames(case_id, images, actor=WORKER)


@transaction.atomic
def retire(set_name: str, *, actor: Actor) -> int:
    """Empty every pair of a set for good; returns how many were not empty before. Digests and labels stay."""
    emptied = KnownPair.objects.filter(set_name=set_name, retired_at__isnull=True).update(
        wrapped=None, reference=None, live_image=None, retired_at=timezone.now()
    )
    if emptied:
        log.record(Event.KNOWN_RETIRED, actor=actor, set=set_name, pairs=emptied)
    return emptied


def _key(setting: str) -> str:
    key: str = getattr(settings, setting)
    if not key:
        raise store.VaultLocked(f"{setting} is not configured in this process.")
    return key
