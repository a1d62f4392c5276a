"""The table of what each act leaves in the log, as a page: what an auditor asks before they ask anything of the log."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, get_resolver
from django.views.decorators.http import require_safe

from verification.access.roles import Permission
from verification.audit.acts import ROUTES, Act
from verification.audit.acts_of_machines import COMMANDS, OF_THE_FRAMEWORK, STEPS, TASKS
from verification.audit.events import Event
from verification.reports.wording import EVENTS

from .permission import needs
from .report_period import log_reading

_KEY = "acts"
# An id in an address, as the site's list of addresses has it: `<uuid:case_id>`.
_ID = re.compile(r"<\w+:(\w+)>")
_Said = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Row:
    """One act. Events are (name, words); `method` is empty where there is none."""

    method: str
    act: str
    always: _Said
    often: _Said
    why: str
    refused: _Said


@dataclass(frozen=True, slots=True)
class Part:
    """Rows under one heading; `refusable` says that somebody may be turned away there."""

    key: str
    heading: str
    rows: list[Row]
    refusable: bool = False


@require_safe
@needs(Permission.LOG_READ)
def acts(request: HttpRequest) -> HttpResponse:
    log_reading(request, _KEY)
    return render(request, "reports/acts.html", {"parts": parts()})


def parts() -> list[Part]:
    paths = dict(_paths(get_resolver().url_patterns, "", "/"))
    addresses = [
        Part(f"part-{number}", heading, [_of_address(key, act, paths) for key, act in rows.items()], refusable=True)
        for number, (heading, rows) in enumerate(ROUTES.items())
    ]
    by_name = {
        "steps": ("The sweeper, which runs every second", STEPS),
        "tasks": ("Workers (Celery tasks)", TASKS),
        "commands": ("Commands of this site, by whoever sits at the machine", COMMANDS),
        "framework": ("Commands that come with the framework", OF_THE_FRAMEWORK),
    }
    return [
        *addresses,
        *(
            Part(key, heading, [_row("", name, act) for name, act in rows.items()])
            for key, (heading, rows) in by_name.items()
        ),
    ]


def _of_address(key: str, act: Act, paths: dict[str, str]) -> Row:
    method, _, name = key.partition(" ")
    return _row(method, paths.get(name, name), act)


def _row(method: str, name: str, act: Act) -> Row:
    return Row(method, name, _said(act.always), _said(act.often), act.why, _said((act.refused,)))


def _said(events: Sequence[Event]) -> _Said:
    return [(event.value, EVENTS[event]) for event in events]


def _paths(patterns: Sequence[URLPattern | URLResolver], space: str, before: str) -> Iterator[tuple[str, str]]:
    """The name of each address, and the address with the names of its parts in the place of ids."""
    for pattern in patterns:
        path = before + _ID.sub(r"{\1}", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _paths(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else space, path)
        else:
            yield f"{space}{pattern.name}", path
