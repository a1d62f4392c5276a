"""A hold beats destruction on every way to it, and nothing else does; at its end the pictures die within one sweep."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction

from verification.audit.events import OPERATOR, SUBJECT, SWEEPER
from verification.cases.models import Case
from verification.incidents import handling, hold_ends, holds
from verification.incidents.models import Incident, IncidentNote, LegalHold
from verification.retention import due
from verification.retention.erase import destroy_media, erase_case, expire_case, withdraw_case
from verification.sweeper import sweep_once
from verification.vault import store
from verification.vault.models import CaseKey, Purpose, SealedMedia

from .worries import Worry, a_held_worry, a_worry, decided, later, living, logged

pytestmark = pytest.mark.django_db(transaction=True)
PERSON = SUBJECT


def held_for() -> list[str]:
    return [json.loads(entry.body)["facts"]["reason"] for entry in logged("media:held")]


def sealed(worry: Worry) -> set[str]:
    """The kinds of image whose bytes are still there."""
    media = SealedMedia.objects.filter(case=worry.case, deleted_at__isnull=True)
    return set(media.values_list("kind", flat=True))


def by_decision(worry: Worry) -> None:
    decided(worry)
    sweep_once()


def by_time_limit(worry: Worry) -> None:
    assert expire_case(worry.case, actor=SWEEPER)


def by_withdrawal(worry: Worry) -> None:
    withdraw_case(worry.case.pk, actor=PERSON)


def by_erasure(worry: Worry) -> None:
    assert erase_case(worry.case.pk, actor=PERSON)


def by_the_act_itself(worry: Worry) -> None:
    destroy_media(worry.case.pk, actor=OPERATOR, reason="passed")


WAYS: list[tuple[Callable[[Worry], None], str]] = [
    (by_decision, "closed"),
    (by_time_limit, "time_limit"),
    (by_withdrawal, "withdrawn"),
    (by_erasure, "requested"),
    (by_the_act_itself, "passed"),
]


@pytest.mark.parametrize("make", [a_worry, a_held_worry])
@pytest.mark.parametrize(("destroy", "reason"), WAYS)
def test_frames_outlive_it_and_crops_do_not(
    make: Callable[[], Worry], destroy: Callable[[Worry], None], reason: str
) -> None:
    worry = make()
    destroy(worry)
    assert living(worry.case) == {Purpose.FRAME}
    assert sealed(worry) == {"reference", "live-0"}
    assert worry.case.media_destroyed_at is None
    assert held_for() == [reason]


def test_without_a_hold_nothing_else_stops_it() -> None:
    worry = a_worry()
    holds.answer_hold(worry.hold.pk, worry.officer, approves=False)
    by_decision(worry)
    assert (living(worry.case), sealed(worry), held_for()) == (set(), set(), [])
    assert worry.case.media_destroyed_at is not None
    assert worry.incident.closed_at is None


def test_the_sweeper_tries_a_held_case_once_and_then_leaves_it_alone() -> None:
    worry = a_held_worry()
    by_decision(worry)
    for _ in range(3):
        assert due.destroy_media_of_closed_cases() == 0
    assert held_for() == ["closed"]
    assert len(logged("media:keys-destroyed")) == 1


def test_each_kind_of_attempt_is_logged_once() -> None:
    worry = a_held_worry()
    by_decision(worry)
    by_erasure(worry)
    for _ in range(2):
        destroy_media(worry.case.pk, actor=OPERATOR, reason="requested")
    assert held_for() == ["closed", "requested"]


def refused(worry: Worry) -> None:
    holds.answer_hold(worry.hold.pk, worry.officer, approves=False)


def released(worry: Worry) -> None:
    hold_ends.release(worry.hold.pk, worry.senior)


def closed_with_release(worry: Worry) -> None:
    handling.close(worry.incident.pk, worry.senior, outcome="no_concern", hold="release")


@pytest.mark.parametrize("end", [refused, released, closed_with_release])
@pytest.mark.parametrize("destroy", [by_decision, by_erasure])
def test_when_the_hold_ends_one_sweep_destroys_keys_and_bytes(
    end: Callable[[Worry], None], destroy: Callable[[Worry], None]
) -> None:
    worry = a_worry()
    destroy(worry)
    end(worry)
    assert sweep_once()["media_destroyed"] == 1
    assert (living(worry.case), sealed(worry)) == (set(), set())
    assert worry.case.media_destroyed_at is not None
    last = json.loads(logged("media:keys-destroyed")[-1].body)["facts"]
    assert last == {"images": 2, "purposes": ["frame"], "reason": "hold_ended"}


@pytest.mark.parametrize(("make", "days", "hours"), [(a_worry, 0, 4), (a_held_worry, 7, 0)])
def test_when_its_time_is_over_the_same_sweep_ends_it_and_destroys(
    make: Callable[[], Worry], days: int, hours: int
) -> None:
    worry = make()
    by_decision(worry)
    with later(days=days, hours=hours, seconds=1):
        done = sweep_once()
    assert (done["holds_ended"], done["media_destroyed"]) == (1, 1)
    assert (living(worry.case), sealed(worry)) == (set(), set())


def test_an_open_case_keeps_its_pictures_after_the_hold_for_as_long_as_its_own_time_runs() -> None:
    worry = a_worry()
    released(worry)
    sweep_once()
    assert living(worry.case) == {Purpose.FRAME, Purpose.CROP}


def test_the_record_dies_with_an_erasure_but_not_what_a_life_may_depend_on() -> None:
    worry = a_worry(sentence="Marks on the neck.")
    handling.add_note(worry.incident.pk, worry.senior, "Police called.")
    handling.set_reference(worry.incident.pk, worry.senior, "CAD 4411")
    by_erasure(worry)
    assert (worry.case.subject, worry.case.reasons) == ("", [])
    assert worry.incident.sentence == "Marks on the neck."
    assert IncidentNote.objects.get().text == "Police called."
    handling.close(worry.incident.pk, worry.senior, outcome="help_sent", hold="keep", note="They are safe.")
    incident = worry.incident
    assert (incident.sentence, incident.notes.count()) == ("", 0)
    assert (incident.kind, incident.outcome, incident.reference) == ("signs_of_harm", "help_sent", "CAD 4411")
    released(worry)
    sweep_once()
    assert not Incident.objects.exists()
    assert not LegalHold.objects.exists()
    assert len(logged("incident:closed")) == 1


def test_an_erasure_after_the_closing_leaves_no_free_text_at_once() -> None:
    worry = a_held_worry()
    handling.add_note(worry.incident.pk, worry.senior, "Police called.")
    handling.close(worry.incident.pk, worry.senior, outcome="reported", hold="keep")
    by_erasure(worry)
    assert (worry.incident.sentence, IncidentNote.objects.count()) == ("", 0)
    sweep_once()
    assert Incident.objects.count() == 1


def test_an_erasure_of_a_case_whose_worry_is_closed_and_not_held_leaves_nothing_of_it() -> None:
    worry = a_worry()
    closed_with_release(worry)
    by_erasure(worry)
    assert not Incident.objects.exists()


def test_a_case_that_is_not_erased_keeps_its_incident_with_its_record() -> None:
    worry = a_worry()
    closed_with_release(worry)
    by_decision(worry)
    sweep_once()
    assert worry.incident.sentence == "Marks on the neck."
    with later(days=366):
        sweep_once()
    assert not Incident.objects.exists()


def test_a_clip_is_kept_as_its_frames_are() -> None:
    worry = a_held_worry()
    store.seal_capture(worry.case.pk, b"a clip as one bundle", actor=OPERATOR)
    by_withdrawal(worry)
    assert living(worry.case) == {Purpose.FRAME, Purpose.CAPTURE}
    assert sealed(worry) == {"reference", "live-0", "clip"}


def test_the_database_itself_refuses_what_the_code_must_not_do() -> None:
    worry = a_worry()
    for destroy in (
        lambda: store.destroy_keys(worry.case.pk, actor=OPERATOR, reason="test"),
        lambda: CaseKey.objects.filter(case=worry.case, purpose=Purpose.FRAME).delete(),
        lambda: SealedMedia.objects.filter(case=worry.case, purpose=Purpose.FRAME).delete(),
        lambda: LegalHold.objects.all().delete(),
        lambda: Case.objects.filter(pk=worry.case.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            destroy()
    assert living(worry.case) == {Purpose.FRAME, Purpose.CROP}
    assert sealed(worry) >= {"reference", "live-0"}


def test_the_database_lets_a_released_case_go() -> None:
    worry = a_worry()
    released(worry)
    with transaction.atomic():
        assert store.destroy_keys(worry.case.pk, actor=OPERATOR, reason="test").keys == 2
