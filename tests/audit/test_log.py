"""What may be written into the log, and when."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
import rfc8785
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from verification.audit import log, pseudonyms
from verification.audit.canonical import LARGEST, NotCanonical, canonical
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
    for length in (log.MAX_BODY_BYTES, 64 * 1024):
        with pytest.raises(log.EntryTooLong, match=r"case:advanced is \d+ bytes; an entry holds at most 8192"):
            log.record(Event.CASE_ADVANCED, actor=WORKER, reasons=["x" * length])
    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_the_body_is_canonical_and_says_what_the_columns_say() -> None:
    case_id = uuid4()
    name = pseudonyms.give(case_id, programme_id=uuid4(), counted=True)
    entry = log.record(Event.CASE_ADVANCED, actor=Actor.person("p"), case_id=case_id, from_="received", to="checking")
    said = json.loads(entry.body)
    assert entry.body == json.dumps(said, sort_keys=True, separators=(",", ":"))
    assert said["facts"] == {"from": "received", "to": "checking"}
    assert (said["actor"], said["case"], said["event"]) == ({"id": "p", "kind": "person"}, str(name), "case:advanced")


@pytest.mark.django_db
def test_what_is_handed_back_is_the_entry_that_was_written() -> None:
    entry = log.record(Event.CASE_ADVANCED, actor=WORKER, case_id=uuid4(), to="checking")
    written = Entry.objects.get(pk=entry.pk)
    assert (entry.body, entry.at, str(entry.case_id)) == (written.body, written.at, str(written.case_id))


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
FACTS = st.one_of(st.none(), TEXT, st.integers(-LARGEST, LARGEST), st.booleans(), st.lists(TEXT, max_size=4))
NAMES = st.text(st.characters(max_codepoint=127), max_size=8)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(NAMES, st.one_of(FACTS, st.dictionaries(NAMES, FACTS, max_size=4)), max_size=6))
def test_the_canonical_form_is_that_of_rfc_8785(said: dict[str, Any]) -> None:
    assert canonical(said) == rfc8785.dumps(said)


@pytest.mark.parametrize("value", [1.5, 2**53, -(2**53), "\ud800", ("a",), b"bytes", {"\u00e9": 1}, [[0.0]]])
def test_what_has_no_canonical_form_here_is_refused(value: object) -> None:
    with pytest.raises(NotCanonical):
        canonical({"x": value})


def test_every_event_declares_its_facts() -> None:
    assert ALLOWED.keys() == set(Event)
