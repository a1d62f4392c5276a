"""/api/v1/cases: send a submission, read what became of it, list, erase."""

from __future__ import annotations

from typing import NoReturn
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from rest_framework.exceptions import NotFound
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from verification.audit.events import Actor
from verification.cases.models import ApiKey, Case
from verification.cases.states import CaseStatus
from verification.intake.submit import submit
from verification.retention.erase import erase_case

from . import documents
from .authentication import key_of
from .form import read_submission
from .paging import Cursor, InvalidCursor, page_of
from .problems import ApiError, Problem
from .representation import case_document


class CasesView(APIView):
    accepts_uploads = True
    parser_classes = [MultiPartParser]
    http_method_names = ["get", "head", "post"]

    @documents.SUBMIT
    def post(self, request: Request) -> Response:
        """Take a submission. 202: the case is recorded and will be checked, even when a queue is down at the moment."""
        key = key_of(request)
        submitted = submit(key, request.headers.get("Idempotency-Key", ""), read_submission(request))
        document = case_document(submitted.case)
        return Response(document, status=202, headers={"Location": document["links"]["self"]})

    @documents.LIST
    def get(self, request: Request) -> Response:
        """The programme's cases, newest first."""
        given = _parameters(request)
        cases = _cases_of(key_of(request))
        if "status" in given:
            cases = cases.filter(status=_status(given["status"]))
        page = page_of(cases, _cursor(given["cursor"]) if "cursor" in given else None)
        following = page.next.text() if page.next else None
        return Response(
            {
                "cases": [case_document(case) for case in page.cases],
                "next_cursor": following,
                "links": {"next": _address({**given, "cursor": following}) if following else None},
            }
        )


class CaseView(APIView):
    http_method_names = ["get", "head", "delete"]

    @documents.READ
    def get(self, request: Request, case_id: UUID) -> Response:
        """One case of the programme. Another programme's case looks like one that never was."""
        return Response(case_document(_case(key_of(request), case_id)))

    @documents.ERASE
    def delete(self, request: Request, case_id: UUID) -> Response:
        """Erase a case at once: pictures, results, decision, and the link to the subject. Safe to repeat."""
        key = key_of(request)
        case = _case(key, case_id)
        erase_case(case.pk, actor=Actor.relying_party(key.pk))
        return Response(case_document(_case(key, case_id)))


class NowhereView(APIView):
    """Every other address under /api/v1/. It asks for a key like all others, then says that nothing is here."""

    @documents.HIDDEN
    def get(self, request: Request) -> NoReturn:
        raise NotFound

    post = put = patch = delete = get


def _cases_of(key: ApiKey) -> QuerySet[Case]:
    """The one door: a key sees the cases that its programme sent, and no others. Nobody sent a known case."""
    return Case.objects.filter(programme_id=key.programme_id, known=False).prefetch_related("results", "holds")


def _case(key: ApiKey, case_id: UUID) -> Case:
    case = _cases_of(key).filter(pk=case_id).first()
    if case is None:
        raise NotFound
    return case


def _parameters(request: Request) -> dict[str, str]:
    """The query's parameters, each known and given once: a misspelt filter must not answer with everything."""
    given = request.query_params
    for name in given:
        if name not in {"status", "cursor"}:
            _refuse("unknown_parameter", "The parameters are status and cursor.")
        if len(given.getlist(name)) > 1:
            _refuse("repeated_parameter", f"{name} is given more than once.")
    return {name: given[name] for name in given}


def _status(given: str) -> str:
    if given not in set(CaseStatus):
        _refuse("unknown_status", f"The statuses are: {', '.join(CaseStatus)}.")
    return given


def _cursor(given: str) -> Cursor:
    try:
        return Cursor.of_text(given)
    except InvalidCursor:
        _refuse("invalid_cursor", "Use the next_cursor of an earlier answer, unchanged.")


def _refuse(code: str, detail: str) -> NoReturn:
    raise ApiError(Problem(400, code, "Parameter refused", detail))


def _address(query: dict[str, str]) -> str:
    return f"{reverse('api:cases')}?{urlencode(query)}"
