"""The worker's turn: an approved view is drawn under a lease and made ready once, whatever becomes of workers."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from verification.audit.events import WORKER

from . import endings, rendering
from .models import WiderView
from .standing import MAX_ATTEMPTS, SHOWN_FOR, NoSuchView, end_of, locked

logger = structlog.get_logger(__name__)

# Longer than the task's own hard limit (25 s), so that a lease only ends when its holder is gone.
LEASE = timedelta(seconds=30)


def render(view_id: UUID | str) -> None:
    """Draw one approved view. Safe to run twice, at once or after a crash: only the lease's holder makes it ready."""
    view = lease(view_id)
    if view is None:
        return
    try:
        finish(view, rendering.drawn(view))
    except rendering.NothingToDraw:
        _end(view)
    except rendering.NotNow:
        # Not this view's fault: it waits, as long as its claim lasts, and the attempt does not count.
        logger.exception("a wider view has to wait", view=str(view.pk))
        _give_back(view, counted=False)
    except Exception:
        logger.exception("drawing a wider view failed", view=str(view.pk), attempt=view.attempts)
        _give_back(view, counted=True)


def waiting() -> QuerySet[WiderView]:
    """Views that a worker should take now."""
    return WiderView.objects.filter(_free(), state=WiderView.State.APPROVED, attempts__lt=MAX_ATTEMPTS)


def _free() -> Q:
    return Q(leased_until__isnull=True) | Q(leased_until__lte=timezone.now())


def lease(view_id: UUID | str) -> WiderView | None:
    """Take an approved view for drawing. None when there is nothing to take."""
    taken = waiting().filter(pk=view_id).update(attempts=F("attempts") + 1, leased_until=timezone.now() + LEASE)
    if not taken:
        return None
    views = WiderView.objects.select_related("claim__item__case__programme", "claim__reviewer")
    return views.filter(pk=view_id).first()


@transaction.atomic
def finish(view: WiderView, png: bytes) -> None:
    """Sealed and ready in one transaction, unless the claim or the request ended while it was drawn."""
    current = _still_ours(view)
    if current is None:
        return
    now = timezone.now()
    over = end_of(current, now)
    if over is not None:
        endings.end(current, over, actor=WORKER)
        return
    rendering.keep(current, png)
    current.state, current.ready_at, current.ends_at = WiderView.State.READY, now, now + SHOWN_FOR
    current.leased_until = None
    current.save(update_fields=["state", "ready_at", "ends_at", "leased_until"])


@transaction.atomic
def _end(view: WiderView) -> None:
    current = _still_ours(view)
    if current is not None:
        endings.end(current, WiderView.End.NOT_RENDERED, actor=WORKER)


def _still_ours(view: WiderView) -> WiderView | None:
    """The view under lock; None where it ended, or where a later attempt has taken it over."""
    try:
        current = locked(view.pk)
    except NoSuchView:
        return None
    ours = current.state == WiderView.State.APPROVED and current.attempts == view.attempts
    return current if ours else None


def _give_back(view: WiderView, *, counted: bool) -> None:
    """End the lease, so that it is tried again; after the last attempt that counts, the sweeper ends the view."""
    WiderView.objects.filter(pk=view.pk, state=WiderView.State.APPROVED, attempts=view.attempts).update(
        leased_until=timezone.now(), attempts=view.attempts if counted else view.attempts - 1
    )
