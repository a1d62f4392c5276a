"""The reports of each month, made without being asked for: every report, for all programmes together and for each.

A month is made when it is over and the log is counted past its end. What is to be made is a row each, so a lost message
or a machine that was off costs delay and no report; the sweeper rings again, and months that were missed are made up
for, a year back at most. Made twice by accident, the first one stays.

The files lie in the database, beside their digest and the entry of the log that holds it. They hold counts and the
names of staff, and nothing of the people in the pictures.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import structlog
from celery import current_app
from django.db import transaction
from django.db.models import Min, Q
from django.utils import timezone

from verification.access.directory import who_may
from verification.access.roles import Permission
from verification.audit.events import WORKER
from verification.audit.models import SignedCheckpoint
from verification.cases.models import Programme
from verification.notices import board
from verification.notices.models import Notice

from .document import Document
from .handing_out import File, Form, hand_out
from .models import Counted, HourCount, MonthlyFile, MonthlyReport
from .registry import REPORTS, made, one_moment
from .window import Span, Window, midnight
from .words import LANGUAGES, Words

logger = structlog.get_logger(__name__)

# The task that makes one, by its name: the room of tasks lies above this one.
TASK = "verification.make_monthly_report"
REPEAT_AFTER = timedelta(minutes=10)
MOST_MONTHS = 12
# An entry bears the time at which it was written; what was committed this much later is still counted with its month.
GRACE = timedelta(minutes=10)


def ring_due(now: datetime | None = None) -> int:
    """Plan what is due, and have it made. Returns how many reports a worker was told of."""
    now = now or timezone.now()
    _plan(now)
    unheard = Q(rung_at__isnull=True) | Q(rung_at__lt=now - REPEAT_AFTER)
    rung = 0
    for report in MonthlyReport.objects.filter(unheard, made_at__isnull=True).order_by("month", "report"):
        if not _ring(report, now):
            break
        rung += 1
    return rung


def make(report_id: UUID | str) -> bool:
    """Make one report with all its files, unless it was made. Safe to repeat. Returns whether it was made now."""
    report = MonthlyReport.objects.filter(pk=report_id, made_at__isnull=True).first()
    if report is None or report.report not in REPORTS:
        return False
    documents = _documents(report)
    with transaction.atomic():
        # Of two workers one waits here, and then finds it made.
        if not MonthlyReport.objects.filter(pk=report.pk, made_at__isnull=True).update(made_at=timezone.now()):
            return False
        files = [hand_out(document, Form.PDF, WORKER) for document in documents]
        files.append(hand_out(documents[0], Form.CSV, WORKER))
        languages = [*(document.language for document in documents), documents[0].language]
        for file, language in zip(files, languages, strict=True):
            _kept(report, file, language)
        _tell(report.month)
    return True


def window_of(month: date, programme: UUID | None = None) -> Window:
    """The whole of a local month."""
    return Window(Span.CUSTOM, midnight(month), midnight(_next(month)), programme)


def _documents(report: MonthlyReport) -> list[Document]:
    """In every language, read at one moment."""
    with one_moment():
        window = window_of(report.month, report.programme_id)
        return [made(REPORTS[report.report], window, Words(language)) for language in LANGUAGES]


def _kept(report: MonthlyReport, file: File, language: str) -> None:
    MonthlyFile.objects.create(
        report=report, language=language, form=file.form.value, name=file.name, content=file.content,
        sha256=file.sha256, entry_id=file.entry_id,
    )  # fmt: skip


def _tell(month: date) -> None:
    """When the last report of the month is made, those who read them hear of it, once."""
    if not MonthlyReport.objects.filter(month=month, made_at__isnull=True).exists():
        board.notify(Notice.Kind.MONTHLY_REPORTS, f"{month:%Y-%m}", who_may(Permission.REPORT_READ))


def _plan(now: datetime) -> None:
    """A row for each report that is due and has none."""
    months = _due(now)
    if not months:
        return
    programmes = [None, *Programme.objects.all()]
    rows = [
        MonthlyReport(month=month, report=report, programme=programme)
        for month in months
        for report in REPORTS
        for programme in programmes
    ]
    MonthlyReport.objects.bulk_create(rows, ignore_conflicts=True)


def _due(now: datetime) -> list[date]:
    """The months that are over and counted past their end, from the first with an entry, oldest first.

    A month whose reports are all planned is left out: programmes that came later had no part in it.
    """
    counted_to = _counted_to()
    earliest = HourCount.objects.aggregate(first=Min("hour"))["first"]
    if counted_to is None or earliest is None:
        return []
    month = timezone.localtime(min(now, counted_to) - GRACE).date().replace(day=1)
    planned = set(MonthlyReport.objects.values_list("month", flat=True))
    found: list[date] = []
    while len(found) < MOST_MONTHS and (month := _before(month)) >= timezone.localtime(earliest).date().replace(day=1):
        found.append(month)
    return sorted(month for month in found if month not in planned)


def _counted_to() -> datetime | None:
    """Everything before this moment is counted: what was committed by then had its place before the checkpoint."""
    counted = Counted.objects.first()
    if counted is None or counted.checkpoint_id is None:
        return None
    return SignedCheckpoint.objects.get(pk=counted.checkpoint_id).at


def _ring(report: MonthlyReport, now: datetime) -> bool:
    """A conditional statement, so that two sweepers ring once. False when the broker is down."""
    waiting = MonthlyReport.objects.filter(pk=report.pk, made_at__isnull=True, rung_at=report.rung_at)
    if not waiting.update(rung_at=now):
        return True
    try:
        current_app.send_task(TASK, args=[str(report.pk)])
    except Exception as error:  # noqa: BLE001 - whatever the broker's client raises, the row is in the database
        logger.warning("broker unreachable", error=type(error).__name__)
        return False
    return True


def _next(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)
