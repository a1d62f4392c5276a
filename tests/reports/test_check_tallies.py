"""Results are counted once a day is over, and read the same whether they were counted before or not."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from verification.audit.events import OPERATOR
from verification.known.models import KnownCase
from verification.reports import check_tallies, checks
from verification.reports.models import DayOfResults, TalliedDay, WeekOfScores
from verification.reports.window import Span, Window, midnight
from verification.retention.erase import erase_case

from .checked import a_checked_case, copies, results

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate
DAY = timedelta(days=1)


def last_days(days: int) -> Window:
    """So many local days up to the end of today."""
    return Window(Span.CUSTOM, midnight(TODAY() - (days - 1) * DAY), midnight(TODAY() + DAY))


def noon(days_ago: int) -> datetime:
    return midnight(TODAY() - days_ago * DAY) + timedelta(hours=12)


def sums(window: Window) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for one in check_tallies.results(window):
        found[one.name, one.band] = found.get((one.name, one.band), 0) + one.cases
    return found


def scores(window: Window) -> dict[tuple[str, float], int]:
    found: dict[tuple[str, float], int] = {}
    for one in check_tallies.scores(window):
        found[one.name, one.score] = found.get((one.name, one.score), 0) + one.cases
    return found


def test_a_quiet_period_has_nothing_to_count() -> None:
    assert check_tallies.tally_days() == 0
    assert check_tallies.results(last_days(7)) == []
    assert check_tallies.scores(last_days(7)) == []


def test_tallying_changes_no_figure() -> None:
    for days_ago, match in ((2, 0.7), (1, 0.35), (0, 0.1)):
        a_checked_case(results(match=match), at=noon(days_ago))
    before = sums(last_days(7)), scores(last_days(14))
    assert check_tallies.tally_days() == 2
    assert (sums(last_days(7)), scores(last_days(14))) == before
    assert before[0]["match", "pass"] == before[0]["match", "ambiguous"] == before[0]["match", "fail"] == 1


def test_a_day_is_tallied_once_and_today_never() -> None:
    a_checked_case(at=noon(1))
    a_checked_case()
    assert check_tallies.tally_days() == 1
    assert check_tallies.tally_days() == 0
    assert list(TalliedDay.objects.values_list("day", flat=True)) == [TODAY() - DAY]
    assert sums(last_days(2))["match", "pass"] == 2


def test_a_day_that_another_sweeper_counts_is_left_to_it() -> None:
    a_checked_case(at=noon(1))
    assert check_tallies._tally(TODAY() - DAY) == 1
    assert check_tallies._tally(TODAY() - DAY) == 0
    assert sums(last_days(2))["match", "pass"] == 1
    assert scores(last_days(2))["match", 0.7] == 1
    assert set(DayOfResults.objects.values_list("cases", flat=True)) == {1}


def test_an_erasure_leaves_the_counts_of_its_day() -> None:
    case = a_checked_case(at=noon(1))
    check_tallies.tally_days()
    erase_case(case.pk, actor=OPERATOR)
    assert sums(last_days(2))["match", "pass"] == 1


def test_a_case_with_a_known_answer_is_not_counted() -> None:
    case = a_checked_case()
    copies(case, 1, known=True)
    assert sums(last_days(1))["match", "pass"] == 1
    assert not KnownCase.objects.exists()


def test_one_programme_is_counted_alone() -> None:
    case, other = a_checked_case(at=noon(1)), a_checked_case(results(match=0.1), at=noon(1))
    for _ in range(2):
        window = last_days(3)
        mine = Window(window.span, window.start, window.end, case.programme_id)
        assert ("match", "fail") not in sums(mine)
        assert sums(mine)["match", "pass"] == 1
        check_tallies.tally_days()
    assert other.programme_id != case.programme_id


def test_scores_are_rounded_to_a_hundredth_or_to_two_digits() -> None:
    a_checked_case(results(match=0.4567, sharpness=1234.5, size=87.6, pose=0.0))
    assert {("match", 0.46), ("sharpness", 1200.0), ("size", 88.0), ("pose", 0.0)} <= scores(last_days(1)).keys()


def test_a_stretch_of_days_is_broken_by_the_days_that_are_tallied() -> None:
    first = TODAY() - 5 * DAY
    TalliedDay.objects.create(day=first + 2 * DAY)
    assert check_tallies.untallied(first, first + 4 * DAY) == [
        check_tallies.Stretch(first, first + 2 * DAY),
        check_tallies.Stretch(first + 3 * DAY, first + 4 * DAY),
    ]


def test_every_reason_of_a_result_is_counted_and_broken_checks_stand_out() -> None:
    a_checked_case(results(liveness=0.3, late=["match"], broken=["pose"]))
    counted = checks.counted(last_days(1))
    whys = checks.reasons(counted)
    assert checks.Why("liveness", "ambiguous", "liveness_unclear", 1) in whys
    assert checks.broken(whys) == [
        checks.Why("pose", "error", "check_error", 1),
        checks.Why("match", "error", "check_timed_out", 1),
    ]
    match = next(one for one in checks.by_check(counted) if one.name == "match")
    assert (match.error, match.timed_out, match.error_share) == (1, 1, 1.0)


def test_checks_stand_in_the_order_in_which_they_run() -> None:
    a_checked_case()
    names = [one.name for one in checks.by_check(checks.counted(last_days(1)))]
    assert names == [name for name in checks.ORDER if name in names]
    assert checks.place("of_a_later_version") > checks.place("voice")


def test_the_weeks_of_a_check_are_put_side_by_side() -> None:
    case = a_checked_case(at=noon(8))
    copies(case, 3)
    (match,) = (one for one in checks.moved(check_tallies.scores(last_days(9))) if one.name == "match")
    assert [week.cases for week in match.weeks] == [4]
    assert match.worst == "not_enough"
    assert WeekOfScores.objects.count() == 0
