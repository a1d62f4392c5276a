"""What /api/v1/schema says about each address (OpenAPI 3). The tests hold real answers against it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

from verification.capture.models import Locale
from verification.cases.states import CapturedBy, CaseKind, CaseStatus, Outcome
from verification.checks.results import Band
from verification.intake.consent import MAX_CHARACTERS
from verification.intake.repeats import MAX_IDEMPOTENCY_KEY, MAX_SUBJECT_REF
from verification.intake.submit import MAX_LIVE_IMAGES

from .problems import CONTENT_TYPE


class Key(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers itself through an untyped hook
    target_class = "verification.api.authentication.ApiKeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "description": "A key of one programme."}


class Check(serializers.Serializer[Any]):
    name = serializers.CharField()
    band = serializers.ChoiceField([band.value for band in Band])
    score = serializers.FloatField(allow_null=True, help_text="In `unit`; null when nothing could be measured.")
    unit = serializers.CharField(allow_blank=True)


class Media(serializers.Serializer[Any]):
    state = serializers.ChoiceField(["sealed", "held", "destroyed"])
    until = serializers.DateTimeField(
        allow_null=True,
        help_text="Sealed: destroyed at the latest then. Held: kept sealed by a legal hold until then, unless it is "
        "renewed or released. Destroyed: since then.",
    )


class CaseLinks(serializers.Serializer[Any]):
    self = serializers.CharField()


class CaseDocument(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField([kind.value for kind in CaseKind])
    captured_by = serializers.ChoiceField([by.value for by in CapturedBy])
    status = serializers.ChoiceField([status.value for status in CaseStatus])
    outcome = serializers.ChoiceField([outcome.value for outcome in Outcome], allow_null=True)
    reasons = serializers.ListField(child=serializers.CharField(), help_text="Stable codes.")
    checks = Check(many=True)
    received_at = serializers.DateTimeField(
        help_text="Of an erased case this and every other time is the beginning of its day, as nothing finer is kept."
    )
    settled_at = serializers.DateTimeField(allow_null=True, help_text="When the machine's checks were done.")
    closed_at = serializers.DateTimeField(allow_null=True, help_text="When nothing more will happen to the case.")
    media = Media()
    links = CaseLinks()


class SessionLinks(serializers.Serializer[Any]):
    self = serializers.CharField()
    case = serializers.CharField()


class SessionDocument(serializers.Serializer[Any]):
    id = serializers.UUIDField(allow_null=True)
    case = serializers.UUIDField(allow_null=True)
    status = serializers.ChoiceField(["waiting", "opened", "captured", "other_way", "expired", "withdrawn", "erased"])
    url = serializers.CharField(
        allow_null=True, help_text="Where to send the person; null once it was opened. It opens in one browser."
    )
    expires_at = serializers.DateTimeField(allow_null=True, help_text="Until then the camera can be started.")
    attempts = serializers.IntegerField(help_text="Challenges drawn so far, at most 3.")
    refusal = serializers.CharField(allow_null=True, help_text="Code of the last recording that was not taken.")
    other_way = serializers.BooleanField(help_text="The person chose the way without a face. Not a refusal.")
    other_way_until = serializers.DateTimeField(
        allow_null=True, help_text="No session was made: until then the subject is not asked for their face again."
    )
    links = SessionLinks(allow_null=True)


class SessionForm(serializers.Serializer[Any]):
    kind = serializers.ChoiceField([kind.value for kind in CaseKind])
    subject_ref = serializers.CharField(
        max_length=MAX_SUBJECT_REF, help_text="Opaque; only a keyed hash of it is stored. Send no name and no number."
    )
    locale = serializers.ChoiceField(Locale.values, help_text="The language of the person's pages.")
    return_url = serializers.CharField(
        required=False, help_text="Where the person goes afterwards: one of the programme's addresses, exactly."
    )
    reference = serializers.FileField(help_text="One JPEG, PNG or WebP, at most 10 MB and 25 million pixels.")


class ListLinks(serializers.Serializer[Any]):
    next = serializers.CharField(allow_null=True)


class CaseList(serializers.Serializer[Any]):
    cases = CaseDocument(many=True)
    next_cursor = serializers.CharField(allow_null=True)
    links = ListLinks()


class FieldError(serializers.Serializer[Any]):
    field = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemDocument(serializers.Serializer[Any]):
    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField(help_text="Stable: one code per cause.")
    errors = FieldError(many=True)  # type: ignore[assignment]  # the framework takes declared fields off the class


class SubmissionForm(serializers.Serializer[Any]):
    kind = serializers.ChoiceField([kind.value for kind in CaseKind])
    subject_ref = serializers.CharField(
        max_length=MAX_SUBJECT_REF, help_text="Opaque; only a keyed hash of it is stored. Send no name and no number."
    )
    consent = serializers.CharField(
        max_length=MAX_CHARACTERS,
        help_text='JSON: `{"notice_version": "2026-01", "scopes": ["compare", "transmit", "human_view"]}`. '
        "`compare` and `transmit` are required; without `human_view` nobody ever looks.",
    )
    reference = serializers.FileField(help_text="One JPEG, PNG or WebP, at most 10 MB and 25 million pixels.")
    live = serializers.ListField(
        child=serializers.FileField(), min_length=1, max_length=MAX_LIVE_IMAGES, help_text="Repeat the field."
    )


CASE_EXAMPLE = OpenApiExample(
    "A case that a person looks at",
    value={
        "id": "0b8c7a52-4f5e-4f0e-9d43-6f2f3a1f7c10",
        "kind": "enrolment",
        "captured_by": "relying_party",
        "status": "in_review",
        "outcome": None,
        "reasons": ["match_unclear"],
        "checks": [{"name": "match", "band": "ambiguous", "score": 0.36, "unit": "cosine"}],
        "received_at": "2026-01-05T09:30:00.000Z",
        "settled_at": "2026-01-05T09:30:01.250Z",
        "closed_at": None,
        "media": {"state": "sealed", "until": "2026-01-08T09:30:00.000Z"},
        "links": {"self": "/api/v1/cases/0b8c7a52-4f5e-4f0e-9d43-6f2f3a1f7c10"},
    },
    response_only=True,
)


def _problem(description: str, code: str, status: int, errors: list[dict[str, str]] | None = None) -> OpenApiResponse:
    value = {
        "type": f"urn:problem:face-verification:{code}",
        "title": description,
        "status": status,
        "detail": description,
        "code": code,
        "errors": errors or [],
    }
    return OpenApiResponse(ProblemDocument, description, [OpenApiExample(code, value=value)])


_MISSING = {"field": "consent", "code": "missing_field", "detail": "consent is missing."}
_PROBLEMS = {
    400: _problem("Refused; `errors` names every wrong field", "missing_field", 400, [_MISSING]),
    401: _problem("No key, or not a valid one", "key_invalid", 401),
    404: _problem("Nothing that this key may see", "not_found", 404),
    405: _problem("Method not allowed", "method_not_allowed", 405),
    406: _problem("Only JSON is spoken", "not_acceptable", 406),
    409: _problem("The Idempotency-Key belongs to another request", "idempotency_key_reused", 409),
    411: _problem("The body's length is not said", "length_required", 411),
    413: _problem("A file or the whole body is too large", "body_too_large", 413),
    415: _problem("Not multipart/form-data", "media_type_not_accepted", 415),
    429: _problem("Too many requests; see Retry-After", "too_many_requests", 429),
    500: _problem("Something went wrong here", "internal_error", 500),
    503: _problem("Not now; nothing was stored; see Retry-After", "unavailable", 503),
}
_EVERYWHERE = (401, 405, 406, 429, 500, 503)


def _answers(success: int, document: type[serializers.Serializer[Any]], *problems: int) -> dict[Any, OpenApiResponse]:
    """The answers of one operation, each with its media type."""
    examples = [CASE_EXAMPLE] if document is CaseDocument else []
    answers: dict[Any, OpenApiResponse] = {
        (success, "application/json"): OpenApiResponse(document, "Done", examples),
    }
    answers |= {(status, CONTENT_TYPE): _PROBLEMS[status] for status in sorted((*_EVERYWHERE, *problems))}
    return answers


_IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, required=True,
    description=f"At most {MAX_IDEMPOTENCY_KEY} printable ASCII characters. The same key with the same "
    "submission answers with the same case; with another submission 409. Remembered for 7 days.",
)  # fmt: skip
SUBMIT = extend_schema(
    operation_id="submit_case",
    request={"multipart/form-data": SubmissionForm},
    parameters=[_IDEMPOTENCY_KEY],
    responses=_answers(202, CaseDocument, 400, 409, 411, 413, 415),
)
INVITE = extend_schema(
    operation_id="start_capture_session",
    request={"multipart/form-data": SessionForm},
    parameters=[_IDEMPOTENCY_KEY],
    responses={
        (200, "application/json"): OpenApiResponse(SessionDocument, "Asked before, or the other way was taken"),
        **_answers(201, SessionDocument, 400, 409, 411, 413, 415),
    },
)
READ_SESSION = extend_schema(operation_id="read_capture_session", responses=_answers(200, SessionDocument, 404))
LIST = extend_schema(
    operation_id="list_cases",
    parameters=[
        OpenApiParameter("status", str, enum=[status.value for status in CaseStatus]),
        OpenApiParameter("cursor", str, description="The `next_cursor` of the page before."),
    ],
    responses=_answers(200, CaseList, 400),
)
READ = extend_schema(operation_id="read_case", responses=_answers(200, CaseDocument, 404))
ERASE = extend_schema(operation_id="erase_case", responses=_answers(200, CaseDocument, 404))
HIDDEN = extend_schema(exclude=True)
