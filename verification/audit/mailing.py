"""The second kind of anchor: the last checkpoint of each day, by e-mail to people outside, such as the risk officer.

What lies in somebody's mailbox, no owner of the database can reach. The checkpoint comes as a file, ready for
`verify_log.py --anchor`. The worker sends it; sent twice by accident it does no harm, so it is marked after sending.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from smtplib import SMTPException

import structlog
from celery import current_app
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from . import watches
from .models import Posting, SignedCheckpoint, Watch

logger = structlog.get_logger(__name__)

# The task that sends one, by its name: the room of tasks lies above this one.
TASK = "verification.mail_checkpoint"
REPEAT_AFTER = timedelta(minutes=5)

_SUBJECT = "Audit log: the checkpoint of {day}"
_BODY = """\
The attached file is the last checkpoint of the audit log of {day} (UTC). It covers {size} entries.

Keep it. Whoever has it can show later that the log still is what it was on that day:

    python3 verify_log.py EXPORT --log-key KEY --anchor {name}
"""


def ring_due(now: datetime | None = None) -> int:
    """Have the checkpoint of the last day that is over sent, again where it was lost. Returns how many: 0 or 1."""
    if not settings.CHECKPOINT_MAIL_TO:
        return 0
    now = now or timezone.now()
    _note_the_last_day(now)
    newest = Posting.objects.filter(sent_at__isnull=True).order_by("-day").first()
    return _ring(newest, now) if newest else 0


def send(day: str) -> bool:
    """Send one day's checkpoint, unless it was sent. Safe to repeat."""
    with transaction.atomic():
        posting = Posting.objects.select_for_update(skip_locked=True).filter(pk=day, sent_at__isnull=True).first()
        if posting is None:
            return False
        sent = _sent(_message(posting))
        watches.say(Watch.Part.MAIL, "" if sent else "failed")
        if sent:
            Posting.objects.filter(pk=posting.pk).update(sent_at=timezone.now())
    return sent


def _note_the_last_day(now: datetime) -> None:
    midnight = datetime.combine(now.astimezone(UTC).date(), time.min, UTC)
    newest = SignedCheckpoint.objects.filter(at__lt=midnight).last()
    if newest is None:
        return
    day = newest.at.astimezone(UTC).date()
    due = {"checkpoint_id": newest.pk, "rung_at": now - REPEAT_AFTER - timedelta(seconds=1)}
    Posting.objects.get_or_create(day=day, defaults=due)


def _ring(posting: Posting, now: datetime) -> int:
    """A conditional statement, so that two sweepers ring once."""
    mine = Posting.objects.filter(pk=posting.pk, rung_at__lt=now - REPEAT_AFTER).update(rung_at=now)
    if not mine:
        return 0
    try:
        current_app.send_task(TASK, args=[posting.day.isoformat()])
    except Exception as error:  # noqa: BLE001 - whatever the broker's client raises, the posting is in the database
        logger.warning("broker unreachable", error=type(error).__name__)
        return 0
    return 1


def _message(posting: Posting) -> EmailMessage:
    checkpoint = SignedCheckpoint.objects.get(pk=posting.checkpoint_id)
    said = {"day": posting.day, "size": checkpoint.size, "name": _name(posting.day)}
    message = EmailMessage(
        _SUBJECT.format(**said),
        _BODY.format(**said),
        settings.EMAIL_FROM,
        settings.CHECKPOINT_MAIL_TO,
        headers={"Auto-Submitted": "auto-generated"},
    )
    message.attach(_name(posting.day), checkpoint.note, "text/plain")
    return message


def _name(day: date) -> str:
    return f"checkpoint-{day.isoformat()}.txt"


def _sent(message: EmailMessage) -> bool:
    try:
        return message.send() == 1
    except (SMTPException, OSError) as error:
        logger.warning("checkpoint not mailed", error=type(error).__name__)
        return False
