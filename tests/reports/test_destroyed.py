"""Media that died late is found, with what explains it; a legal hold is an excuse until its end and no longer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from tests.incidents.worries import a_held_worry, decided
from verification.audit.events import OPERATOR, SWEEPER
from verification.cases.models import Case
from verification.incidents import hold_ends
from verification.reports import destroyed, media
from verification.reports.destroyed import Late, Promise, Why
from verification.retention import due
from verification.retention.erase import erase_case
from verification.vault import store
from verification.vault.models import CaseKey, SealedMedia

from .days import a_window

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def of(what: str, purpose: str = "frame") -> Promise:
    (found,) = (one for one in destroyed.promises(a_window()) if (one.what, one.purpose) == (what, purpose))
    return found


def a_closed_case() -> Case:
    """Passed, with its key and its bytes gone."""
    case = factories.a_passed_case()
    store.delete_bytes(case.pk, actor=SWEEPER)
    return Case.objects.get(pk=case.pk)


def test_a_quiet_period_has_nothing_to_keep() -> None:
    assert destroyed.promises(a_window()) == []
    assert destroyed.late(a_window()) == []
    assert destroyed.open_too_long(a_window()) == 0


def test_keys_and_bytes_that_died_with_their_case_are_in_time() -> None:
    a_closed_case()
    assert (of("key").in_time, of("key").kept) == (1, 1.0)
    assert (of("bytes").in_time, of("bytes").all, of("bytes").longest) == (2, 2, None)


def test_an_erasure_changes_no_figure() -> None:
    case = a_closed_case()
    before = destroyed.promises(a_window())
    erase_case(case.pk, actor=OPERATOR)
    assert destroyed.promises(a_window()) == before


def test_a_key_that_died_late_is_listed_and_nothing_explains_it() -> None:
    case = a_closed_case()
    assert case.closed_at is not None
    gone = case.closed_at + 3 * MINUTE
    CaseKey.objects.filter(case=case).update(destroyed_at=gone)
    assert (of("key").late, of("key").longest, of("key").kept) == (1, 120.0, 0.0)
    (late,) = destroyed.late(a_window())
    assert late == Late(case.pk, "key", "frame", case.closed_at + media.AFTER_CLOSING, gone, Why.UNEXPLAINED)


def test_bytes_that_followed_their_key_late_are_explained() -> None:
    case = a_closed_case()
    assert case.closed_at is not None
    SealedMedia.objects.filter(case=case, kind="live-0").update(deleted_at=case.closed_at + 2 * MINUTE)
    assert (of("bytes").in_time, of("bytes").late) == (1, 1)
    assert [late.why for late in destroyed.late(a_window())] == [Why.BYTES_FOLLOWED]


def test_a_key_that_lives_is_not_due_for_a_minute_and_overdue_from_then_on() -> None:
    case = factories.a_passed_case()
    CaseKey.objects.filter(case=case).update(destroyed_at=None, wrapped=b"x")
    assert (of("key").not_due, of("key").overdue, of("key").kept) == (1, 0, None)
    later = timezone.now() + 2 * MINUTE
    (key, _) = destroyed.promises(a_window(), later)
    assert (key.not_due, key.overdue, key.kept) == (0, 1, 0.0)
    assert {late.gone for late in destroyed.late(a_window(), later)} == {None}


def test_a_hold_is_an_excuse_until_its_end() -> None:
    worry = decided(a_held_worry())
    due.destroy_media_of_closed_cases()
    assert (of("key").not_due, of("key").overdue) == (1, 0)
    assert of("key", "crop").in_time == 1
    hold_ends.release(worry.hold.pk, worry.senior)
    due.destroy_media_of_closed_cases()
    closed = worry.case.closed_at
    assert closed is not None
    Case.objects.filter(pk=worry.case.pk).update(closed_at=closed - timedelta(hours=2))
    assert (of("key").in_time, of("key").after_hold, of("key").late, of("key").kept) == (0, 1, 0, 1.0)


def test_what_outlived_its_hold_is_late_all_the_same() -> None:
    worry = decided(a_held_worry())
    hold_ends.release(worry.hold.pk, worry.senior)
    due.destroy_media_of_closed_cases()
    CaseKey.objects.filter(case=worry.case, purpose="frame").update(destroyed_at=timezone.now() + 5 * MINUTE)
    assert of("key").late == 1
    assert [late.why for late in destroyed.late(a_window()) if late.what == "key" and late.purpose == "frame"] == [
        Why.AFTER_HOLD
    ]


def test_a_case_that_stayed_open_too_long_is_counted() -> None:
    case = factories.a_received_case()
    assert destroyed.open_too_long(a_window()) == 0
    assert destroyed.open_too_long(a_window(), case.received_at + media.OPEN_CASE + 2 * MINUTE) == 1


def test_known_cases_and_other_programmes_are_left_out() -> None:
    case = a_closed_case()
    assert destroyed.promises(a_window(factories.a_programme().pk)) == []
    Case.objects.filter(pk=case.pk).update(known=True)
    assert destroyed.promises(a_window()) == []


def test_only_so_many_are_listed() -> None:
    for _ in range(2):
        CaseKey.objects.filter(case=a_closed_case()).update(destroyed_at=timezone.now() + 5 * MINUTE)
    assert len(destroyed.late(a_window(), limit=1)) == 1
