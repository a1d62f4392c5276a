"""A submission that is not taken leaves nothing behind, and its idempotency key stays free."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from verification.audit.models import Entry
from verification.cases.models import Case, IdempotencyRecord

from .relying_party import RelyingParty, a_consent, a_file, assert_problem

A = a_consent
DEEP = "[" * 1_900

WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"kind": None}, "missing_field", "kind"),
    ({"kind": ""}, "unknown_kind", "kind"),
    ({"kind": "login"}, "unknown_kind", "kind"),
    ({"kind": ["enrolment", "enrolment"]}, "repeated_field", "kind"),
    ({"subject_ref": None}, "missing_field", "subject_ref"),
    ({"subject_ref": ""}, "subject_ref_invalid", "subject_ref"),
    ({"subject_ref": "x" * 129}, "subject_ref_invalid", "subject_ref"),
    ({"subject_ref": "a\0b"}, "subject_ref_invalid", "subject_ref"),
    ({"subject_ref": "a\nb"}, "subject_ref_invalid", "subject_ref"),
    ({"subject_ref": a_file()}, "text_expected", "subject_ref"),
    ({"consent": None}, "missing_field", "consent"),
    ({"consent": ""}, "consent_not_json", "consent"),
    ({"consent": "{"}, "consent_not_json", "consent"),
    ({"consent": "null"}, "consent_not_json", "consent"),
    ({"consent": "[]"}, "consent_not_json", "consent"),
    ({"consent": DEEP}, "consent_not_json", "consent"),
    ({"consent": '{"scopes": [], "scopes": ["compare", "transmit"]}'}, "consent_not_json", "consent"),
    ({"consent": " " * 2_001}, "consent_too_long", "consent"),
    ({"consent": A(name="Ms Li")}, "unknown_consent_member", "consent"),
    ({"consent": '{"scopes": ["compare", "transmit"]}'}, "missing_notice_version", "consent"),
    ({"consent": A(notice_version=7)}, "notice_version_invalid", "consent"),
    ({"consent": A(notice_version="")}, "notice_version_invalid", "consent"),
    ({"consent": A(notice_version="x" * 33)}, "notice_version_invalid", "consent"),
    ({"consent": A(notice_version="\0")}, "notice_version_invalid", "consent"),
    ({"consent": A(notice_version="\ud800")}, "notice_version_invalid", "consent"),
    ({"consent": '{"notice_version": "1"}'}, "missing_scopes", "consent"),
    ({"consent": A(scopes="compare")}, "scopes_invalid", "consent"),
    ({"consent": A(scopes=[["compare"], {}])}, "scopes_invalid", "consent"),
    ({"consent": A("compare", "transmit", "compare")}, "repeated_scope", "consent"),
    ({"consent": A("compare", "transmit", "sell")}, "unknown_scope", "consent"),
    ({"consent": A("compare", "human_view")}, "missing_scope", "consent"),
    ({"consent": A("transmit", "human_view")}, "missing_scope", "consent"),
    ({"consent": A(scopes=[])}, "missing_scope", "consent"),
    ({"reference": None}, "missing_field", "reference"),
    ({"reference": "text"}, "file_expected", "reference"),
    ({"reference": [a_file(), a_file()]}, "repeated_field", "reference"),
    ({"reference": a_file(b"")}, "image_empty", "reference"),
    ({"reference": a_file(b"%PDF-1.7")}, "image_type_not_accepted", "reference"),
    ({"live": None}, "missing_field", "live"),
    ({"live": "text"}, "file_expected", "live"),
    ({"live": [a_file(), a_file(b"GIF89a")]}, "image_type_not_accepted", "live[1]"),
    ({"live": [a_file() for _ in range(11)]}, "too_many_live_images", "live"),
    ({"name": "Ms Li"}, "unknown_field", "name"),
    ({"video": a_file()}, "unknown_field", "video"),
    ({"<script>\u202e": "x"}, "unknown_field", "?"),
]  # fmt: skip


def _rewound(changes: dict[str, Any]) -> dict[str, Any]:
    """The table's files are read by every test that uses them."""
    for value in changes.values():
        for file in value if isinstance(value, list) else [value]:
            if hasattr(file, "seek"):
                file.seek(0)
    return changes


@pytest.mark.parametrize(("changes", "code", "field"), WRONG, ids=[f"{code}-{field}" for _, code, field in WRONG])
def test_is_refused_with_a_code_and_the_field(
    party: RelyingParty, changes: dict[str, Any], code: str, field: str
) -> None:
    document = assert_problem(party.submit(**_rewound(changes)), 400, code)
    assert {"field": field, "code": code} in [{k: e[k] for k in ("field", "code")} for e in document["errors"]]


@pytest.mark.parametrize("changes", [{"kind": "login"}, {"reference": a_file(b"GIF89a")}], ids=["early", "late"])
def test_stores_nothing_and_leaves_the_key_free(party: RelyingParty, media: Path, changes: dict[str, Any]) -> None:
    entries = Entry.objects.count()
    assert party.submit("once", **_rewound(changes)).status_code == 400
    assert not Case.objects.exists()
    assert not IdempotencyRecord.objects.exists()
    assert Entry.objects.count() == entries
    assert not media.exists()
    assert party.submit("once").status_code == 202


def test_hears_of_everything_that_is_wrong_at_once(party: RelyingParty) -> None:
    document = assert_problem(party.submit(None, kind="login", consent="{}"), 400, "idempotency_key_missing")
    assert [error["field"] for error in document["errors"]] == ["Idempotency-Key", "kind", "consent"]


def test_never_hears_its_own_words_again(party: RelyingParty) -> None:
    secret = "SECRET-4711"
    picture = a_file(b"\x89PNG" + secret.encode(), name=f"{secret}.png")
    for changes in ({"kind": secret}, {"consent": secret}, {"reference": picture}):
        response = party.submit(**changes)
        assert response.status_code == 400
        assert secret.encode() not in response.content
        assert b"/tmp" not in response.content


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (None, "idempotency_key_missing"),
        ("x" * 129, "idempotency_key_invalid"),
        ("tab\tinside", "idempotency_key_invalid"),
        ("schlüssel", "idempotency_key_invalid"),
    ],
)
def test_needs_an_idempotency_key_that_can_be_kept(party: RelyingParty, key: str | None, code: str) -> None:
    assert_problem(party.submit(key), 400, code)


def test_may_have_an_idempotency_key_of_128_characters(party: RelyingParty) -> None:
    assert party.submit("~" * 128).status_code == 202
