"""After an erasure the log goes on to say what happened, and nobody can tell any more to whom.

The attacker of `linking.py` has every table, the case's id, its session's id and the subject reference.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from django.core.management import call_command

from tests.api.relying_party import CASES, RelyingParty, a_relying_party
from tests.audit.keepers import Keepers
from tests.capture.answers import an_upload, drawn_for, send
from tests.factories import (
    a_capture_programme,
    a_consenting_session,
    a_person,
    a_programme_with_wider_views,
    a_received_case,
    a_session,
    approve,
    ask_wider,
    draw,
    sent_to_people,
    settled,
    vote,
)
from tests.incidents.worries import a_held_worry
from tests.reports.days import a_window
from verification import tasks
from verification.access.models import User
from verification.access.roles import Role
from verification.audit import nodes, pseudonyms, publishing, records, verify_log
from verification.audit.events import OPERATOR, Event
from verification.audit.models import Entry
from verification.capture import endings
from verification.capture.models import CaptureSession, Challenge
from verification.cases import coarse
from verification.cases.models import Case, IdempotencyRecord
from verification.cases.pseudonyms import subject_pseudonym
from verification.cases.states import CaseStatus
from verification.incidents import handling, hold_ends, holds
from verification.incidents.models import Incident, LegalHold
from verification.incidents.raising import raise_worry
from verification.notices import board
from verification.notices.models import Notice
from verification.reports import cases as case_reports
from verification.reports import destroyed, entries, looks, times
from verification.retention import cutting
from verification.retention.erase import erase_case
from verification.review import queue
from verification.review.grants import mint_tickets, redeem
from verification.subject.held import held_about
from verification.sweeper import sweep_once
from verification.vault import objects, store
from verification.wider import looks as wider_looks

from .linking import Found, fine_times, follow

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC)
SUBJECT_REF = "customer-7"


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "ring", lambda _case_id: True)


@dataclass(frozen=True)
class Gone:
    """A case that went the whole way: its entries, and all that its relying party and its person know of it."""

    case: Case
    entries: frozenset[int]
    known: frozenset[str]
    party: RelyingParty

    def erase(self) -> None:
        erase_case(self.case.pk, actor=OPERATOR)

    def follow(self) -> Found:
        return follow(set(self.known))


class Clock:
    """Stands still within a verb, so that what the verb writes has one time everywhere, to the microsecond."""

    def __init__(self, traveller: time_machine.Traveller) -> None:
        self.traveller = traveller

    def then(self) -> None:
        self.traveller.shift(timedelta(seconds=1))


def look_and_vote(clock: Clock, reviewer: User) -> None:
    claim = queue.take_next(reviewer)
    assert claim is not None
    clock.then()
    for token in mint_tickets(claim.pk, reviewer, "session", claim.item.crops).values():
        redeem(token, session_key="session", reviewer=reviewer)
        clock.then()
    vote(claim)
    clock.then()
    settled()
    clock.then()


def filmed_by_its_party(clock: Clock) -> Gone:
    """Sent over the API, seen wider, worried about, kept and let go, differed on, and decided by a senior."""
    party = a_relying_party(a_programme_with_wider_views())
    clock.then()
    case_id = UUID(party.submit("an-order-of-the-party", subject_ref=SUBJECT_REF).json()["id"])
    clock.then()
    sent_to_people(Case.objects.get(pk=case_id))
    clock.then()
    senior, officer = a_person(Role.SENIOR_REVIEWER), a_person(Role.RISK_OFFICER)
    claim = queue.take_next(a_person(Role.REVIEWER))
    assert claim is not None
    clock.then()
    view = draw(approve(ask_wider(claim), officer))
    clock.then()
    token = wider_looks.mint_ticket(view.pk, view.asked_by, "session")
    wider_looks.redeem(token, session_key="session", asker=view.asked_by)
    clock.then()
    raise_worry(claim.pk, claim.reviewer, kind="signs_of_harm", sentence="Marks on the neck.")
    clock.then()
    holds.answer_hold(LegalHold.objects.get().pk, officer, approves=True)
    clock.then()
    handling.close(Incident.objects.get().pk, senior, outcome="help_sent", hold="release")
    clock.then()
    for token in mint_tickets(claim.pk, claim.reviewer, "session", claim.item.crops).values():
        redeem(token, session_key="session", reviewer=claim.reviewer)
        clock.then()
    vote(claim, "same", "not_live")
    clock.then()
    settled()
    # Somebody was told of this very case.
    board.notify(Notice.Kind.ADJUDICATION, case_id, [senior])
    known = {str(case_id), "an-order-of-the-party", subject_pseudonym(party.programme.pk, SUBJECT_REF)}
    return gone(case_id, party, known)


def filmed_by_its_person(clock: Clock) -> Gone:
    """Invited, asked, filmed, seen and decided on the capture page's way."""
    party = a_relying_party(a_capture_programme())
    invited = a_consenting_session(party.programme, subject=SUBJECT_REF)
    clock.then()
    upload = an_upload(drawn_for(invited))
    clock.then()
    send(invited, upload)
    clock.then()
    case_id = invited.session.case_id
    sent_to_people(Case.objects.get(pk=case_id))
    Case.objects.filter(pk=case_id).update(settled_at=datetime.now(UTC))
    clock.then()
    look_and_vote(clock, a_person(Role.REVIEWER))
    known = {str(case_id), str(invited.session.pk), invited.token, invited.cookie}
    return gone(case_id, party, known | {subject_pseudonym(party.programme.pk, SUBJECT_REF)})


