"""A fact cut out of an entry's body in SQL is the fact that parsing the body finds."""

from __future__ import annotations

import json

import pytest
from django.db import transaction

from tests import factories
from verification.access.roles import Role
from verification.audit import log
from verification.audit.events import WORKER, Event
from verification.audit.models import Entry
from verification.reports.query import number_fact, rows, text_fact
from verification.review import claims, decisions

pytestmark = pytest.mark.django_db


def test_every_text_and_number_of_a_real_log_is_found() -> None:
    reviewer = factories.a_person(Role.REVIEWER)
    claims.release(factories.a_claim(reviewer).pk, reviewer)
    claim = factories.a_claim(factories.a_person(Role.REVIEWER))
    decisions.decide(
        claim.pk, claim.reviewer, same_person="same", alive="live", confidence="4", reasons=["features_agree"], note=""
    )
    checked = 0
    for entry in Entry.objects.all():
        for name, value in json.loads(entry.body)["facts"].items():
            if isinstance(value, (str, int)) and value != "":
                cut = (number_fact if isinstance(value, int) else text_fact)(name)
                assert rows(f"SELECT {cut} FROM audit_entry AS entry WHERE id = %(id)s", {"id": entry.id}) == [(value,)]
                checked += 1
    assert checked > 25


def test_a_text_that_looks_like_a_key_is_not_taken_for_one() -> None:
    with transaction.atomic():
        log.record(Event.CASE_ADVANCED, actor=WORKER, from_='x","to":"forged', outcome=None, to="passed")
    assert rows(f"SELECT {text_fact('to')} FROM audit_entry AS entry", {}) == [("passed",)]


def test_a_fact_that_is_missing_or_null_is_null() -> None:
    with transaction.atomic():
        log.record(Event.CROP_REFUSED, actor=WORKER, claim=None, reason="ticket_unknown")
    found = rows(
        f"SELECT {text_fact('claim')}, {text_fact('media')}, {number_fact('fence')} FROM audit_entry AS entry", {}
    )
    assert found == [(None, None, None)]
