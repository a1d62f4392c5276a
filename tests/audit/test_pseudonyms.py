"""Under which name a case stands in the log, and what the database itself lets become of the name."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from verification.audit import log, pseudonyms
from verification.audit.events import SUBJECT, WORKER, Event
from verification.audit.models import Entry, Pseudonym

pytestmark = pytest.mark.django_db


@pytest.fixture
def case_id() -> UUID:
    made = uuid4()
    pseudonyms.give(made, programme_id=uuid4(), counted=True)
    return made


def about(case_id: UUID) -> Entry:
    written = log.record(Event.CHECKS_STARTED, actor=WORKER, case_id=case_id, attempt=1)
    return Entry.objects.get(pk=written.pk)


def test_an_entry_has_the_name_and_not_the_id(case_id: UUID) -> None:
    entry = about(case_id)
    assert entry.case_id == pseudonyms.name_of(case_id) != case_id
    assert str(case_id) not in entry.body
    assert pseudonyms.entries_of(case_id).get() == entry


def test_the_person_acts_under_the_name_of_their_case(case_id: UUID) -> None:
    entry = log.record(Event.CONSENT_WITHDRAWN, actor=SUBJECT, case_id=case_id)
    assert entry.actor_id == str(pseudonyms.name_of(case_id))
    assert f'"id":"{entry.actor_id}","kind":"subject"' in entry.body


def test_the_key_proves_whose_name_it_is_and_two_cases_share_nothing(case_id: UUID) -> None:
    row = Pseudonym.objects.get(case_id=case_id)
    assert row.key is not None
    assert pseudonyms.name_under(bytes(row.key), case_id) == row.name
    assert pseudonyms.give(uuid4(), programme_id=uuid4(), counted=True) != row.name


def test_a_cut_name_has_neither_id_nor_key_and_keeps_its_entries_and_its_programme(case_id: UUID) -> None:
    entry = about(case_id)
    programme = Pseudonym.objects.get().programme_id
    assert pseudonyms.shred(case_id)
    row = Pseudonym.objects.get()
    assert (row.name, row.case_id, row.key, row.programme_id) == (entry.case_id, None, None, programme)
    assert not pseudonyms.entries_of(case_id).exists()
    assert not pseudonyms.shred(case_id)


def test_an_entry_about_a_case_without_a_name_is_about_none_unless_the_name_is_given(case_id: UUID) -> None:
    name = pseudonyms.name_of(case_id)
    pseudonyms.shred(case_id)
    late = about(case_id)
    assert (late.case_id, '"case":null' in late.body) == (None, True)
    assert log.record(Event.CONSENT_WITHDRAWN, actor=SUBJECT, case_id=case_id).actor_id == ""
    assert log.record(Event.MEDIA_BYTES_DELETED, actor=WORKER, case_id=name, images=2).case_id == str(name)


def test_a_process_forgets_names_within_a_minute(case_id: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    name = pseudonyms.remembered_name_of(case_id)
    # Another process cuts it.
    Pseudonym.objects.filter(case_id=case_id).update(case_id=None, key=None)
    assert pseudonyms.remembered_name_of(case_id) == name
    monkeypatch.setattr(pseudonyms, "_forget_after", 0.0)
    assert pseudonyms.remembered_name_of(case_id) is None


@pytest.mark.parametrize("key", ["key", "NULL"])
def test_a_name_of_somebody_else_is_neither_read_nor_written_by(case_id: UUID, key: str) -> None:
    """Who owns the database can put another's name beside a case. Its person is not shown what happened to others."""
    other, own_name = uuid4(), str(pseudonyms.name_of(case_id))
    pseudonyms.give(other, programme_id=uuid4(), counted=True)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("ALTER TABLE audit_pseudonym DROP CONSTRAINT a_name_is_that_of_its_case")
        cursor.execute("UPDATE audit_pseudonym SET case_id = NULL WHERE name = %s", [own_name])
        cursor.execute(f"UPDATE audit_pseudonym SET case_id = %s, key = {key} WHERE case_id = %s", [case_id, other])
    pseudonyms.forget()
    for use in (pseudonyms.name_of, pseudonyms.entries_of, about):
        with pytest.raises(pseudonyms.Forged):
            use(case_id)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_pseudonym SET name = gen_random_uuid()",
        "UPDATE audit_pseudonym SET case_id = gen_random_uuid()",
        "UPDATE audit_pseudonym SET case_id = NULL",
        "UPDATE audit_pseudonym SET key = sha256('another')",
        "UPDATE audit_pseudonym SET programme_id = NULL",
        "UPDATE audit_pseudonym SET counted = NOT counted",
        "UPDATE audit_pseudonym SET case_id = NULL, key = NULL; UPDATE audit_pseudonym SET case_id = gen_random_uuid()",
        "DELETE FROM audit_pseudonym",
        "TRUNCATE audit_pseudonym",
        "INSERT INTO audit_pseudonym VALUES (gen_random_uuid(), sha256('x'), gen_random_uuid(), NULL, true, false)",
    ],
)
def test_the_database_lets_a_name_be_cut_and_nothing_else(case_id: UUID, change: str) -> None:
    before = Pseudonym.objects.values().get()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert Pseudonym.objects.values().get() == before
    assert pseudonyms.name_of(case_id) is not None