def only_received(clock: Clock) -> Gone:
    party = a_relying_party()
    clock.then()
    case_id = UUID(party.submit("an-order-of-the-party", subject_ref=SUBJECT_REF).json()["id"])
    clock.then()
    return gone(case_id, party, {str(case_id), "an-order-of-the-party"})


def gone(case_id: UUID, party: RelyingParty, known: set[str]) -> Gone:
    sweep_once()
    found = pseudonyms.entries_of(case_id).values_list("id", flat=True)
    return Gone(Case.objects.get(pk=case_id), frozenset(found), frozenset(known), party)


WAYS: list[Callable[[Clock], Gone]] = [filmed_by_its_party, filmed_by_its_person]


@pytest.fixture(params=WAYS)
def somebody(request: pytest.FixtureRequest) -> Gone:
    with time_machine.travel(NOON, tick=False) as traveller:
        clock = Clock(traveller)
        a_received_case()
        clock.then()
        found: Gone = request.param(clock)
        clock.then()
    return found


def test_before_it_every_entry_is_found_and_the_person_sees_who_looked(somebody: Gone) -> None:
    assert somebody.follow().by_id.keys() >= somebody.entries
    assert len(somebody.entries) > 12
    assert {view.role for view in held_about(somebody.case).views} == {"reviewer"}


def test_after_it_none_is_found_by_any_id_or_by_any_time(somebody: Gone) -> None:
    somebody.erase()
    found = somebody.follow()
    assert found == Found({}, {})
    assert held_about(Case.objects.get(pk=somebody.case.pk)).views == ()


def test_reports_still_count_it_under_its_programme(somebody: Gone) -> None:
    with time_machine.travel(NOON + timedelta(minutes=5)):
        before = reported(somebody)
        somebody.erase()
        assert reported(somebody) == (replace(before[0], erased=1), *before[1:])


def reported(somebody: Gone) -> tuple[case_reports.Ends, list[looks.Reviewer], int, int]:
    window = a_window(somebody.party.programme.pk)
    ends = case_reports.ends(case_reports.moves(window))
    people = looks.by_reviewer(window)
    return ends, people, looks.account(window, people).unexplained, times.handling(window).count


