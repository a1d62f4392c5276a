"""The table as a page: every row is on it, and every event leads to its entries."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import a_person
from verification.access.roles import Role
from verification.audit.acts_of_machines import COMMANDS, OF_THE_FRAMEWORK, STEPS, TASKS
from verification.audit.models import Entry
from verification.reports.wording import EVENTS
from verification.web.acts import parts

from .site import ROWS

pytestmark = pytest.mark.django_db


@pytest.fixture
def page() -> str:
    client = Client()
    client.force_login(a_person(Role.RISK_OFFICER))
    answer = client.get(reverse("reports-log-acts"))
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_every_act_has_a_line_with_its_address(page: str) -> None:
    shown = re.findall(r'<th scope="row">(.*?)<code>(.*?)</code>', page)
    assert len(shown) == len(ROWS) + len(STEPS) + len(TASKS) + len(COMMANDS) + len(OF_THE_FRAMEWORK)
    assert ("POST ", "/review/cases/{claim_id}/decide") in shown
    assert ("GET ", "/api/v1/cases/{case_id}") in shown
    assert ("", "orphans_deleted") in shown


def test_every_address_is_told_and_not_only_named() -> None:
    addresses = [row.act for part in parts() if part.refusable for row in part.rows]
    assert all(address.startswith("/") for address in addresses)


def test_every_reason_is_there_and_every_event_leads_to_its_entries(page: str) -> None:
    acts = [*ROWS.values(), *STEPS.values(), *TASKS.values(), *COMMANDS.values(), *OF_THE_FRAMEWORK.values()]
    assert [act.why for act in acts if act.why not in page] == []
    for event in {event for act in acts for event in act.events}:
        assert f'">{EVENTS[event]}</a>' in page


def test_that_it_was_read_is_recorded(page: str) -> None:
    assert '"report":"acts"' in Entry.objects.get(event="report:read").body
