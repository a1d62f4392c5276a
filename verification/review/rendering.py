"""The reviewer's pixels: sealed by the worker as redacted crops, opened and marked by the web process.

Of this room only this file may open the vault, and the vault gives the web process nothing but crops.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from verification.audit.events import Actor
from verification.vault import crypto, objects, store

from .marking import mark
from .models import Claim
from .tracing.look import tile_of, trace_key

CROP_REFERENCE = "crop-reference"
CROP_LIVE = "crop-live"
CROP_STEP = "crop-step-{}"
STRIP_AT_MOST = 8
"""Frames of a filmstrip: a challenge has three steps, a relying party sends at most ten images."""


class CropUnavailable(Exception):
    """The crop cannot be shown; `reason` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def strip_of(shows: Sequence[str]) -> list[dict[str, str]]:
    """The filmstrip of frames that show these things, in order: the kind of each crop, and a code of what it shows.

    The code is a step of the challenge (`turn_left`, …) or `live`.
    """
    return [{"kind": CROP_STEP.format(number), "shows": shown} for number, shown in enumerate(shows[:STRIP_AT_MOST], 1)]


def keep_crops(case_id: UUID, crops: Mapping[str, bytes]) -> list[str]:
    """Seal the crops (PNG) that could be made. Returns their kinds; an empty list when no face could be outlined."""
    if crops:
        store.seal_crops(case_id, crops)
    return sorted(crops)


def marked_crop(claim: Claim, media: str, *, at: datetime) -> bytes:
    """Open one crop on the record, burn the claim's reviewer and the time into it, and hide the entry's number. WebP.

    Raises `CropUnavailable`.
    """
    actor, key = Actor.person(claim.reviewer_id), trace_key()
    try:
        opened = store.open_crop(claim.item_id, media, actor=actor, claim=str(claim.pk), reason="review")
    except store.MediaDestroyed:
        raise CropUnavailable("media_destroyed") from None
    except (store.MediaMissing, crypto.Tampered, crypto.WrongKey, objects.StorageFailed):
        raise CropUnavailable("media_damaged") from None
    return mark(opened.image, tile_of(opened.entry, key), viewer=str(claim.reviewer), at=at)
