"""A threshold is moved in thought alone: the policy's own code decides, and what nobody can know is not told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests import factories
from tests.factories import a_person, a_received_case, settled, vote
from verification.access.roles import Role
from verification.audit.events import OPERATOR
from verification.audit.models import Entry
from verification.cases.models import Case
from verification.checks.results import Band
from verification.known.models import KnownCase
from verification.policy.decide import Verdict
from verification.policy.thresholds import RELYING_PARTY
from verification.reports import what_if, what_if_errors
from verification.reports.what_if import BadThreshold, Left, Load, WhatIf
from verification.reports.what_if_errors import Compared, Rate, Source, Wrong
from verification.retention.erase import erase_case
from verification.review import queue

from .checked import a_checked_case, copies, results
from .days import a_window

pytestmark = pytest.mark.django_db

MATCH = what_if.dial("match")


def ask(threshold: float, check: str = "match") -> WhatIf:
    return what_if.what_if(a_window(), what_if.dial(check), threshold)


def rate(found: list[Compared], source: Source, wrong: Wrong) -> tuple[Rate, Rate]:
    (one,) = (one for one in found if (one.source, one.wrong) == (source, wrong))
    return one.before, one.after


def reviewed(match: float, same: str = "same", alive: str = "live") -> Case:
    """A case that the machine sent to people for its match, and what they said of it."""
    case = a_checked_case(results(match=match))
    claim = queue.take_next(a_person(Role.REVIEWER))
    assert claim is not None
    vote(claim, same, alive, confidence=5)
    settled()
    return Case.objects.get(pk=case.pk)


def test_without_cases_nothing_goes_anywhere() -> None:
    found = ask(0.3)
    assert found.before == found.after == Load(0, 0, 0, 0, days=3, busiest=0)
    assert (found.before.share, found.left) == (None, Left(0, 0))


def test_a_lower_threshold_closes_more_by_machine_and_a_higher_one_sends_more_to_people() -> None:
    for match in (0.39, 0.41, 0.7):
        a_checked_case(results(match=match))
    assert (ask(0.35).before.by_machine, ask(0.35).before.to_people) == (2, 1)
    assert (ask(0.35).after.by_machine, ask(0.35).after.to_people) == (3, 0)
    assert (ask(0.45).after.by_machine, ask(0.45).after.to_people) == (1, 2)


def test_a_score_on_the_threshold_passes_and_one_just_below_does_not() -> None:
    a_checked_case(results(match=0.37))
    assert ask(0.37).after.by_machine == 1
    assert ask(0.3700001).after.by_machine == 0


def test_a_threshold_from_above_works_the_other_way() -> None:
    a_checked_case(results(pose=30.0))
    assert ask(30.0, "pose").after.by_machine == 1
    assert ask(29.0, "pose").after.by_machine == 0


def test_what_another_check_found_still_sends_a_case_to_people() -> None:
    a_checked_case(results(match=0.39, liveness=0.3))
    assert ask(0.3).after.to_people == 1


def test_without_leave_to_look_a_case_stays_unresolved() -> None:
    a_checked_case(results(match=0.39), case=a_received_case(scopes=["compare", "transmit"]))
    found = ask(0.3)
    assert (found.before.unresolved, found.after.by_machine) == (1, 1)


def test_a_check_that_broke_passes_at_no_threshold() -> None:
    a_checked_case(results(broken=["match"]))
    assert ask(0.28).after.to_people == 1


def test_a_band_that_not_the_score_alone_decided_stays() -> None:
    found = tuple(
        replace(one, band=Band.AMBIGUOUS) if one.name == "same_face" else one for one in results(same_face=0.9)
    )
    a_checked_case(found)
    assert ask(0.3, "same_face").after.to_people == 1


def test_the_score_of_another_model_passes_at_no_threshold() -> None:
    found = tuple(
        replace(one, band=Band.AMBIGUOUS, model="buffalo_l") if one.name == "match" else one for one in results()
    )
    a_checked_case(found)
    assert ask(0.28).after.to_people == 1


def test_a_case_with_a_missing_check_passes_at_no_threshold() -> None:
    a_checked_case(results(match=0.39)[:-1])
    assert ask(0.28).after.to_people == 1


def test_at_the_threshold_in_force_every_case_goes_where_it_went() -> None:
    """The report decides as the pipeline did, whatever the scores: the rule is not written twice."""
    for match in (0.1, 0.28, 0.39, 0.4, 0.9):
        for liveness in (0.1, 0.15, 0.59, 0.6, 1.0):
            a_checked_case(results(match=match, liveness=liveness))
    passed = Case.objects.filter(status="passed").count()
    for check in ("match", "liveness"):
        before = ask(what_if.dial(check).stands, check).before
        assert (before.cases, before.by_machine, before.to_people) == (25, passed, 25 - passed)


def test_the_queue_is_told_by_day_and_steps_lie_around_the_threshold() -> None:
    copies(a_checked_case(results(match=0.39)), 4)
    found = ask(0.4)
    assert (found.before.busiest, found.before.share) == (5, 1.0)
    assert found.before.per_day == pytest.approx(5 / 3)
    assert [step.threshold for step in found.steps] == MATCH.steps
    assert [step.load.to_people for step in found.steps] == [0, 0, 0, 0, 5, 5, 5, 5, 5]


def test_erased_cases_and_those_of_another_policy_are_counted_and_say_nothing() -> None:
    erase_case(a_checked_case().pk, actor=OPERATOR)
    a_checked_case(policy=replace(RELYING_PARTY, version=2))
    assert (ask(0.3).left, ask(0.3).before.cases) == (Left(erased=1, other_version=1), 0)


def test_one_programme_is_told_alone() -> None:
    case = a_checked_case()
    a_checked_case()
    assert what_if.what_if(a_window(case.programme_id), MATCH, 0.4).before.cases == 1


def test_asking_changes_nothing() -> None:
    a_checked_case(results(match=0.39))
    before = Case.objects.values().get(), Entry.objects.count()
    ask(0.3)
    what_if_errors.errors(a_window(), MATCH, 0.3)
    assert (Case.objects.values().get(), Entry.objects.count()) == before


@pytest.mark.parametrize("check", what_if.MOVABLE)
def test_a_movable_threshold_is_the_same_in_every_policy_and_has_one_side(check: str) -> None:
    bands = {policy.bands[check] for policy in what_if.IN_FORCE.values() if check in policy.bands}
    assert len(bands) == 1
    dial = what_if.dial(check)
    assert dial.low <= dial.stands <= dial.high
    assert dial.stands in dial.steps
    assert len(dial.edges) == 2


@pytest.mark.parametrize("check", ["welfare", "injection", "exposure", "one_face", "origin", "challenge", "", "<b>"])
def test_what_is_no_measure_with_one_side_cannot_be_moved(check: str) -> None:
    with pytest.raises(BadThreshold, match="no_such_check"):
        what_if.dial(check)


@pytest.mark.parametrize(("text", "code"), [("much", "not_a_number"), ("nan", "out_of_range"), ("0.27", "out_of_range"),
                                            ("1e400", "out_of_range"), ("=1+1", "not_a_number")])  # fmt: skip
def test_a_threshold_that_makes_no_sense_is_refused_with_its_limits(text: str, code: str) -> None:
    with pytest.raises(BadThreshold) as refused:
        what_if.threshold(MATCH, text)
    assert (refused.value.code, refused.value.low, refused.value.high) == (code, 0.28, 1)


def test_a_threshold_is_read_with_a_point_or_a_comma_and_none_is_the_one_in_force() -> None:
    assert [what_if.threshold(MATCH, text) for text in ("0.35", " 0,35 ", "")] == [0.35, 0.35, 0.40]


def test_the_people_s_answers_are_labels_of_reviewed_cases_alone() -> None:
    reviewed(0.39)
    reviewed(0.37, "different")
    reviewed(0.36, "same", "not_live")
    reviewed(0.35, "cannot_tell")
    found = what_if_errors.errors(a_window(), MATCH, 0.35)
    assert rate(found, Source.REVIEWED, Wrong.PASSED_BY_CHECK) == (Rate(0, 1), Rate(1, 1))
    assert rate(found, Source.REVIEWED, Wrong.HELD_BY_CHECK) == (Rate(2, 2), Rate(0, 2))
    assert rate(found, Source.REVIEWED, Wrong.CLOSED) == (Rate(0, 2), Rate(2, 2))
    assert rate(found, Source.REVIEWED, Wrong.SENT_ON) == (Rate(1, 1), Rate(0, 1))
    assert rate(found, Source.KNOWN, Wrong.CLOSED) == (Rate(0, 0), Rate(0, 0))


def test_a_senior_s_word_is_the_last_one() -> None:
    a_checked_case(results(match=0.39), programme=factories.a_case_for_two().programme)
    Case.objects.filter(policy="").delete()
    for same in ("same", "different"):
        claim = queue.take_next(a_person(Role.REVIEWER))
        assert claim is not None
        vote(claim, same, confidence=5)
        settled()
    senior = queue.take_next(a_person(Role.SENIOR_REVIEWER))
    assert senior is not None
    vote(senior, "different", confidence=5)
    settled()
    found = what_if_errors.errors(a_window(), MATCH, 0.35)
    assert rate(found, Source.REVIEWED, Wrong.PASSED_BY_CHECK) == (Rate(0, 1), Rate(1, 1))


def test_known_answers_are_labels_too_and_the_two_are_never_added_up() -> None:
    from tests.known.stocked import a_known_case_in_review

    for same, live in ((False, True), (True, False), (True, True)):
        known = a_known_case_in_review(same=same, live=live)
        Case.objects.filter(pk=known.pk).update(status="received", fence=0, leased_until=None)
        known.review.delete()
        a_checked_case(results(match=0.39), case=Case.objects.get(pk=known.pk))
    assert KnownCase.objects.count() == 3
    found = what_if_errors.errors(a_window(), MATCH, 0.35)
    assert rate(found, Source.KNOWN, Wrong.PASSED_BY_CHECK) == (Rate(0, 1), Rate(1, 1))
    assert rate(found, Source.KNOWN, Wrong.HELD_BY_CHECK) == (Rate(2, 2), Rate(0, 2))
    assert rate(found, Source.KNOWN, Wrong.CLOSED) == (Rate(0, 2), Rate(2, 2))
    assert rate(found, Source.REVIEWED, Wrong.SENT_ON) == (Rate(0, 0), Rate(0, 0))


def test_a_rate_is_spoken_of_from_53_labels_on() -> None:
    assert Rate(1, 52).bounds is None
    bounds = Rate(0, 53).bounds
    assert bounds is not None
    assert (bounds.value, bounds.low, round(bounds.high, 3)) == (0.0, 0.0, 0.068)


def test_the_decisions_are_the_policy_s_own() -> None:
    case = what_if.Stored(RELYING_PARTY.name, True, True, (), Band.AMBIGUOUS, RELYING_PARTY.bands["match"].model, 0.39)
    assert what_if.verdict_at(MATCH, case, 0.4) is Verdict.TO_PERSON
    assert what_if.verdict_at(MATCH, case, 0.39) is Verdict.PASS
