"""A site full of hostile texts: in every column that somebody else fills, past every form that would refuse them."""

from __future__ import annotations

import json
import string
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db import models, transaction
from django.utils import timezone

from tests.factories import a_case_for_two, a_person, a_ready_view, settled, vote
from tests.incidents.worries import a_worry
from tests.known.stocked import a_pair
from verification.access.models import User
from verification.access.roles import Role
from verification.audit import log
from verification.audit.events import OPERATOR, WORKER, Actor, Event
from verification.audit.models import Entry
from verification.cases.models import ApiKey, Case, Programme
from verification.cases.programmes import issue_key
from verification.checks.models import StoredResult
from verification.incidents.models import Incident, IncidentNote
from verification.known.models import KnownPair
from verification.reports import check_tallies
from verification.review import grants, queue
from verification.review.models import Fusion, Vote
from verification.wider.models import WiderView

from .checked import a_checked_case
from .days import count_everything

# Short enough for the narrowest column. Each does harm somewhere: on a page, to the text beside it, in a spreadsheet.
PAYLOADS = {
    "element": "<img src=x onerror=q()>",
    "end of an attribute": "\"'><script>q()</script>",
    "template": "{{ 7|add:7 }}{% now %}",
    "typesetting": '#panic("x") $ * _ @x',
    "override": "a\u202efdp.exe\u202c",
    "isolate": "b\u2067gnp\u2066",
    "unseen": "c\u200b\u200e\ufeff\u00add",
    "control": "d\x1b[2J\x07\x7f\x9b",
    "line ends": "e\r\n\u2028\u2029f",
    "equals": "=1+1",
    "plus": "+1+1",
    "minus": "-1+1",
    "at": "@SUM(1)",
    "tab": "\t=1+1",
    "return": "\r=1+1",
    "wide": "＝1+1",
    "quote": '","=1+1","',
    "pipe": "|calc",
}


@dataclass(frozen=True)
class Column:
    """A column of texts that come from people, relying parties, operators or model files."""

    model: type[models.Model]
    name: str

    def __str__(self) -> str:
        return f"{self.model.__name__}.{self.name}"


COLUMNS = (
    Column(User, "username"),
    Column(User, "display_name"),
    Column(Programme, "name"),
    Column(Programme, "purpose"),
    Column(Programme, "other_way"),
    Column(Programme, "contact"),
    Column(ApiKey, "label"),
    Column(Case, "notice_version"),
    Column(Case, "policy"),
    Column(Vote, "note"),
    Column(Fusion, "rule"),
    Column(WiderView, "sentence"),
    Column(Incident, "sentence"),
    Column(Incident, "reference"),
    Column(IncidentNote, "text"),
    Column(KnownPair, "set_name"),
    Column(KnownPair, "permitted_by"),
    Column(StoredResult, "model"),
)
# What stands behind the text, so that it is known where it came from: `Kestrela`, `Kestrelb` and so on.
WORDS = {str(column): f"Kestrel{letter}" for column, letter in zip(COLUMNS, string.ascii_lowercase, strict=False)}
FACTS = {"an actor": "Kestrelv", "a code": "Kestrelw", "a list": "Kestrelx", "a version": "Kestrely"} | {
    "a fact": "Kestrelt", "an event": "Kestrelu",
}  # fmt: skip


def a_hostile_site(payload: str) -> None:
    """Cases, votes, looks, worries and results by the real verbs; then the texts, and the log's own."""
    _much_has_happened()
    for column in COLUMNS:
        _poison(column, payload)
    check_tallies.tally_days()
    _poison_the_log(payload)
    count_everything()


def _much_has_happened() -> None:
    a_ready_view()
    case = a_case_for_two()
    for same in ("same", "different"):
        claim = queue.take_next(a_person(Role.REVIEWER))
        assert claim is not None
        (ticket,) = grants.mint_tickets(claim.pk, claim.reviewer, "session", ["crop-live"]).values()
        grants.redeem(ticket, session_key="session", reviewer=claim.reviewer)
        vote(claim, same, note="A note")
        settled()
    a_checked_case(programme=case.programme, at=timezone.now() - timedelta(days=1))
    worry = a_worry()
    IncidentNote.objects.create(incident=worry.incident, by=worry.senior, text="A note")
    a_pair()
    issue_key(OPERATOR, case.programme, "A system")


def _poison(column: Column, payload: str) -> None:
    field = column.model._meta.get_field(column.name)
    longest = getattr(field, "max_length", None) or 80
    for number, row in enumerate(column.model._default_manager.all()):
        text = f"{payload}{WORDS[str(column)]}{number}"
        assert len(text) <= longest, (column, text)
        column.model._default_manager.filter(pk=row.pk).update(**{column.name: text})


@transaction.atomic
def _poison_the_log(payload: str) -> None:
    case = Case.objects.first()
    assert case is not None
    log.record(Event.CHECKS_FAILED, actor=Actor("machine", payload + FACTS["an actor"]), case_id=case.pk, error="x")
    log.record(Event.CHECKS_FAILED, actor=WORKER, case_id=case.pk, error=payload + FACTS["a code"])
    log.record(
        Event.PROGRAMME_CHANGED, actor=WORKER, programme=str(case.programme_id), fields=[payload + FACTS["a list"]]
    )
    _past_the_only_writer(payload)
    log.record(Event.CASE_RECEIVED, actor=_key(), case_id=case.pk, notice_version=payload + FACTS["a version"])


def _past_the_only_writer(payload: str) -> None:
    """As the owner of the database could: an event and a fact that there are not."""
    facts = {payload + FACTS["a fact"]: "x"}
    body = {"actor": {"id": "x", "kind": "machine"}, "at": "", "case": None, "event": "", "facts": facts}
    event = payload + FACTS["an event"]
    Entry.objects.create(at=timezone.now(), event=event, actor_kind="machine", actor_id="x", body=json.dumps(body))


def _key() -> Actor:
    key = ApiKey.objects.first()
    assert key is not None
    return Actor.relying_party(key.pk)


def words_in(text: str) -> Iterator[str]:
    """Whose texts stand in there."""
    for name, word in (WORDS | FACTS).items():
        if word in text:
            yield name
