"""What may be written into the log, and when."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from django.db import transaction

from verification.audit import log
from verification.audit.events import ALLOWED, WORKER, Actor, Event
from verification.audit.models import Entry


@pytest.mark.django_db
def test_a_fact_that_its_event_does_not_declare_is_refused() -> None:
    with pytest.raises(log.UndeclaredFact, match="name"):
        log.record(Event.CASE_RECEIVED, actor=WORKER, name="somebody")
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused() -> None:
    with pytest.raises(log.OutsideTransaction):
        log.record(Event.CHECKS_STARTED, actor=WORKER, attempt=1)
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_entry_goes_with_the_change_that_failed() -> None:
    @transaction.atomic
    def change() -> None:
        log.record(Event.CHECKS_STARTED, actor=WORKER, attempt=1)
        raise InterruptedError

    with pytest.raises(InterruptedError):
        change()
    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_an_entry_too_long_to_be_codes_and_counts_is_refused() -> None:
    with pytest.raises(ValueError, match="at most"):
        log.record(Event.CASE_ADVANCED, actor=WORKER, reasons=["x" * log.MAX_BODY_BYTES])


@pytest.mark.django_db
def test_the_body_is_canonical_and_says_what_the_columns_say() -> None:
    case = uuid4()
    entry = log.record(Event.CASE_ADVANCED, actor=Actor.person("p"), case_id=case, from_="received", to="checking")
    said = json.loads(entry.body)
    assert entry.body == json.dumps(said, sort_keys=True, separators=(",", ":"))
    assert said["facts"] == {"from": "received", "to": "checking"}
    assert (said["actor"], said["case"], said["event"]) == ({"id": "p", "kind": "person"}, str(case), "case:advanced")


def test_every_event_declares_its_facts() -> None:
    assert ALLOWED.keys() == set(Event)
