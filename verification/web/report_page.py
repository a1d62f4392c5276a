"""One report as a page and as files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from verification.access.roles import Permission
from verification.reports.document import Document
from verification.reports.handing_out import File, Form, hand_out, lately
from verification.reports.recording import how_to_check, recorded
from verification.reports.registry import REPORTS, Report, made
from verification.reports.window import BadWindow, window
from verification.reports.words import NoSuchLanguage, Words

from . import report_parts
from .permission import needs
from .report_period import actor, chosen_window, chosen_words, kept_choice, languages, links, log_reading, period

CONTENT_TYPES = {Form.CSV: "text/csv; charset=utf-8", Form.PDF: "application/pdf"}


@require_safe
@needs(Permission.REPORT_READ)
def report(request: HttpRequest, key: str) -> HttpResponse:
    """A report of a period: `span` or `from` and `to`, `programme`, and `language`."""
    chosen, problem = _report(key), ""
    try:
        asked, words = chosen_window(request.GET), chosen_words(request.GET)
    except (BadWindow, NoSuchLanguage) as bad:
        problem, asked, words = str(bad), window(), Words()
    log_reading(request, chosen.key)
    document = made(chosen, asked, words)
    context = period(request.GET, asked, problem) | languages(words) | shown(request.GET, document)
    context |= {"what_if_word": words("what-if.title"), "assessments_word": words("compliance.assessments")}
    context |= {"files": lately(chosen.key), "files_word": words("common.files"), "proof_word": words("common.proof")}
    context |= {"check_word": words("record.check"), "steps": how_to_check(document)}
    context |= {"record_said": recorded(document)}
    return render(request, "reports/report.html", context, status=400 if problem else 200)


@require_safe
@needs(Permission.REPORT_READ)
def report_csv(request: HttpRequest, key: str) -> HttpResponse:
    """The same figures as a file for a spreadsheet."""
    return _as_file(request, _report(key), Form.CSV)


@require_safe
@needs(Permission.REPORT_READ)
def report_pdf(request: HttpRequest, key: str) -> HttpResponse:
    """The same report on paper."""
    return _as_file(request, _report(key), Form.PDF)


def _as_file(request: HttpRequest, chosen: Report, form: Form) -> HttpResponse:
    try:
        document = made(chosen, chosen_window(request.GET), chosen_words(request.GET))
    except (BadWindow, NoSuchLanguage) as bad:
        messages.error(request, str(bad))
        return redirect(reverse("report", args=[chosen.key]))
    return as_file(hand_out(document, form, actor(request)))


def shown(asked: QueryDict, document: Document) -> dict[str, Any]:
    """What any page shows of a document, whatever else stands on it."""
    words = document.words
    return {
        "document": document,
        "sections": report_parts.sections(document),
        "reports": links(asked),
        "kept": kept_choice(asked),
        "programme_shown": document.programme or words("common.all_programmes"),
        "figures_word": words("common.figures"),
        "nothing_word": words("common.nothing_to_draw"),
    }


def _report(key: str) -> Report:
    try:
        return REPORTS[key]
    except KeyError:
        raise Http404("There is no such report.") from None


def as_file(file: File) -> HttpResponse:
    """`X-Report-Entry` is the id of the log's entry that holds the file's SHA-256."""
    response = HttpResponse(file.content, content_type=CONTENT_TYPES[file.form])
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response["X-Report-Entry"] = str(file.entry_id)
    return response
