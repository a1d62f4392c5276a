"""The page of the register: it records a version, says what is wrong with one, and shows text as text."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils.html import escape

from tests.reports.test_pages import signed_in
from verification.access.roles import Role
from verification.audit.models import Entry
from verification.reports.models import Assessment

pytestmark = pytest.mark.django_db

PAGE = "/reports/compliance/assessments"
GIVEN = {
    "title": "Enrolment <b>by face</b>", "version": "1.0", "owner": "Data protection office",
    "approved_on": "2026-01-05", "review_due": "2099-01-05", "reference": "javascript:alert(1)",
}  # fmt: skip


@pytest.fixture
def officer() -> Client:
    return signed_in(Role.RISK_OFFICER)[0]


def test_an_empty_register_says_why(officer: Client) -> None:
    page = officer.get(PAGE).content.decode()
    assert "No impact assessment yet" in page
    assert '"report":"assessments"' in Entry.objects.latest("id").body


def test_a_version_is_recorded_and_shown_as_text(officer: Client) -> None:
    answer = officer.post(PAGE, GIVEN, follow=True)
    page = answer.content.decode()
    assert Assessment.objects.get().version == "1.0"
    assert escape(GIVEN["title"]) in page
    assert "<b>by face</b>" not in page
    assert 'href="javascript:' not in page
    assert "In force" in page


def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(officer: Client) -> None:
    answer = officer.post(PAGE, GIVEN | {"review_due": "2020-01-01"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "after its approval" in page
    assert 'value="Data protection office"' in page
    assert not Assessment.objects.exists()


def test_the_compliance_pack_leads_there(officer: Client) -> None:
    assert f'href="{PAGE}"' in officer.get("/reports/compliance").content.decode()
