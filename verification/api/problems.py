"""Every error under /api/ as a problem document (RFC 9457). A code stands for one cause and is never reused.

No document holds bytes, file names, paths or the text that was sent; at most the name of the field that is wrong.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import OperationalError
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from verification.cases.lifecycle import LostRace
from verification.intake.refused import IdempotencyConflict, NotNow, RefusedIntake

CONTENT_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:problem:face-verification:"
TRY_AGAIN_SECONDS = 5
# The one refusal of a submission that has a status of its own; all others are 400.
_STATUS_OF_REFUSAL = {"image_too_large": 413}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Problem:
    """`code` and `title` are the same for every occurrence, `detail` is for this one; `errors` one per wrong field."""

    status: int
    code: str
    title: str
    detail: str
    errors: tuple[Mapping[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        return {
            "type": TYPE_PREFIX + self.code,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "errors": list(self.errors),
        }


NOT_FOUND = Problem(404, "not_found", "Not found", "There is nothing here that this key may see.")
FORBIDDEN = Problem(403, "forbidden", "Forbidden", "This key may not do that.")
MALFORMED = Problem(400, "malformed_request", "Malformed request", "The request could not be read.")
BODY_TOO_LARGE = Problem(413, "body_too_large", "Too large", "The request is larger than the server takes.")
INTERNAL = Problem(
    500, "internal_error", "Internal error", "Something went wrong here. Repeat the request with its Idempotency-Key."
)
UNAVAILABLE = Problem(
    503, "unavailable", "Not available now", "The service cannot answer at the moment; try again.",
    headers={"Retry-After": str(TRY_AGAIN_SECONDS)},
)  # fmt: skip


class ApiError(Exception):
    """Raised by the edge itself, where a problem is known by name."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def handle(exc: Exception, context: Mapping[str, Any]) -> Response:
    """What the API answers to an exception: always a problem document. Unforeseen ones are logged and become a 500."""
    problem = problem_of(exc)
    if problem is INTERNAL:
        _log.error("An API request failed unforeseen.", exc_info=exc)
    set_rollback()
    return Response(problem.document(), status=problem.status, headers=dict(problem.headers), content_type=CONTENT_TYPE)


def answer(status: int) -> JsonResponse:
    """The same document from outside the API's views, where Django's own error handlers speak. 400, 403, 404 or 500."""
    problem = _BY_STATUS.get(status, INTERNAL)
    return JsonResponse(
        problem.document(), status=problem.status, headers=dict(problem.headers), content_type=CONTENT_TYPE
    )


_BY_STATUS = {problem.status: problem for problem in (MALFORMED, FORBIDDEN, NOT_FOUND)}


def concerns(request: HttpRequest) -> bool:
    """Whether an error page for this request must be a problem document."""
    return request.path.startswith("/api/")


def problem_of(exc: Exception) -> Problem:
    """The problem that an exception stands for; `INTERNAL` for every one that nobody foresaw."""
    match exc:
        case ApiError():
            return exc.problem
        case RefusedIntake():
            return _refused(exc)
        case NotNow():
            return Problem(503, exc.code, UNAVAILABLE.title, exc.sentence, headers=UNAVAILABLE.headers)
        case IdempotencyConflict():
            detail = "This Idempotency-Key was used for another request. Use a new one, or repeat that request."
            return Problem(409, "idempotency_key_reused", "Idempotency-Key reused", detail)
        case LostRace():
            return UNAVAILABLE
        case OperationalError():
            _log.error("The database did not answer an API request.", exc_info=exc)
            return UNAVAILABLE
        case exceptions.APIException():
            return _of_framework(exc)
        case _:
            return _of_django(exc)


def _refused(refused: RefusedIntake) -> Problem:
    errors = tuple(
        {"field": refusal.field, "code": refusal.code, "detail": refusal.sentence} for refusal in refused.refusals
    )
    status = _STATUS_OF_REFUSAL.get(refused.code, 400)
    return Problem(status, refused.code, "Submission refused", refused.sentence, errors)


def _of_framework(exc: exceptions.APIException) -> Problem:
    match exc:
        case exceptions.NotAuthenticated():
            detail = "Send your key as `Authorization: Bearer <key>`."
            return Problem(401, "key_missing", "Key missing", detail, headers=_challenge(exc))
        case exceptions.AuthenticationFailed():
            detail = "This key is not valid. It may have been revoked."
            return Problem(401, "key_invalid", "Key not valid", detail, headers=_challenge(exc))
        case exceptions.Throttled():
            wait = str(getattr(exc, "wait", None) or TRY_AGAIN_SECONDS)
            detail = f"This key has used up its requests. Try again in {wait} s."
            return Problem(429, "too_many_requests", "Too many requests", detail, headers={"Retry-After": wait})
        case exceptions.MethodNotAllowed():
            return Problem(405, "method_not_allowed", "Method not allowed", "This address does not answer that method.")
        case exceptions.NotAcceptable():
            return Problem(406, "not_acceptable", "Not acceptable", "Answers are application/json.")
        case exceptions.UnsupportedMediaType():
            detail = "Send the submission as multipart/form-data."
            return Problem(415, "media_type_not_accepted", "Media type not accepted", detail)
        case exceptions.ParseError():
            return MALFORMED
        case exceptions.PermissionDenied():
            return FORBIDDEN
        case exceptions.NotFound():
            return NOT_FOUND
        case _:
            return INTERNAL


def _challenge(exc: exceptions.APIException) -> dict[str, str]:
    """The framework leaves the challenge of RFC 6750 on the exception."""
    return {"WWW-Authenticate": str(getattr(exc, "auth_header", "Bearer"))}


def _of_django(exc: Exception) -> Problem:
    match exc:
        case Http404():
            return NOT_FOUND
        case PermissionDenied():
            return FORBIDDEN
        case RequestDataTooBig():
            return BODY_TOO_LARGE
        case TooManyFilesSent():
            return Problem(400, "too_many_files", "Submission refused", "There are more files than a submission has.")
        case TooManyFieldsSent():
            return Problem(400, "too_many_fields", "Submission refused", "There are more fields than a submission has.")
        case SuspiciousOperation() | BadRequest():
            return MALFORMED
        case _:
            return INTERNAL
