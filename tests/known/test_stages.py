"""Known cases in the order of the stages: they follow real ones, go to people, and cost a real case nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import a_received_case
from verification import pipeline
from verification.audit.events import Event
from verification.audit.pseudonyms import entries_of
from verification.cases.models import Case
from verification.cases.states import CaseStatus
from verification.checks.results import Band, CheckResult
from verification.known import stock
from verification.policy.thresholds import RELYING_PARTY
from verification.review.models import ReviewItem

from .stocked import a_followed_case, a_pair, follow

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _always(settings: Any) -> None:
    settings.KNOWN_CASE_SHARE, settings.KNOWN_CASE_SPREAD_MINUTES = 0.5, 0


@pytest.fixture
def band(monkeypatch: pytest.MonkeyPatch) -> dict[str, Band]:
    """What every check says; the models have no part in these tests."""
    said = {"band": Band.PASS}

    def examined(_case: Case) -> pipeline.Findings:
        results = tuple(CheckResult(name, said["band"], 0.5, "share", 0, 1) for name in RELYING_PARTY.bands)
        return pipeline.Findings(results, RELYING_PARTY)

    monkeypatch.setattr(pipeline, "_examine", examined)
    return said


def test_a_known_case_follows_one_that_went_to_people(band: dict[str, Band]) -> None:
    a_pair()
    band["band"] = Band.FAIL
    pipeline.process_case(a_received_case().pk)
    assert Case.objects.filter(known=True).count() == 1


def test_nothing_follows_a_case_that_passed_or_stayed_unresolved(band: dict[str, Band]) -> None:
    a_pair()
    pipeline.process_case(a_received_case().pk)
    band["band"] = Band.FAIL
    pipeline.process_case(a_received_case(scopes=["compare", "transmit"]).pk)
    assert not Case.objects.filter(known=True).exists()


def test_nothing_follows_a_known_case(band: dict[str, Band]) -> None:
    a_pair()
    a_pair()
    known = follow(a_followed_case())
    assert known is not None
    band["band"] = Band.FAIL
    pipeline.process_case(known.pk)
    assert Case.objects.filter(known=True).count() == 1


@pytest.mark.parametrize("says", [Band.PASS, Band.AMBIGUOUS, Band.FAIL, Band.ERROR])
def test_a_known_case_goes_to_people_whatever_the_checks_say(band: dict[str, Band], says: Band) -> None:
    a_pair()
    known = follow(a_followed_case())
    assert known is not None
    band["band"] = says
    pipeline.process_case(known.pk)
    known.refresh_from_db()
    assert (known.status, known.outcome) == (CaseStatus.IN_REVIEW, "")
    assert ReviewItem.objects.get(case=known).state == ReviewItem.State.WAITING
    assert set(known.results.values_list("band", flat=True)) == {says.value}


def test_a_known_case_that_passed_everything_asks_what_a_real_one_asks(band: dict[str, Band]) -> None:
    a_pair()
    real = a_followed_case()
    known = follow(real)
    assert known is not None
    pipeline.process_case(known.pk)
    known.refresh_from_db()
    assert known.reasons == real.reasons == ["liveness_unclear"]
    moved = entries_of(known.pk).filter(event=Event.CASE_ADVANCED).latest("id")
    assert '"reasons":[]' in moved.body


def test_doubts_that_the_picture_would_refute_are_not_lent(band: dict[str, Band]) -> None:
    a_pair()
    real = a_followed_case()
    Case.objects.filter(pk=real.pk).update(reasons=["too_dark", "check_error"])
    known = follow(real)
    assert known is not None
    pipeline.process_case(known.pk)
    known.refresh_from_db()
    assert known.reasons in (["match_unclear"], ["liveness_unclear"])


def test_no_machine_asks_for_care_because_of_a_known_case(monkeypatch: pytest.MonkeyPatch) -> None:
    a_pair()
    known = follow(a_followed_case())
    assert known is not None
    monkeypatch.setattr(pipeline.Findings, "needs_care", True)
    monkeypatch.setattr(pipeline, "_examine", pipeline._not_examined)
    pipeline.process_case(known.pk)
    assert ReviewItem.objects.get(case=known).flag == ""


def test_a_real_case_is_settled_whatever_becomes_of_the_known_one(
    band: dict[str, Band], monkeypatch: pytest.MonkeyPatch
) -> None:
    a_pair()
    band["band"] = Band.FAIL

    def broken(*_args: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(stock, "open_pair", broken)
    real = a_received_case()
    pipeline.process_case(real.pk)
    real.refresh_from_db()
    assert real.status == CaseStatus.IN_REVIEW
    assert not Case.objects.filter(known=True).exists()
