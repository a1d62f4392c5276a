"""The reports of each month: which there are, and each of their files."""

from __future__ import annotations

from itertools import groupby
from uuid import UUID

from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from verification.access.roles import Permission
from verification.reports.cells import plain
from verification.reports.handing_out import File, Form
from verification.reports.models import MonthlyFile, MonthlyReport
from verification.reports.registry import REPORTS
from verification.reports.words import LANGUAGES, Words

from .permission import needs
from .report_page import as_file
from .report_period import links, log_reading


@require_safe
@needs(Permission.REPORT_READ)
def months(request: HttpRequest) -> HttpResponse:
    """Every month, the newest first, with the files of each of its reports and the proof of each file."""
    log_reading(request, "monthly")
    reports = MonthlyReport.objects.select_related("programme").prefetch_related(
        Prefetch("files", MonthlyFile.objects.defer("content"))
    )
    shown = [
        (month, sorted((_shown(one) for one in of_month), key=lambda one: (one["title"], one["programme"])))
        for month, of_month in groupby(reports, key=lambda one: one.month)
    ]
    return render(request, "reports/months.html", {"months": shown, "reports": links(request.GET)})


@require_safe
@needs(Permission.REPORT_READ)
def file(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """The file as it was made then."""
    found = MonthlyFile.objects.select_related("report").filter(pk=file_id).first()
    if found is None:
        raise Http404("There is no such file.")
    log_reading(request, found.report.report, found.form)
    return as_file(File(found.name, Form(found.form), bytes(found.content), found.sha256, found.entry_id))


def _shown(report: MonthlyReport) -> dict[str, object]:
    known = REPORTS.get(report.report)
    return {
        "title": known.title(Words()) if known else report.report,
        "programme": plain(report.programme.name) if report.programme else "",
        "made_at": report.made_at,
        "files": [(one, LANGUAGES.get(one.language, one.language)) for one in report.files.all()],
    }
