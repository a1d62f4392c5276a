"""A reviewer's own results on known cases. Private: nobody else opens this page, and it compares with nobody."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from verification.access.roles import Permission
from verification.known.answers import latest_answers
from verification.known.results import Results, Tally, results_of
from verification.policy.agreement import NOT_ENOUGH

from .intervals import Drawn, drawn
from .permission import needs, signed_in


@dataclass(frozen=True, slots=True)
class Measure:
    """One kind of known case on the page. `rate` and `untold` are None while there is not enough to speak of one."""

    name: str
    right_answer: str
    error: str
    tally: Tally
    rate: Drawn | None
    untold: Drawn | None


@needs(Permission.CASE_REVIEW)
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    reviewer = signed_in(request)
    results = results_of(reviewer)
    context = {
        "results": results,
        "measures": measures(results),
        "needed": NOT_ENOUGH,
        "latest": latest_answers(reviewer),
        "share": settings.KNOWN_CASE_SHARE,
    }
    return render(request, "review/mine.html", context)


def measures(results: Results) -> list[Measure]:
    """Impostors first: to let one in is the graver error."""
    return [
        _measure("Impostors", "a no", "Wrongly accepted", results.impostors),
        _measure("Rightful people", "a yes", "Wrongly refused", results.genuine),
    ]


def _measure(name: str, right_answer: str, error: str, tally: Tally) -> Measure:
    return Measure(name, right_answer, error, tally, drawn(tally.rate), drawn(tally.untold_rate))
