"""Finds what is due under the schedule and lets it die. Each function handles a bounded batch and returns its count."""

from __future__ import annotations

from datetime import datetime

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from verification.audit import log
from verification.audit.events import SWEEPER, Event
from verification.audit.pseudonyms import entries_of_each
from verification.capture import endings, memory
from verification.cases.models import Case, IdempotencyRecord, RequestWindow
from verification.cases.states import CaseStatus
from verification.incidents import duty, keeping
from verification.review.models import LookTicket
from verification.vault import objects, store

from . import cutting, schedule
from .erase import destroy_media, erase_case, expire_capture, expire_case

_BATCH = 200
_UNSETTLED = Q(status__in=[CaseStatus.RECEIVED.value, CaseStatus.CHECKING.value])


def destroy_media_of_closed_cases() -> int:
    """A held case is tried once, which leaves its frames and says so in the log; then it waits for its hold to end."""
    kept = Exists(entries_of_each("pk").filter(event=Event.MEDIA_HELD.value))
    held = Exists(keeping.active().filter(case=OuterRef("pk")))
    closed = Case.objects.filter(closed_at__isnull=False, media_destroyed_at__isnull=True)
    due = closed.annotate(kept=kept).exclude(held, kept=True).order_by("closed_at").values_list("pk", "kept")[:_BATCH]
    done = list(due)
    for case_id, was_kept in done:
        destroy_media(case_id, actor=SWEEPER, reason="hold_ended" if was_kept else "closed")
    return len(done)


def delete_leftover_bytes() -> int:
    return sum(store.delete_bytes(case_id, actor=SWEEPER) for case_id in store.leftover_media(_BATCH))


def expire_open_cases() -> int:
    overdue = Q(received_at__lt=timezone.now() - schedule.OPEN_CASE)
    waiting = Case.objects.filter(overdue, _UNSETTLED | Q(status=CaseStatus.IN_REVIEW.value)).order_by("received_at")
    return sum(expire_case(case, actor=SWEEPER) for case in waiting[:_BATCH])


def expire_captures() -> int:
    """End sessions whose time is over, and destroy the reference that waited for them."""
    return sum(expire_capture(case_id) for case_id in endings.overdue(_BATCH))


def erase_old_records() -> int:
    old = Case.objects.filter(closed_at__lt=timezone.now() - schedule.CASE_RECORD)
    due = list(old.exclude(status=CaseStatus.ERASED.value).values_list("pk", flat=True)[:_BATCH])
    return sum(erase_case(case_id, actor=SWEEPER, reason="time_limit") for case_id in due)


def cut_erased_cases() -> int:
    """Those of which something was still kept, or still to be coarsened, when they were erased."""
    return cutting.cut_finished(_BATCH)


def forget_small_things() -> int:
    """Idempotency keys, tickets, request counts, cookies, clip digests, shifts, ended sessions, failed sign-ins.

    None is evidence, so none is logged. A visitor who only opens the page to sign in has a session too.
    """
    now: datetime = timezone.now()
    forgotten = IdempotencyRecord.objects.filter(created_at__lt=now - schedule.IDEMPOTENCY).delete()[0]
    forgotten += LookTicket.objects.filter(ends_at__lt=now - schedule.LOOK_TICKET).delete()[0]
    forgotten += endings.lock_out() + memory.forget() + duty.forget()
    forgotten += Session.objects.filter(expire_date__lt=now).delete()[0]
    tried: int = AccessAttempt.objects.filter(attempt_time__lt=now - settings.AXES_COOLOFF_TIME).delete()[0]
    forgotten += tried
    return forgotten + RequestWindow.objects.filter(minute__lt=now - schedule.REQUEST_WINDOW).delete()[0]


def delete_orphans() -> int:
    """On the record before the bytes are gone. What the storage does not delete is found, and said, again."""
    names = list(objects.orphans(schedule.ORPHAN))
    if names:
        with transaction.atomic():
            log.record(Event.ORPHANS_DELETED, actor=SWEEPER, images=len(names))
        objects.discard(names)
    return len(names)
