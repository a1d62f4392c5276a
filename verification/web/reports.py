"""The risk officer's screens: the report of a period, the audit log, its export and its verification."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from verification.access.roles import Permission
from verification.audit.proof_file import SUFFIX
from verification.policy.agreement import NOT_ENOUGH
from verification.reports import charts, export, log_state
from verification.reports.actors import directory, everybody
from verification.reports.cells import plain
from verification.reports.entries import BadSearch, Sought, page, sought
from verification.reports.overview import Overview, overview
from verification.reports.window import BadWindow, window
from verification.reports.wording import EVENTS, MACHINES

from . import report_tables
from .own_results import measures
from .permission import needs
from .report_period import actor, chosen_window, links, log_reading, period, zone

# A request may hold a web process this long; the command line verifies logs of any length.
VERIFY_SECONDS = 10.0
_KEYS = (("V", "Verify the log now"), ("N", "Newer entries"), ("O", "Older entries"), ("X", "Export as CSV"))
_FILTERS = {"event": "event", "actor": "actor", "case": "case", "from": "first", "to": "last"}


@require_safe
@needs(Permission.REPORT_READ)
def reports(request: HttpRequest) -> HttpResponse:
    """What happened in a period: `span` or `from` and `to`, and `programme`."""
    problem = ""
    try:
        chosen = chosen_window(request.GET)
    except BadWindow as bad:
        problem, chosen = str(bad), window()
    log_reading(request, "overview")
    report = overview(chosen)
    context = period(request.GET, chosen, problem) | _drawn(report) | {"report": report, "reports": links(request.GET)}
    return render(request, "reports/overview.html", context, status=400 if problem else 200)


@require_safe
@needs(Permission.LOG_READ)
def log(request: HttpRequest) -> HttpResponse:
    """Entries of the log that fit `event`, `actor`, `case`, `from` and `to`, from `before` or `after` an entry on."""
    log_reading(request, "log")
    filters = _chosen(request.GET)
    shown = {name: plain(value) for name, value in filters.items()}
    context = {"filters": shown, "zone": zone(), "page_keys": _KEYS} | _choices(filters["actor"]) | _state()
    try:
        found = page(_sought(filters), before=_id(request.GET, "before"), after=_id(request.GET, "after"))
    except BadSearch as bad:
        return render(request, "reports/log.html", context | {"problem": str(bad)}, status=400)
    kept = urlencode({name: value for name, value in filters.items() if value})
    context |= {"page": found, "kept": kept, "most": export.MAX_ROWS}
    return render(request, "reports/log.html", context)


@require_safe
@needs(Permission.LOG_EXPORT)
def log_csv(request: HttpRequest) -> HttpResponseBase:
    """The same entries as a file, written while it is sent."""
    try:
        wanted = _sought(_chosen(request.GET))
    except BadSearch as bad:
        messages.error(request, str(bad))
        return redirect("reports-log")
    prepared = export.export(wanted, actor(request))
    response = StreamingHttpResponse(prepared.chunks(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{export.file_name(prepared)}"'
    return response


@require_safe
@needs(Permission.LOG_EXPORT)
def log_proof(request: HttpRequest, entry: int) -> HttpResponseBase:
    """A file that proves one entry to somebody who has nothing but the public keys of the log and its witness."""
    try:
        proof = export.proof(entry, actor(request))
    except export.NotProvable as problem:
        messages.error(request, str(problem))
        return redirect("reports-log")
    response = HttpResponse(str(proof), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="entry-{entry}{SUFFIX}"'
    return response


@require_POST
@needs(Permission.LOG_READ)
def log_verify(request: HttpRequest) -> HttpResponse:
    """Walk the log now, for a bounded time. What was found stands on the page, from the log itself."""
    log_state.verify(actor(request), seconds=VERIFY_SECONDS)
    return redirect("reports-log")


def _drawn(report: Overview) -> dict[str, Any]:
    """Tiles, charts and the rows of tables."""
    days = [(day.by_machine, day.by_people, day.unresolved) for day in report.days]
    series = ("by machine", "by people", "without an answer")
    return {
        "ends_legend": series,
        "tiles": report_tables.tiles(report),
        "durations": report_tables.durations(report),
        "reviewers": report_tables.reviewers(report),
        "undecided": report_tables.undecided(report),
        "standing": report_tables.standing(report),
        "measures": measures(report.judgement.results),
        "agreed": report_tables.agreed(report),
        "needed": NOT_ENOUGH,
        "refusals": report_tables.refusals(report),
        "overdue": report_tables.overdue(report),
        "worries": report_tables.worries(report),
        "ends_chart": charts.stacked([f"{day.day:%m-%d}" for day in report.days], days, series),
        "waits_chart": charts.stacked(
            [step.label for step in report.wait_steps], [(step.cases,) for step in report.wait_steps], ("cases",)
        ),
    }


def _choices(actor: str) -> dict[str, Any]:
    """What may be chosen; an actor who is not in the lists, such as a relying party's key, is offered by id."""
    people = everybody()
    return {
        "events": [(event.value, words) for event, words in EVENTS.items()],
        "people": people,
        "machines": MACHINES.items(),
        "actor_listed": actor in dict(people) or actor in MACHINES,
    }


def _state() -> dict[str, Any]:
    state = log_state.log_state()
    verified = state.verified
    who = (
        directory([verified.actor_id]).named(verified.actor_kind, verified.actor_id, verified.at) if verified else None
    )
    return {"state": state, "verified_by": who}


def _chosen(asked: QueryDict) -> dict[str, str]:
    return {name: asked.get(name, "").strip() for name in _FILTERS}


def _sought(filters: dict[str, str]) -> Sought:
    return sought(**{_FILTERS[name]: value for name, value in filters.items()})


def _id(asked: QueryDict, name: str) -> int | None:
    text = asked.get(name, "")
    # Ids are 64-bit; anything else cannot be one.
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