def test_the_log_still_holds(somebody: Gone, keepers: Keepers) -> None:
    somebody.erase()
    while publishing.waiting():
        publishing.place()
    keepers.publish()
    out = io.StringIO()
    call_command("audit_verify", stdout=out)
    assert out.getvalue().startswith("OK")
    export = keepers.place / "export.jsonl"
    records.write(export, nodes.size())
    with export.open() as lines:
        assert verify_log.verify(map(json.loads, lines), keepers.keys, keepers.anchors)


def test_the_relying_party_reads_days_and_no_name(somebody: Gone) -> None:
    name = pseudonyms.name_of(somebody.case.pk)
    before = somebody.party.get(f"{CASES}/{somebody.case.pk}").content.decode()
    document = somebody.party.delete(f"{CASES}/{somebody.case.pk}")
    assert document.json()["status"] == "erased"
    assert document.json()["media"] == {"state": "destroyed", "until": "2026-03-02T00:00:00.000Z"}
    assert str(name) not in before + document.content.decode()


def test_a_risk_officer_finds_entries_by_the_case_until_it_is_erased_and_then_by_the_name_alone(somebody: Gone) -> None:
    name = pseudonyms.name_of(somebody.case.pk)
    assert entries.sought(case=str(somebody.case.pk)).entries().count() == len(somebody.entries)
    somebody.erase()
    assert not entries.sought(case=str(somebody.case.pk)).entries().exists()
    assert entries.sought(case=str(name)).entries().count() > len(somebody.entries)


def test_what_is_said_last_of_it_stands_under_its_name() -> None:
    case = a_received_case()
    name = pseudonyms.name_of(case.pk)
    erase_case(case.pk, actor=OPERATOR)
    said = Entry.objects.filter(case_id=name).order_by("id").values_list("event", flat=True)
    assert list(said)[-3:] == [Event.MEDIA_KEYS_DESTROYED, Event.CASE_ERASED, Event.MEDIA_BYTES_DELETED]


def test_none_of_its_own_ids_stands_in_the_log_at_all(somebody: Gone) -> None:
    for text in Entry.objects.values_list("body", flat=True):
        assert not [one for one in somebody.known if one and one in text]


def test_no_time_is_kept_of_it_but_days(somebody: Gone) -> None:
    Case.objects.exclude(pk=somebody.case.pk).delete()
    somebody.erase()
    tables = ("cases_case", "capture_session", "cases_idempotency", "vault_case_key", "vault_sealed_media")
    left = set().union(*(fine_times(table) for table in tables))
    took = Case.objects.get().settled_at
    # How late something was destroyed is told in minutes, and a promise that was kept is kept within one.
    assert left <= {took, datetime(2026, 3, 2, 0, 1, tzinfo=UTC)}


def test_a_held_case_is_handled_and_destroyed_on_the_record_and_cut_after_that() -> None:
    worry = a_held_worry()
    name = pseudonyms.name_of(worry.case.pk)
    erase_case(worry.case.pk, actor=OPERATOR)
    assert pseudonyms.name_of(worry.case.pk) == name
    sweep_once()
    handling.close(worry.incident.pk, worry.senior, outcome="help_sent", hold="keep")
    sweep_once()
    assert pseudonyms.name_of(worry.case.pk) == name
    hold_ends.release(worry.hold.pk, worry.senior)
    assert sweep_once()["erased_cases_cut"] == 1
    assert pseudonyms.name_of(worry.case.pk) is None
    assert pseudonyms.leaving(10) == []
    said = list(Entry.objects.filter(case_id=name).order_by("id").values_list("event", flat=True))
    assert said[-3:] == [Event.MEDIA_KEYS_DESTROYED, Event.MEDIA_BYTES_DELETED, Event.INCIDENT_FORGOTTEN]
    assert {Event.INCIDENT_CLOSED, Event.HOLD_ENDED, Event.CASE_ERASED} <= set(said)
    assert follow({str(worry.case.pk)}) == Found({}, {})
    assert {one.late + one.overdue for one in destroyed.promises(a_window())} == {0}


