"""Cases that were there before names were: their own id is their name, and their entries in the log stay together."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.db import connection, transaction

from tests.factories import a_programme
from verification.audit import log, pseudonyms
from verification.audit.events import OPERATOR, WORKER, Event
from verification.audit.models import Entry, Pseudonym
from verification.audit.pseudonyms import Name
from verification.cases.coarse import is_coarse
from verification.cases.models import Case
from verification.retention.erase import erase_case
from verification.sweeper import sweep_once

pytestmark = pytest.mark.django_db(transaction=True)


@transaction.atomic
def a_case_from_before(**fields: object) -> Case:
    """A case without a name, and an entry that has its id, as it was written then."""
    case = Case.objects.create(programme=a_programme(), kind="enrolment", notice_version="1", live_images=1, **fields)
    log.record(Event.CHECKS_STARTED, actor=WORKER, case_id=Name(int=case.pk.int), attempt=1)
    return case


def migrate() -> None:
    with connection.cursor() as cursor:
        cursor.execute(import_module("verification.migrations.0016_pseudonyms").NAME_WHAT_IS_THERE)


def test_what_was_written_before_and_what_comes_after_stay_together() -> None:
    case = a_case_from_before()
    migrate()
    with transaction.atomic():
        log.record(Event.CHECKS_STARTED, actor=WORKER, case_id=case.pk, attempt=2)
    assert pseudonyms.entries_of(case.pk).count() == 2
    assert pseudonyms.name_of(case.pk) == case.pk
    assert Pseudonym.objects.get().programme_id == case.programme_id


def test_erasing_one_cuts_what_can_be_cut_and_cannot_reach_its_entries() -> None:
    case = a_case_from_before()
    migrate()
    assert erase_case(case.pk, actor=OPERATOR)
    assert pseudonyms.name_of(case.pk) is None
    assert is_coarse(Case.objects.get())
    assert Entry.objects.filter(case_id=case.pk).exists()


def test_one_that_was_erased_before_is_cut_by_the_sweeper() -> None:
    case = a_case_from_before()
    Case.objects.filter(pk=case.pk).update(
        status="erased", closed_at=case.received_at, media_destroyed_at=case.received_at
    )
    migrate()
    assert sweep_once()["erased_cases_cut"] == 1
    assert pseudonyms.name_of(case.pk) is None
    assert is_coarse(Case.objects.get())
