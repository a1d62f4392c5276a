"""The register of impact assessments: which there are, and recording a version."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from verification.access.roles import Permission
from verification.cases.models import Programme
from verification.reports import assessments as room
from verification.reports.cells import plain

from .permission import needs, signed_in
from .report_period import links, log_reading

_FIELDS = ("title", "version", "owner", "approved_on", "review_due", "reference", "programme")
_STANDING = {
    room.Standing.IN_FORCE: ("In force", "good"),
    room.Standing.SOON: ("Review due soon", "doubt"),
    room.Standing.OVERDUE: ("Review overdue", "stop"),
    room.Standing.SUPERSEDED: ("Superseded", ""),
}


@needs(Permission.ASSESSMENT_RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
def assessments(request: HttpRequest) -> HttpResponse:
    """The register; a POST records a version."""
    if request.method != "POST":
        log_reading(request, "assessments")
        return _page(request)
    wanted = room.Wanted(**{name: request.POST.get(name, "") for name in _FIELDS})
    try:
        made = room.record(signed_in(request), wanted)
    except room.InvalidAssessment as invalid:
        return _page(request, invalid.errors)
    messages.success(request, f"Version {plain(made.version)} of “{plain(made.title)}” is recorded.")
    return redirect("assessments")


def _page(request: HttpRequest, problems: dict[str, str] | None = None) -> HttpResponse:
    context = {
        "register": [(one, *_STANDING[one.standing]) for one in room.register()],
        "programmes": [(str(one.pk), plain(one.name)) for one in Programme.objects.all()],
        "problems": problems or {},
        "sent": request.POST,
        "reports": links(request.GET),
    }
    return render(request, "reports/assessments.html", context, status=422 if problems else 200)
