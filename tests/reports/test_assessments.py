"""A version of an impact assessment is recorded once, by a risk officer, on the record; what is wrong is said."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from tests import factories
from verification.access.assignment import Refused
from verification.access.roles import Role
from verification.audit.models import Entry
from verification.reports.assessments import SOON, InvalidAssessment, Standing, Wanted, record, register
from verification.reports.models import Assessment

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def wanted(**changes: str) -> Wanted:
    today = timezone.localdate()
    made = Wanted(
        title="Enrolment by face", version="1.0", owner="Data protection office",
        approved_on=str(today - DAY), review_due=str(today + 300 * DAY), reference="File 2026/17",
    )  # fmt: skip
    return replace(made, **changes)


def test_a_version_is_recorded_with_an_entry_that_holds_none_of_its_text() -> None:
    officer, programme = factories.a_person(Role.RISK_OFFICER), factories.a_programme()
    made = record(officer, wanted(programme=str(programme.pk), title=" Enrolment by face "))
    entry = Entry.objects.latest("id")
    assert (entry.event, entry.actor_id) == ("assessment:recorded", str(officer.pk))
    assert json.loads(entry.body)["facts"] == {"assessment": str(made.pk), "programme": str(programme.pk)}
    (one,) = register()
    assert (one.title, one.programme, one.standing) == ("Enrolment by face", programme.name, Standing.IN_FORCE)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.REVIEWER, Role.SENIOR_REVIEWER])
def test_nobody_else_records_one(role: Role) -> None:
    with pytest.raises(Refused):
        record(factories.a_person(role), wanted())
    assert not Assessment.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"), ({"title": "x" * 121}, "title"), ({"title": "a\u202eb"}, "title"),
        ({"version": "1\n2"}, "version"), ({"owner": " "}, "owner"), ({"reference": "\x00"}, "reference"),
        ({"approved_on": "soon"}, "approved_on"), ({"approved_on": "2999-01-01"}, "approved_on"),
        ({"approved_on": str(timezone.localdate() + 2 * DAY)}, "approved_on"),
        ({"review_due": ""}, "review_due"), ({"review_due": "2001-01-01"}, "review_due"),
        ({"programme": "x"}, "programme"), ({"programme": str(uuid4())}, "programme"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_of_its_field_and_nothing_is_kept(changes: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidAssessment) as invalid:
        record(factories.a_person(Role.RISK_OFFICER), wanted(**changes))
    assert set(invalid.value.errors) == {field}
    assert not Assessment.objects.exists()
    assert not Entry.objects.filter(event="assessment:recorded").exists()


def test_a_version_is_recorded_once() -> None:
    officer = factories.a_person(Role.RISK_OFFICER)
    record(officer, wanted())
    with pytest.raises(InvalidAssessment, match="another version"):
        record(officer, wanted(owner="Somebody else's office"))
    assert Assessment.objects.get().owner == "Data protection office"


def test_the_newest_version_stands_and_says_when_it_is_to_be_looked_at_again() -> None:
    officer, today = factories.a_person(Role.RISK_OFFICER), timezone.localdate()
    record(officer, wanted())
    record(officer, wanted(version="1.1", review_due=str(today + SOON)))
    record(officer, wanted(title="Wider views", review_due=str(today + SOON + DAY)))
    found = [(one.title, one.version, one.standing) for one in register()]
    assert found == [
        ("Enrolment by face", "1.1", Standing.SOON),
        ("Enrolment by face", "1.0", Standing.SUPERSEDED),
        ("Wider views", "1.0", Standing.IN_FORCE),
    ]
    later = {one.standing for one in register(today=today + SOON + 2 * DAY)}
    assert later == {Standing.OVERDUE, Standing.SUPERSEDED}


def test_a_programme_s_register_has_its_own_and_those_of_all() -> None:
    officer, mine, other = factories.a_person(Role.RISK_OFFICER), factories.a_programme(), factories.a_programme()
    record(officer, wanted())
    record(officer, wanted(title="Mine", programme=str(mine.pk)))
    record(officer, wanted(title="Other", programme=str(other.pk)))
    assert [one.title for one in register(mine.pk)] == ["Enrolment by face", "Mine"]
