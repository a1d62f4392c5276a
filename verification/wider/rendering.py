"""The pixels of a wider view: drawn and sealed by the worker, opened once and marked by the web process.

Of this room only this file may open the vault.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from verification.audit.events import Actor
from verification.cases.models import Case
from verification.cases.states import CapturedBy
from verification.checks import wider
from verification.checks.asked import best_moment
from verification.checks.clips import BadBundle, unpack
from verification.checks.engines.lock import ModelRefused
from verification.checks.run import engines_of_this_process
from verification.review.marking import mark_wider
from verification.review.tracing.look import tile_of, trace_key
from verification.vault import crypto, objects, store
from verification.vault.models import Purpose

from .models import Tier, WiderView

_OPENED_FOR = "wider"


class NothingToDraw(Exception):
    """No face could be outlined, or the capture is gone or damaged. Trying again changes nothing."""


class NotNow(Exception):
    """The storage or the models are away. Nothing is known about the capture."""


class WiderUnavailable(Exception):
    """The picture cannot be shown; `reason` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def drawn(view: WiderView) -> bytes:
    """The view's picture, a PNG, from the stored capture; each opening is on the record. For the worker.

    Raises `NothingToDraw`, `NotNow`.
    """
    try:
        png = _picture(view.claim.item.case, Tier(view.tier))
    except (objects.StorageFailed, ModelRefused) as outage:
        raise NotNow from outage
    except (store.MediaDestroyed, store.MediaMissing, crypto.Tampered, crypto.WrongKey, BadBundle) as gone:
        raise NothingToDraw from gone
    if png is None:
        raise NothingToDraw
    return png


def _picture(case: Case, tier: Tier) -> bytes | None:
    engines = engines_of_this_process()
    if case.captured_by == CapturedBy.CAPTURE_PAGE:
        clip = unpack(store.open_capture(case.pk, purpose=_OPENED_FOR))
        return wider.wider_of_clip(tier, clip, engines, best_moment(case.pk))
    return wider.wider_of_images(tier, _live(case), engines)


def _live(case: Case) -> Sequence[bytes]:
    return [store.open_frame(case.pk, f"live-{number}", purpose=_OPENED_FOR) for number in range(case.live_images)]


def keep(view: WiderView, png: bytes) -> None:
    """Seal it, in the transaction that makes the view ready. Raises `NothingToDraw`, `NotNow`."""
    try:
        store.seal_wider(view.claim.item_id, png, view=str(view.pk), tier=view.tier)
    except store.MediaDestroyed as gone:
        raise NothingToDraw from gone
    except objects.StorageFailed as outage:
        raise NotNow from outage


def open_once(view: WiderView, approvers: list[str], *, at: datetime) -> bytes:
    """Open the picture on the record, which destroys it, and mark it: asker, time, tier, and hidden the entry. PNG.

    Raises `WiderUnavailable`.
    """
    asker, key = view.asked_by, trace_key()
    try:
        opened = store.open_wider(
            view.claim.item_id, actor=Actor.person(asker.pk),
            view=str(view.pk), claim=str(view.claim_id), tier=view.tier, reason=view.reason, approvers=approvers,
        )  # fmt: skip
    except store.MediaDestroyed:
        raise WiderUnavailable("media_destroyed") from None
    except objects.StorageFailed:
        raise WiderUnavailable("media_unreachable") from None
    except (store.MediaMissing, crypto.Tampered, crypto.WrongKey):
        raise WiderUnavailable("media_damaged") from None
    tile, word = tile_of(opened.entry, key), Tier(view.tier).label
    return mark_wider(opened.image, tile, word, viewer=str(asker), account=asker.username, at=at)


def destroy(case_id: UUID, *, actor: Actor, reason: str) -> None:
    """Make whatever is sealed of a wider view unreadable in the caller's transaction, and delete it afterwards."""
    store.destroy_case_media(case_id, actor=actor, reason=reason, purposes=(Purpose.WIDER,))
