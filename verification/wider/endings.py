"""The one way in which a view ends: its state, its picture's key and its entry in one transaction."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from verification.audit import log
from verification.audit.events import SWEEPER, Actor, Event
from verification.notices import board
from verification.notices.models import Notice

from . import rendering
from .models import WiderView
from .standing import NoSuchView, end_of, locked

_NOT_ENDED = ~Q(state=WiderView.State.ENDED.value)


@transaction.atomic
def end(view: WiderView, reason: WiderView.End, *, actor: Actor) -> bool:
    """End a locked view. Whatever is sealed for it can no longer be opened. False when it had ended already."""
    ended = WiderView.objects.filter(_NOT_ENDED, pk=view.pk).update(
        state=WiderView.State.ENDED,
        end=reason.value,
        ended_at=timezone.now(),
        ticket_digest=None,
        session_digest=None,
        ticket_ends_at=None,
    )
    if not ended:
        return False
    rendering.destroy(view.claim.item_id, actor=actor, reason=reason.value)
    log.record(
        Event.WIDER_ENDED,
        actor=actor,
        case_id=view.claim.item_id,
        view=str(view.pk),
        tier=view.tier,
        reason=reason.value,
    )
    for kind in (Notice.Kind.WIDER_ASKED, Notice.Kind.WIDER_ANSWERED):
        board.settle(kind, view.pk)
    return True


def end_overdue() -> int:
    """End every view that no longer stands. The sweeper's work, each second."""
    return _end_those(_NOT_ENDED)


def end_earlier(case_id: UUID) -> int:
    """The same for one case, before its next request: at any time at most one view of a case is open.

    Without it the late end of an earlier claim's view would destroy the picture of the present one.
    """
    return _end_those(_NOT_ENDED & Q(claim__item_id=case_id))


def _end_those(which: Q) -> int:
    """Whatever seems over is asked again under lock; what stands is not locked, because its page needs the claim."""
    now = timezone.now()
    views = WiderView.objects.select_related("claim__item__case__programme", "claim__reviewer")
    over = [view.pk for view in views.filter(which).order_by("asked_at") if end_of(view, now) is not None]
    return sum(_end_if_over(view_id) for view_id in over)


@transaction.atomic
def _end_if_over(view_id: UUID) -> bool:
    try:
        view = locked(view_id)
    except NoSuchView:
        # Its case was erased in the meantime.
        return False
    reason = end_of(view, timezone.now())
    return reason is not None and end(view, reason, actor=SWEEPER)
