"""Every Celery task: an id in, one call out. The broker is a doorbell; the database knows what is to be done."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog
from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from verification import pipeline
from verification.audit import mailing
from verification.cases.models import Case
from verification.cases.states import CaseStatus
from verification.notices import mail
from verification.reports import monthly
from verification.wider import leases
from verification.wider.models import WiderView

logger = structlog.get_logger(__name__)

# A message that was lost is sent again no sooner than this, so that a long queue does not fill with copies.
REPEAT_AFTER = timedelta(seconds=30)
# Somebody waits for a wider view with the case before them.
REPEAT_WIDER_AFTER = timedelta(seconds=5)
_BATCH = 500


@shared_task(name="verification.process_case")
def process_case(case_id: str) -> None:
    pipeline.process_case(case_id)


@shared_task(name=mail.TASK)
def send_notice(notice_id: str) -> None:
    mail.send(notice_id)


@shared_task(name=mailing.TASK)
def mail_checkpoint(day: str) -> None:
    mailing.send(day)


@shared_task(name=monthly.TASK, soft_time_limit=120, time_limit=150)
def make_monthly_report(report_id: str) -> None:
    monthly.make(report_id)


def ring(case_id: UUID | str) -> bool:
    """Tell a worker that a case is waiting. Never raises: when the broker is down the sweeper rings again."""
    try:
        process_case.delay(str(case_id))
    except Exception as error:  # noqa: BLE001 - whatever the broker's client raises, the case is safe in the database
        logger.warning("broker unreachable", error=type(error).__name__)
        return False
    Case.objects.filter(pk=case_id).update(announced_at=timezone.now())
    return True


def ring_again() -> int:
    """Ring for cases whose message was lost or whose worker died. Stops at the first failure: the broker is down."""
    now = timezone.now()
    waiting = Q(status=CaseStatus.RECEIVED.value) | Q(status=CaseStatus.CHECKING.value, leased_until__lt=now)
    unheard = Q(announced_at__isnull=True) | Q(announced_at__lt=now - REPEAT_AFTER)
    # The submission itself rings on commit; a moment of grace keeps the two from ringing together.
    settled_in = Q(received_at__lt=now - timedelta(seconds=2))
    rung = 0
    for case_id in (
        Case.objects.filter(waiting, unheard, settled_in).order_by("received_at").values_list("pk", flat=True)[:_BATCH]
    ):
        if not ring(case_id):
            break
        rung += 1
    return rung


@shared_task(name="verification.render_wider", soft_time_limit=20, time_limit=25)
def render_wider(view_id: str) -> None:
    leases.render(view_id)


def ring_wider(view_id: UUID | str) -> bool:
    """Tell a worker that an approved wider view waits to be drawn. Never raises, as `ring`."""
    try:
        render_wider.delay(str(view_id))
    except Exception as error:  # noqa: BLE001 - whatever the broker's client raises, the request is in the database
        logger.warning("broker unreachable", error=type(error).__name__)
        return False
    WiderView.objects.filter(pk=view_id).update(announced_at=timezone.now())
    return True


def ring_wider_again() -> int:
    """Ring for approved views whose message was lost or whose worker died. Stops at the first failure."""
    unheard = Q(announced_at__isnull=True) | Q(announced_at__lt=timezone.now() - REPEAT_WIDER_AFTER)
    rung = 0
    for view_id in leases.waiting().filter(unheard).order_by("asked_at").values_list("pk", flat=True)[:_BATCH]:
        if not ring_wider(view_id):
            break
        rung += 1
    return rung
