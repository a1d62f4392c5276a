"""Raising a worry from the case page, the seniors' screens, and the screen of those who answer for holds."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import a_claim, a_person, settled, vote
from tests.incidents.worries import Worry, a_held_worry, a_worry, later
from tests.known.stocked import a_known_case_in_review
from verification.access.assignment import appoint
from verification.access.models import User
from verification.access.roles import Role
from verification.audit.events import OPERATOR
from verification.audit.models import Entry
from verification.incidents import duty, handling, hold_ends, holds
from verification.incidents.models import Incident, IncidentNote, LegalHold
from verification.incidents.telling import Told, Who
from verification.notices.models import Notice
from verification.retention import due
from verification.retention.erase import erase_case
from verification.review import queue
from verification.review.models import Claim
from verification.web import worry_words

pytestmark = pytest.mark.django_db
SECRET = "Dark marks on the left of the neck."


def as_(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def raise_from(claim: Claim, **sent: str) -> Any:
    fields = {"kind": "signs_of_harm", "sentence": SECRET} | sent
    return as_(claim.reviewer).post(
        reverse("case-worry", args=[claim.pk]), fields, headers={"Accept": "application/json"}
    )


def page(person: User, name: str, *args: object) -> str:
    response = as_(person).get(reverse(name, args=args))
    assert response.status_code == 200
    return str(response.content.decode())


def send(person: User, name: str, *args: object, **fields: str) -> str:
    """The page that the answer leads to."""
    response = as_(person).post(reverse(name, args=args), fields, follow=True)
    return str(response.content.decode())


# Raising -------------------------------------------------------------------------------------------------------------


def test_a_worry_is_answered_with_its_time_and_a_calm_line() -> None:
    a_person(Role.SENIOR_REVIEWER)
    answer = raise_from(a_claim())
    assert answer.status_code == 201
    assert answer.json()["at"] == Incident.objects.get().raised_at.isoformat()
    assert answer.json()["sentence"].endswith("The pictures are kept.")


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (Told(Who.ON_DUTY, 1), "The duty senior has been told."),
        (Told(Who.ON_DUTY, 2), "The 2 seniors on duty have been told."),
        (Told(Who.EVERYBODY, 1), "Nobody on duty could be told, so the senior reviewer has been told."),
        (Told(Who.EVERYBODY, 3), "Nobody on duty could be told, so all 3 senior reviewers have been told."),
        (Told(Who.RAISER_ALONE, 1), "You are the only senior reviewer, so it waits for you under Worries."),
        (Told(Who.NOBODY, 0), "There is no senior reviewer to be told. Tell whoever is in charge yourself, now."),
    ],
)
def test_it_is_said_who_was_told(told: Told, words: str) -> None:
    assert worry_words.told(told) == words


def test_what_is_missing_is_said_and_nothing_is_raised() -> None:
    answer = raise_from(a_claim(), kind="", sentence="x" * 501)
    assert answer.status_code == 422
    assert answer.json()["sentence"] == "Say what worries you. Keep the sentence under 500 characters."
    assert not Incident.objects.exists()


def test_an_erased_case_and_somebody_elses_look_the_same_and_say_what_to_do() -> None:
    claim, other = a_claim(), a_claim()
    url = reverse("case-worry", args=[other.pk])
    foreign = as_(claim.reviewer).post(url, {"kind": "other"})
    erase_case(claim.item_id, actor=OPERATOR)
    gone = raise_from(claim)
    assert foreign.status_code == gone.status_code == 404
    assert foreign.json() == gone.json()
    assert "Tell a senior reviewer yourself" in gone.json()["sentence"]


def test_long_after_the_claim_it_is_refused_with_what_to_do() -> None:
    claim = a_claim()
    with later(minutes=21):
        answer = raise_from(claim)
    assert answer.status_code == 410
    assert "with the case's short name" in answer.json()["sentence"]


def test_pictures_that_are_gone_are_said_to_be_gone() -> None:
    worry = a_worry()
    handling.close(worry.incident.pk, worry.senior, outcome="no_concern", hold="release")
    vote(worry.claim)
    settled()
    due.destroy_media_of_closed_cases()
    assert raise_from(worry.claim).json()["sentence"].endswith("so none could be kept.")


def test_the_case_page_offers_it_and_remembers_that_it_was_raised() -> None:
    claim = a_claim()
    shown = page(claim.reviewer, "case", claim.pk)
    assert 'data-key="w"' in shown
    assert "It is with the seniors." not in shown
    raise_from(claim)
    assert "It is with the seniors." in page(claim.reviewer, "case", claim.pk)


# The seniors' screens ------------------------------------------------------------------------------------------------


def test_without_a_worry_the_list_says_why_it_is_empty() -> None:
    shown = page(a_person(Role.SENIOR_REVIEWER), "incidents")
    assert "No open worry" in shown
    assert "None was closed in the last 90 days" in shown


def test_the_list_shows_who_has_what_and_what_keeps_the_pictures() -> None:
    worry = a_worry()
    shown = page(worry.senior, "incidents")
    assert "Nobody yet" in shown
    assert "waits for a second person" in shown
    handling.take(worry.incident.pk, worry.senior)
    holds.answer_hold(worry.hold.pk, worry.officer, approves=True)
    shown = page(worry.senior, "incidents")
    assert "Nobody yet" not in shown
    assert ">Held</span>" in shown


def test_a_closed_worry_is_listed_with_its_outcome_and_reference_for_ninety_days() -> None:
    worry = a_worry()
    handling.set_reference(worry.incident.pk, worry.senior, "CAD 4411")
    handling.close(worry.incident.pk, worry.senior, outcome="help_sent", hold="release")
    shown = page(worry.senior, "incidents")
    assert "Help was sent" in shown
    assert "CAD 4411" in shown
    with later(days=91):
        assert "CAD 4411" not in page(worry.senior, "incidents")


def test_one_worry_is_taken_written_about_and_closed() -> None:
    worry = a_worry(sentence=SECRET)
    pk = worry.incident.pk
    assert SECRET in page(worry.senior, "incident", pk)
    assert "It is yours now." in send(worry.senior, "incident-take", pk)
    assert "<script>" not in send(worry.senior, "incident-note", pk, text="Called 112 <script>.")
    assert "is kept." in send(worry.senior, "incident-note", pk, reference="CAD 4411")
    shown = page(worry.senior, "incident", pk)
    assert "Called 112 &lt;script&gt;." in shown
    assert 'value="CAD 4411"' in shown
    assert "Closed, with its outcome" in send(worry.senior, "incident-close", pk, outcome="help_sent", hold="keep")
    shown = page(worry.senior, "incident", pk)
    assert "Closed: help was sent" in shown
    assert "Close this worry" not in shown


def test_nothing_is_chosen_beforehand() -> None:
    worry = a_held_worry()
    assert " checked" not in page(worry.senior, "incident", worry.incident.pk)


def test_what_was_written_comes_back_with_what_is_wrong() -> None:
    worry = a_held_worry()
    url = reverse("incident-close", args=[worry.incident.pk])
    answer = as_(worry.senior).post(url, {"outcome": "help_sent", "note": "They are safe."})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "Say whether the pictures are kept or let go." in shown
    assert "They are safe." in shown
    assert shown.count(" checked") == 1
    # It came from an address that only takes forms, so no page may look at it again by itself.
    assert "data-live-region" not in shown


def test_a_note_that_is_empty_is_refused_in_place() -> None:
    worry = a_worry()
    assert "Write what was done." in send(worry.senior, "incident-note", worry.incident.pk, text=" ")


def test_another_senior_took_it_or_closed_it_meanwhile() -> None:
    worry, other = a_worry(), a_person(Role.SENIOR_REVIEWER)
    pk = worry.incident.pk
    handling.take(pk, worry.senior)
    assert f"{worry.senior} has it." in send(other, "incident-take", pk)
    assert "It is yours now." in send(other, "incident-take", pk, over_from=str(worry.senior.pk))
    handling.close(pk, other, outcome="no_concern", hold="release")
    for name, fields in (
        ("incident-take", {}),
        ("incident-note", {"text": "more"}),
        ("incident-close", {"outcome": "help_sent"}),
    ):
        assert worry_words.CLOSED_ALREADY in send(worry.senior, name, pk, **fields)
    assert not IncidentNote.objects.exists()


def test_a_form_with_a_wrong_id_takes_over_from_nobody() -> None:
    worry, other = a_worry(), a_person(Role.SENIOR_REVIEWER)
    handling.take(worry.incident.pk, worry.senior)
    assert "has it. Nothing was changed." in send(other, "incident-take", worry.incident.pk, over_from="nobody")


@pytest.mark.parametrize("name", ["incident-take", "incident-note", "incident-hold", "incident-close"])
def test_a_worry_that_is_not_there_is_not_found(name: str) -> None:
    senior = a_person(Role.SENIOR_REVIEWER)
    fields = {"text": "a note", "outcome": "no_concern"}
    assert as_(senior).post(reverse(name, args=[uuid4()]), fields).status_code == 404
    assert as_(senior).get(reverse("incident", args=[uuid4()])).status_code == 404


def test_a_hold_is_renewed_from_the_page_and_said_to_wait() -> None:
    worry = a_held_worry()
    pk = worry.incident.pk
    assert "Ask to renew it" in page(worry.senior, "incident", pk)
    assert "a second person has been told" in send(worry.senior, "incident-hold", pk)
    shown = send(worry.senior, "incident-hold", pk)
    assert worry_words.ASKED_ALREADY in shown
    assert "asks to renew the hold" in shown
    assert "You asked for this hold, so a second person answers." in shown


def test_a_hold_on_pictures_that_are_destroyed_is_refused_and_not_offered() -> None:
    worry = a_worry()
    hold_ends.release(worry.hold.pk, worry.senior)
    vote(worry.claim)
    settled()
    due.destroy_media_of_closed_cases()
    shown = page(worry.senior, "incident", worry.incident.pk)
    assert ">Destroyed</span>" in shown
    assert 'data-key="h"' not in shown
    assert worry_words.NOTHING_LEFT in send(worry.senior, "incident-hold", worry.incident.pk)


def test_only_whoever_handles_it_learns_that_nobody_is_in_danger_in_a_known_case() -> None:
    a_known_case_in_review()
    senior, reviewer = a_person(Role.SENIOR_REVIEWER), a_person(Role.REVIEWER)
    claim = queue.take_next(reviewer)
    assert claim is not None
    assert raise_from(claim).json()["sentence"].endswith("The pictures are kept.")
    assert "Nobody needs help." in page(senior, "incident", Incident.objects.get().pk)
    assert "known" not in page(reviewer, "case", claim.pk)
    assert "Nobody needs help." not in page(a_person(Role.RISK_OFFICER), "holds")
    assert "Nobody needs help." not in page(senior, "incident", a_worry().incident.pk)


def test_going_on_and_off_duty() -> None:
    senior, other = a_person(Role.SENIOR_REVIEWER), a_person(Role.SENIOR_REVIEWER)
    assert "Nobody is on duty" in page(senior, "incidents")
    assert "You are on duty." in send(senior, "duty", on="1")
    assert duty.on_duty() == [senior]
    assert f"On duty: {senior}." in page(other, "incidents")
    assert "You are off duty." in send(senior, "duty")
    assert duty.on_duty() == []


# Those who answer for holds ------------------------------------------------------------------------------------------


def test_without_holds_the_page_says_why_it_is_empty() -> None:
    shown = page(a_person(Role.RISK_OFFICER), "holds")
    for words in ("No hold waits for you", "Nothing is held", "None has ended in the last 90 days"):
        assert words in shown


def test_a_risk_officer_sees_why_and_until_when_and_nothing_that_was_written() -> None:
    worry = a_worry(sentence=SECRET)
    handling.add_note(worry.incident.pk, worry.senior, "Called the sister.")
    handling.set_reference(worry.incident.pk, worry.senior, "CAD 4411")
    for approves in (None, True, False):
        if approves is not None:
            holds.answer_hold(worry.hold.pk, worry.officer, approves=approves)
        shown = page(worry.officer, "holds")
        assert "Signs of harm" in shown
        assert worry.case.code in shown
        for hidden in (SECRET, "sister", "CAD 4411", reverse("incident", args=[worry.incident.pk])):
            assert hidden not in shown
        if approves:
            holds.ask_hold(worry.incident.pk, worry.senior)


def test_approving_and_refusing_on_the_page() -> None:
    one, other = a_worry(), a_worry()
    assert "Approved. The pictures stay sealed until" in send(one.officer, "hold-answer", one.hold.pk, answer="yes")
    assert "Refused. Pictures that only" in send(one.officer, "hold-answer", other.hold.pk, answer="no")
    assert (one.hold.state, other.hold.state) == ("in_force", "refused")


def test_an_answer_without_a_choice_answers_nothing() -> None:
    worry = a_worry()
    assert "Nothing was answered" in send(worry.officer, "hold-answer", worry.hold.pk)
    assert worry.hold.state == LegalHold.State.ASKED


def test_asker_and_approver_are_two_people_and_who_tries_is_on_record() -> None:
    worry = a_worry()
    appoint(worry.raiser, Role.SENIOR_REVIEWER)
    shown = page(worry.raiser, "holds")
    assert "You asked for this hold, so a second person answers." in shown
    assert ">Approve" not in shown
    assert "a second person answers" in send(worry.raiser, "hold-answer", worry.hold.pk, answer="yes")
    assert worry.hold.state == LegalHold.State.ASKED
    entry = Entry.objects.get(event="access:denied")
    assert '"reason":"own_request"' in entry.body


@pytest.mark.parametrize(
    ("end", "words"),
    [("answered", "approved this hold already"), ("expired", "has run out"), ("released", "was released already")],
)
def test_an_answer_that_comes_too_late_says_what_was_before(end: str, words: str) -> None:
    worry = a_worry()
    if end == "answered":
        holds.answer_hold(worry.hold.pk, worry.senior, approves=True)
    elif end == "released":
        hold_ends.release(worry.hold.pk, worry.senior)
    with later(hours=5 if end == "expired" else 0):
        assert words in send(worry.officer, "hold-answer", worry.hold.pk, answer="yes")


def test_a_hold_that_is_not_there_is_not_found() -> None:
    senior = a_person(Role.SENIOR_REVIEWER)
    assert as_(senior).post(reverse("hold-answer", args=[uuid4()]), {"answer": "yes"}).status_code == 404
    assert as_(senior).post(reverse("hold-release", args=[uuid4()])).status_code == 404


def test_a_senior_releases_a_hold_and_is_brought_back_to_where_they_were() -> None:
    worry = a_held_worry()
    url = reverse("hold-release", args=[worry.hold.pk])
    response = as_(worry.senior).post(url, {"incident": str(worry.incident.pk)})
    assert response["Location"] == reverse("incident", args=[worry.incident.pk])
    assert worry.hold.state == LegalHold.State.RELEASED
    assert "was released already" in send(worry.senior, "hold-release", worry.hold.pk)


def test_how_each_hold_ended_is_listed_for_ninety_days() -> None:
    worry = a_held_worry()
    hold_ends.release(worry.hold.pk, worry.senior)
    assert f"Released, {worry.senior}" in page(worry.officer, "holds")
    with later(days=91):
        assert "Released" not in page(worry.officer, "holds")


# Live ----------------------------------------------------------------------------------------------------------------


def versions(person: User) -> dict[str, str]:
    topics = {"topic": ["worries", "holds"]}
    found: dict[str, str] = as_(person).post(reverse("live"), topics).json()["versions"]
    return found


def everything(worry: Worry) -> list[Any]:
    """Each act that changes what the pages show."""
    incident, senior = worry.incident.pk, worry.senior
    return [
        lambda: handling.take(incident, senior),
        lambda: handling.add_note(incident, senior, "Called."),
        lambda: handling.set_reference(incident, senior, "1"),
        lambda: holds.answer_hold(worry.hold.pk, worry.officer, approves=True),
        lambda: holds.ask_hold(incident, senior),
        lambda: hold_ends.release(worry.hold.pk, senior),
        lambda: duty.start(senior),
        lambda: duty.stop(senior),
        lambda: handling.close(incident, senior, outcome="no_concern"),
    ]


def test_every_act_gives_the_open_pages_another_version() -> None:
    worry = a_worry()
    seen = [versions(worry.senior)["worries"]]
    for act in everything(worry):
        act()
        seen.append(versions(worry.senior)["worries"])
    assert len(set(seen)) == len(seen)


def test_a_risk_officer_is_told_of_holds_and_not_of_worries() -> None:
    worry = a_worry()
    assert set(versions(worry.officer)) == {"holds"}
    assert set(versions(worry.senior)) == {"holds", "worries"}
    assert versions(worry.raiser) == {}


def test_notices_lead_to_the_worry_and_to_the_holds() -> None:
    worry = a_worry()
    for kind, person, place in (
        (Notice.Kind.INCIDENT_RAISED, worry.senior, reverse("incident", args=[worry.incident.pk])),
        (Notice.Kind.HOLD_ASKED, worry.officer, reverse("holds")),
    ):
        notice = Notice.objects.get(kind=kind, to=person)
        assert as_(person).post(reverse("notice-open", args=[notice.pk]))["Location"] == place
