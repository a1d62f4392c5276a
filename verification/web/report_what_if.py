"""The page on which a threshold is moved in thought: a form asks, and a report answers. Nothing is changed."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from verification.access.roles import Permission
from verification.checks.match import MATCH
from verification.reports import threshold_moved
from verification.reports import what_if as tried
from verification.reports.cells import plain
from verification.reports.check_words import check_name, number
from verification.reports.document import Document
from verification.reports.handing_out import Form, hand_out
from verification.reports.registry import Report, made
from verification.reports.what_if import BadThreshold, Dial
from verification.reports.window import BadWindow, Window, window
from verification.reports.words import NoSuchLanguage, Words

from .permission import needs
from .report_page import as_file, shown
from .report_period import ASKED, actor, chosen_window, chosen_words, kept_choice, languages, log_reading, period

_KEY = "what-if"
_OWN = ("check", "threshold")


@require_safe
@needs(Permission.REPORT_READ)
def what_if(request: HttpRequest) -> HttpResponse:
    """What the period would have been with `threshold` for `check`; the rest is asked as for any report."""
    problem, wrong = "", ""
    try:
        asked, words = chosen_window(request.GET), chosen_words(request.GET)
    except (BadWindow, NoSuchLanguage) as bad:
        problem, asked, words = str(bad), window(), Words()
    try:
        of, at = _chosen(request.GET)
    except BadThreshold as bad:
        of = _dial(request.GET)
        at, wrong = of.stands, _sentence(bad, words)
    log_reading(request, _KEY)
    document = _made(of, at, asked, words)
    context = period(request.GET, asked, problem) | languages(words) | shown(request.GET, document)
    context["kept_with_threshold"] = kept_choice(request.GET, (*ASKED, *_OWN))
    context |= {"form": _form(of, at, request.GET, words), "carried": _carried(request.GET, _OWN), "wrong": wrong}
    return render(request, "reports/what_if.html", context, status=400 if problem or wrong else 200)


@require_safe
@needs(Permission.REPORT_READ)
def what_if_csv(request: HttpRequest) -> HttpResponse:
    """The same figures as a file."""
    try:
        of, at = _chosen(request.GET)
        document = _made(of, at, chosen_window(request.GET), chosen_words(request.GET))
    except BadThreshold as bad:
        messages.error(request, _sentence(bad, Words()))
        return redirect("report-what-if")
    except (BadWindow, NoSuchLanguage) as bad:
        messages.error(request, str(bad))
        return redirect("report-what-if")
    return as_file(hand_out(document, Form.CSV, actor(request)))


def _made(of: Dial, at: float, asked: Window, words: Words) -> Document:
    return made(Report(_KEY, partial(threshold_moved.build, of=of, tried=at)), asked, words)


def _chosen(asked: QueryDict) -> tuple[Dial, float]:
    """Raises `BadThreshold`."""
    of = tried.dial(asked.get("check") or MATCH.name)
    return of, tried.threshold(of, asked.get("threshold", ""))


def _dial(asked: QueryDict) -> Dial:
    """The dial that a mistaken threshold was meant for, as far as there is one."""
    name = asked.get("check", "")
    return tried.dial(name if name in tried.MOVABLE else MATCH.name)


def _sentence(bad: BadThreshold, words: Words) -> str:
    said = words(f"what-if.{bad.code}", low=number(bad.low), high=number(bad.high))
    return f"{said} {words('what-if.shown_instead')}"


def _form(of: Dial, at: float, asked: QueryDict, words: Words) -> dict[str, Any]:
    return {
        "title": words("what-if.form"),
        "check": words("what-if.form_check"),
        "threshold": words("what-if.form_threshold"),
        "try": words("what-if.form_try"),
        "note": words("what-if.form_note"),
        "range": words("what-if.out_of_range", low=number(of.low), high=number(of.high)),
        "back": words("checks.title"),
        "checks": [(name, check_name(name, words)) for name in tried.MOVABLE],
        "chosen": of.name,
        "at": number(at),
        "carried": _carried(asked, ASKED),
    }


def _carried(asked: QueryDict, names: tuple[str, ...]) -> list[tuple[str, str]]:
    """What one form of the page keeps of the other's."""
    return [(name, plain(value)) for name in names if (value := asked.get(name, ""))]
