"""Notices by e-mail, for those who wish. A message says that something waits and where; it names nobody and no case.

At most once: the notice is marked by a conditional statement before the message leaves. The server's connection is
opened before that, so a mail server that is away costs delay and no message. One that breaks off in the middle costs
the message: it may have left, and two are worse than none of something that waits in the console anyway.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from smtplib import SMTPException
from uuid import UUID

import structlog
from celery import current_app
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import QuerySet
from django.utils import timezone

from .models import Notice

logger = structlog.get_logger(__name__)

# The task that sends one, by its name: the room of tasks lies above this one.
TASK = "verification.send_notice"
# Old news is not sent late: it waits in the console.
WORTH_SENDING = timedelta(hours=1)
# A message to the worker that was lost is sent again no sooner than this.
REPEAT_AFTER = timedelta(seconds=30)
_BATCH = 200

_SUBJECT = "Review console: something waits for you"
_BODY = """\
Something waits for you in the review console.

{address}

You asked for these messages; “E-mail for notices” in the console's menu ends them.
"""


def ring_about(kind: str, subject: str) -> None:
    """Have the notices of one kind about one subject sent to those who wish for it."""
    _ring(_unsent(timezone.now()).filter(kind=kind, subject=subject))


def ring_again() -> int:
    """The same for notices whose message to the worker was lost. Stops at the first failure: the broker is down."""
    now = timezone.now()
    return _ring(_unsent(now).filter(at__lt=now - REPEAT_AFTER)[:_BATCH])


def send(notice_id: UUID | str) -> bool:
    """Send one notice to its person, if they still wish for it and have not read it. Safe to repeat."""
    notice = _unsent(timezone.now()).filter(pk=notice_id).select_related("to").first()
    if notice is None:
        return False
    try:
        return _deliver(notice)
    except (SMTPException, OSError) as error:
        # The kind alone: the text of a mail server's refusal holds the address.
        logger.warning("notice not mailed", notice=str(notice.pk), error=type(error).__name__)
        return False


def _deliver(notice: Notice) -> bool:
    message = EmailMessage(
        _SUBJECT,
        _BODY.format(address=settings.SITE_ADDRESS),
        settings.EMAIL_FROM,
        [notice.to.email],
        headers={"Auto-Submitted": "auto-generated"},
    )
    with get_connection() as server:
        if not Notice.objects.filter(pk=notice.pk, emailed_at__isnull=True).update(emailed_at=timezone.now()):
            return False
        message.connection = server
        return message.send() == 1


def _unsent(now: datetime) -> QuerySet[Notice]:
    if not settings.EMAIL_FROM:
        return Notice.objects.none()
    return Notice.objects.filter(
        at__gt=now - WORTH_SENDING,
        read_at__isnull=True,
        settled_at__isnull=True,
        emailed_at__isnull=True,
        to__is_active=True,
        to__wants_email=True,
    ).exclude(to__email="")


def _ring(notices: QuerySet[Notice]) -> int:
    rung = 0
    for notice_id in notices.values_list("pk", flat=True):
        try:
            current_app.send_task(TASK, args=[str(notice_id)])
        except Exception as error:  # noqa: BLE001 - whatever the broker's client raises, the notice is safe in the database
            logger.warning("broker unreachable", error=type(error).__name__)
            break
        rung += 1
    return rung