def test_bytes_that_a_crash_left_are_deleted_without_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    case = a_received_case()
    with monkeypatch.context() as crash:
        crash.setattr(objects, "delete", lambda _name: (_ for _ in ()).throw(objects.StorageFailed("away")))
        erase_case(case.pk, actor=OPERATOR)
    assert sweep_once()["bytes_deleted"] == 2
    entry = Entry.objects.get(event=Event.MEDIA_BYTES_DELETED)
    assert (entry.case_id, entry.actor_id) == (None, "sweeper")
    assert follow({str(case.pk)}) == Found({}, {})


def test_an_erasure_that_fails_cuts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    case = a_received_case()
    monkeypatch.setattr(cutting, "coarsen", lambda _case: (_ for _ in ()).throw(InterruptedError))
    with pytest.raises(InterruptedError):
        erase_case(case.pk, actor=OPERATOR)
    assert pseudonyms.name_of(case.pk) is not None
    assert pseudonyms.entries_of(case.pk).exists()
    assert Case.objects.get(pk=case.pk).status == CaseStatus.RECEIVED


def test_a_session_that_was_open_when_its_case_was_erased_says_nothing_more() -> None:
    session = a_session().session
    erase_case(session.case_id, actor=OPERATOR)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=1)):
        sweep_once()
    assert not Entry.objects.filter(event=Event.CAPTURE_ENDED).exists()


def uncut(_case_id: UUID) -> bool:
    return False


def coarsened(skip: str) -> Callable[[Case], None]:
    def coarsen(case: Case) -> None:
        kept = {name: getattr(case, name) for name in (skip,)}
        coarse.coarsen(case)
        Case.objects.filter(pk=case.pk).update(**kept)

    return coarsen


def scrubbed(case_id: UUID) -> None:
    Challenge.objects.filter(session__case_id=case_id).delete()
    CaptureSession.objects.filter(case_id=case_id).update(browser_digest=None, consents={})


PARTY, PERSON = WAYS
LINKS: list[tuple[str, object, str, object, Callable[[Clock], Gone]]] = [
    ("the row of its name", pseudonyms, "shred", uncut, PARTY),
    ("when it was received", cutting, "coarsen", coarsened("received_at"), PARTY),
    ("when it was filmed", cutting, "coarsen", coarsened("captured_at"), PERSON),
    ("when it was closed", cutting, "coarsen", coarsened("closed_at"), PARTY),
    ("when its media was destroyed", cutting, "coarsen", coarsened("media_destroyed_at"), PARTY),
    ("when its request came", IdempotencyRecord.objects, "filter", lambda **_: (), PARTY),
    ("when its keys died", store, "coarsen_times", lambda _case, kept_until: None, PARTY),
    ("when its images were deleted", store, "_moment", lambda _case: datetime.now(UTC), only_received),
    ("when its session began and ended", endings, "scrub", scrubbed, PERSON),
    ("whom somebody told of it", board, "take_down", lambda _subjects: 0, PARTY),
]


@pytest.mark.parametrize(("link", "room", "verb", "broken", "way"), LINKS, ids=[link[0] for link in LINKS])
def test_without_one_of_its_guards_somebody_is_found(
    link: str, room: object, verb: str, broken: object, way: Callable[[Clock], Gone], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The attacker is worth being afraid of: each link that an erasure cuts is one that they would follow."""
    with time_machine.travel(NOON, tick=False) as traveller:
        somebody = way(Clock(traveller))
        Clock(traveller).then()
        monkeypatch.setattr(room, verb, broken)
        somebody.erase()
    found = somebody.follow()
    assert found.by_id or found.by_time, link


def test_a_repeated_request_brings_nobody_back_within_its_seven_days() -> None:
    with time_machine.travel(NOON, tick=False):
        party = a_relying_party()
        case_id = party.submit("an-order-of-the-party").json()["id"]
        erase_case(case_id, actor=OPERATOR)
    with time_machine.travel(NOON + timedelta(days=6, hours=23)):
        sweep_once()
        assert party.submit("an-order-of-the-party").json()["id"] == case_id
    assert Case.objects.count() == 1
