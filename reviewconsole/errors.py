"""What answers when no view could: a problem document under the API's addresses, a page everywhere else."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from verification.api import problems
from verification.web import errors as pages


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problems.answer(400) if problems.concerns(request) else pages.bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problems.answer(403) if problems.concerns(request) else pages.forbidden(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problems.answer(404) if problems.concerns(request) else pages.not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    return problems.answer(500) if problems.concerns(request) else pages.server_error(request)
