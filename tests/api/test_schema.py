"""The description at /api/v1/schema is public, valid, and true."""

from __future__ import annotations

import json
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # ships no types
import pytest
from django.test import Client
from drf_spectacular.validation import validate_schema

from tests.factories import a_case_in_review, a_passed_case
from verification.checks.models import StoredResult

from .relying_party import CASES, PROBLEM, SESSIONS, RelyingParty, a_capturing_party

SCHEMA = "/api/v1/schema"


@pytest.fixture
def schema(db: None) -> dict[str, Any]:
    """As anybody gets it: without a key."""
    response = Client().get(SCHEMA, HTTP_ACCEPT="application/json")
    assert response.status_code == 200
    document: dict[str, Any] = json.loads(response.content)
    return document


def _validator(schema: dict[str, Any], name: str) -> Any:
    """OpenAPI 3.0 writes `nullable` where JSON Schema writes a type; everything else used here is the same."""
    components = json.loads(json.dumps(schema["components"]))
    for component in components["schemas"].values():
        for key, value in component.get("properties", {}).items():
            if value.pop("nullable", False):
                component["properties"][key] = {"anyOf": [value, {"type": "null"}]}
            component["additionalProperties"] = False
    return jsonschema.Draft4Validator({"$ref": f"#/components/schemas/{name}", "components": components})


def test_is_valid_and_needs_no_warning(schema: dict[str, Any]) -> None:
    validate_schema(schema)  # type: ignore[no-untyped-call]  # ships no types


def test_describes_each_operation_and_nothing_else(schema: dict[str, Any]) -> None:
    operations = {(method, path) for path, item in schema["paths"].items() for method in item}
    assert operations == {
        ("post", CASES),
        ("get", CASES),
        ("get", CASES + "/{case_id}"),
        ("delete", CASES + "/{case_id}"),
        ("post", SESSIONS),
        ("get", SESSIONS + "/{session_id}"),
    }


def test_every_operation_needs_a_key_and_documents_its_errors(schema: dict[str, Any]) -> None:
    for item in schema["paths"].values():
        for operation in item.values():
            assert operation["security"] == [{"key": []}]
            errors = {status: answer for status, answer in operation["responses"].items() if status >= "400"}
            assert {"401", "405", "406", "429", "500", "503"} <= errors.keys()
            assert all(list(answer["content"]) == [PROBLEM] for answer in errors.values())
            assert all(answer["content"][PROBLEM]["examples"] for answer in errors.values())


def test_holds_for_real_cases(schema: dict[str, Any], party: RelyingParty) -> None:
    validator = _validator(schema, "CaseDocument")
    case = a_case_in_review(party.programme)
    StoredResult.objects.create(case=case, position=0, name="match", band="ambiguous", score=0.36, unit="cosine")
    validator.validate(party.submit().json())
    validator.validate(party.get(f"{CASES}/{case.pk}").json())
    validator.validate(party.get(f"{CASES}/{a_passed_case(party.programme).pk}").json())
    validator.validate(party.delete(f"{CASES}/{case.pk}").json())


def test_holds_for_real_lists_and_problems(schema: dict[str, Any], party: RelyingParty) -> None:
    party.submit()
    _validator(schema, "CaseList").validate(party.get(CASES).json())
    _validator(schema, "ProblemDocument").validate(party.submit(kind="login").json())


def test_its_examples_are_true_to_it(schema: dict[str, Any]) -> None:
    examples = schema["paths"][CASES]["post"]["responses"]["202"]["content"]["application/json"]["examples"]
    for example in examples.values():
        _validator(schema, "CaseDocument").validate(example["value"])


def test_the_test_would_notice_a_false_answer(schema: dict[str, Any], party: RelyingParty) -> None:
    document = party.submit().json() | {"subject": "customer-7"}
    with pytest.raises(jsonschema.ValidationError):
        _validator(schema, "CaseDocument").validate(document)


def test_holds_for_real_sessions(schema: dict[str, Any], db: None) -> None:
    party = a_capturing_party()
    made = party.invite().json()
    validator = _validator(schema, "SessionDocument")
    validator.validate(made)
    validator.validate(party.get(made["links"]["self"]).json())
    _validator(schema, "CaseDocument").validate(party.get(made["links"]["case"]).json())
