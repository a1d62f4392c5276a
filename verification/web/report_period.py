"""What every page of reports asks and says: the period, the programme, the language, and that it was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone

from verification.audit import log
from verification.audit.events import Actor, Event
from verification.cases.models import Programme
from verification.reports.cells import plain
from verification.reports.registry import REPORTS
from verification.reports.window import BadWindow, Span, Window, window
from verification.reports.words import LANGUAGES, Words

from .permission import signed_in

# What of an address chooses the figures.
ASKED = ("span", "from", "to", "programme", "language")


@dataclass(frozen=True, slots=True)
class Link:
    """A report to go to, in the same window."""

    key: str
    title: str
    question: str
    url: str


def chosen_window(asked: QueryDict) -> Window:
    """Two dates say more than the name of a period, so they count where they are given. Raises `BadWindow`."""
    first, last = asked.get("from", ""), asked.get("to", "")
    span = Span.CUSTOM.value if first or last else asked.get("span", Span.WEEK.value)
    return window(span, first, last, _programme(asked.get("programme", "")))


def chosen_words(asked: QueryDict) -> Words:
    """Raises `NoSuchLanguage`."""
    return Words(asked.get("language") or "en")


def _programme(asked: str) -> UUID | None:
    if not asked:
        return None
    try:
        return Programme.objects.values_list("pk", flat=True).get(pk=UUID(asked))
    except (ValueError, Programme.DoesNotExist):
        raise BadWindow("There is no such programme.") from None


def period(asked: QueryDict, chosen: Window, problem: str) -> dict[str, Any]:
    """What the choice of period shows."""
    return {
        "problem": problem,
        "window": chosen,
        "spans": [span for span in Span if span is not Span.CUSTOM],
        "programmes": [(str(one.pk), plain(one.name)) for one in Programme.objects.all()],
        "programme": str(chosen.programme or ""),
        "asked": {"from": plain(asked.get("from", "")), "to": plain(asked.get("to", ""))},
        "zone": zone(),
    }


def languages(chosen: Words) -> dict[str, Any]:
    return {"languages": LANGUAGES.items(), "language": chosen.language}


def links(asked: QueryDict) -> list[Link]:
    """Every report, in the window that is shown."""
    english, kept = Words(), kept_choice(asked)
    return [
        Link(one.key, one.title(english), one.question(english), reverse("report", args=[one.key]) + kept)
        for one in REPORTS.values()
    ]


def kept_choice(asked: QueryDict, names: tuple[str, ...] = ASKED) -> str:
    """The choice as the end of an address, empty where nothing was chosen."""
    kept = {name: asked[name] for name in names if asked.get(name)}
    return f"?{urlencode(kept)}" if kept else ""


def log_reading(request: HttpRequest, report: str, form: str = "page") -> None:
    """`form` is `page`, or the ending of the kept file that is taken away."""
    with transaction.atomic():
        log.record(Event.REPORT_READ, actor=actor(request), report=report, form=form)


def actor(request: HttpRequest) -> Actor:
    return Actor.person(signed_in(request).pk)


def zone() -> str:
    return timezone.get_current_timezone_name()
