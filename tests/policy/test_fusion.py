"""Votes and evidence: they confirm each other or bring in another person; nobody is turned away by a machine."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verification.checks.results import Band
from verification.policy.fusion import (
    ALIVE,
    APCER,
    BPCER,
    CAP,
    FMR,
    FNMR,
    LIFE_CAP,
    NO,
    SAME,
    YES,
    Fused,
    PanelVote,
    Verdict,
    evidence,
    fuse,
)
from verification.policy.thresholds import CAPTURE, POLICY
from verification.review.answers import Alive, SamePerson, outcome_of

NAMES = ["match", "liveness", "pad", "injection", "challenge", "sharpness"]
ANSWER = st.sampled_from([True, False, None])
CONFIDENCE = st.integers(1, 5)
VOTE = st.builds(PanelVote, same=ANSWER, live=ANSWER, confidence=CONFIDENCE)
AGREED = st.builds(
    lambda vote, confidences: [replace(vote, confidence=sure) for sure in confidences],
    VOTE,
    st.lists(CONFIDENCE, min_size=1, max_size=2),
)
"""One vote, or two that answer alike."""
BANDS = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(list(Band)))
TOWARDS_PASS = (Band.FAIL, Band.AMBIGUOUS, Band.PASS)

PASSES = {"match": Band.PASS, "pad": Band.PASS, "challenge": Band.PASS}
FAILS = {"match": Band.FAIL, "pad": Band.FAIL, "injection": Band.FAIL}


def one(same: bool | None, live: bool | None, confidence: int = 4, **bands: Band) -> Verdict:
    return fuse([PanelVote(same, live, confidence)], bands).verdict


def two(same: bool, live: bool, confidences: tuple[int, int], **bands: Band) -> Verdict:
    return fuse([PanelVote(same, live, sure) for sure in confidences], bands).verdict


def test_the_weights_of_a_person_are_those_of_the_passport_officers() -> None:
    assert pytest.approx(1.904, abs=1e-3) == YES
    assert pytest.approx(-2.663, abs=1e-3) == NO


def test_the_weights_of_the_machine_come_from_the_bounds_that_the_readme_gives() -> None:
    assert pytest.approx(1.3e-4, abs=1e-6) == FMR
    assert pytest.approx(0.028, abs=5e-4) == FNMR
    assert pytest.approx(0.171, abs=5e-4) == APCER
    assert pytest.approx(0.527, abs=5e-4) == BPCER
    assert SAME["match", Band.PASS] == pytest.approx(8.92, abs=0.005)
    assert SAME["match", Band.FAIL] == pytest.approx(-3.56, abs=0.005)
    assert log((1 - BPCER) / APCER) == pytest.approx(1.02, abs=0.005)
    assert ALIVE["pad", Band.FAIL] == pytest.approx(-0.45, abs=0.005)


def test_each_finding_counts_as_the_table_says() -> None:
    assert evidence(SAME, {"match": Band.PASS}) == pytest.approx(1.61, abs=0.005)
    assert evidence(SAME, {"match": Band.FAIL}) == pytest.approx(-1.61, abs=0.005)
    for name in ("liveness", "pad", "challenge"):
        assert evidence(ALIVE, {name: Band.PASS}) == pytest.approx(0.69, abs=0.005)
    assert evidence(ALIVE, {"liveness": Band.FAIL}) == pytest.approx(-0.45, abs=0.005)
    assert evidence(ALIVE, {"challenge": Band.FAIL}) == 0
    assert evidence(ALIVE, {"injection": Band.FAIL}) == pytest.approx(-1.61, abs=0.005)


def test_what_was_not_measured_or_is_unclear_adds_nothing() -> None:
    for name, band in product(NAMES, (Band.AMBIGUOUS, Band.ERROR)):
        assert evidence(SAME, {name: band}) == evidence(ALIVE, {name: band}) == 0
    assert evidence(ALIVE, {"astrology": Band.FAIL}) == 0


def test_every_weighed_check_is_one_that_some_policy_runs() -> None:
    weighed = {name for name, _ in (*SAME, *ALIVE)}
    assert weighed <= set(POLICY.bands) | set(CAPTURE.bands)


def test_an_answered_challenge_claims_only_that_people_answer_twice_as_often_as_recordings() -> None:
    assert exp(LIFE_CAP) == pytest.approx(2)


@pytest.mark.parametrize(
    ("same", "live", "confidence", "bands", "verdict"),
    [
        # The machine knows nothing: whoever is fairly sure is heard, and a guess turns nobody away.
        (True, True, 3, {}, Verdict.VERIFIED),
        (True, True, 2, {}, Verdict.SECOND_PERSON),
        (False, True, 3, {}, Verdict.NOT_VERIFIED),
        (False, True, 2, {}, Verdict.SECOND_PERSON),
        (True, False, 3, {}, Verdict.NOT_VERIFIED),
        (True, True, 4, {"match": Band.AMBIGUOUS, "liveness": Band.ERROR}, Verdict.VERIFIED),
        # It agrees: a yes may be less sure, a no may not.
        (True, True, 2, {"match": Band.PASS, "liveness": Band.PASS}, Verdict.VERIFIED),
        (True, True, 1, {"match": Band.PASS, "liveness": Band.PASS}, Verdict.SECOND_PERSON),
        (True, True, 1, PASSES, Verdict.VERIFIED),
        (False, True, 2, FAILS, Verdict.SECOND_PERSON),
        (False, False, 1, FAILS, Verdict.SECOND_PERSON),
        # It contradicts: however certain one person is, another looks.
        (True, True, 5, {"match": Band.FAIL}, Verdict.SECOND_PERSON),
        (False, True, 5, {"match": Band.PASS}, Verdict.SECOND_PERSON),
        (True, True, 5, {"injection": Band.FAIL}, Verdict.SECOND_PERSON),
        # Liveness weighs little.
        (True, True, 5, {"liveness": Band.FAIL}, Verdict.VERIFIED),
        (True, True, 4, {"liveness": Band.FAIL}, Verdict.SECOND_PERSON),
        (True, False, 4, {"pad": Band.PASS}, Verdict.NOT_VERIFIED),
        (True, False, 3, {"pad": Band.PASS}, Verdict.SECOND_PERSON),
        (True, False, 5, {"pad": Band.PASS, "challenge": Band.PASS}, Verdict.NOT_VERIFIED),
        # One no that stands is enough, whatever is said of the other question.
        (False, True, 5, {"pad": Band.FAIL}, Verdict.NOT_VERIFIED),
        (False, False, 4, {"match": Band.PASS}, Verdict.NOT_VERIFIED),
        (None, False, 4, {}, Verdict.NOT_VERIFIED),
        # Doubt is no answer, and nothing contradicts it.
        (None, True, 5, {"match": Band.PASS}, Verdict.UNRESOLVED),
        (True, None, 5, {"match": Band.FAIL}, Verdict.UNRESOLVED),
        (None, None, 1, FAILS, Verdict.UNRESOLVED),
    ],
)
def test_one_vote(
    same: bool | None, live: bool | None, confidence: int, bands: dict[str, Band], verdict: Verdict
) -> None:
    assert one(same, live, confidence, **bands) is verdict


@pytest.mark.parametrize(
    ("same", "confidences", "bands", "verdict"),
    [
        (True, (1, 1), {}, Verdict.SECOND_PERSON),
        (True, (2, 2), {}, Verdict.VERIFIED),
        (False, (1, 1), {}, Verdict.SECOND_PERSON),
        (False, (2, 2), {}, Verdict.NOT_VERIFIED),
        (True, (4, 4), {"match": Band.FAIL}, Verdict.VERIFIED),
        (True, (3, 4), {"match": Band.FAIL}, Verdict.SECOND_PERSON),
        (False, (3, 3), {"match": Band.PASS}, Verdict.NOT_VERIFIED),
        (False, (2, 3), {"match": Band.PASS}, Verdict.SECOND_PERSON),
    ],
)
def test_two_votes_that_agree(
    same: bool, confidences: tuple[int, int], bands: dict[str, Band], verdict: Verdict
) -> None:
    assert two(same, True, confidences, **bands) is verdict


@pytest.mark.parametrize("confidence", [0, 6, -1])
def test_a_confidence_out_of_range_is_refused(confidence: int) -> None:
    with pytest.raises(ValueError, match="confidence"):
        PanelVote(True, True, confidence)


@given(st.lists(VOTE, max_size=3), BANDS)
def test_the_rule_answers_whatever_it_is_asked(votes: list[PanelVote], bands: dict[str, Band]) -> None:
    assert isinstance(fuse(votes, bands), Fused)


@given(BANDS)
def test_evidence_alone_decides_nothing(bands: dict[str, Band]) -> None:
    assert fuse([], bands).verdict is Verdict.SECOND_PERSON


@given(st.permutations([PanelVote(True, False, 1), PanelVote(None, False, 3), PanelVote(False, None, 4)]), BANDS)
def test_the_order_of_three_votes_makes_no_difference(votes: list[PanelVote], bands: dict[str, Band]) -> None:
    assert fuse(votes, bands) == fuse(sorted(votes, key=repr), bands)


@given(VOTE, VOTE, BANDS)
def test_it_does_not_matter_who_voted_first(first: PanelVote, second: PanelVote, bands: dict[str, Band]) -> None:
    assert fuse([first, second], bands) == fuse([second, first], bands)


@given(st.lists(VOTE, max_size=2), BANDS)
def test_nobody_is_turned_away_without_people_who_said_so(votes: list[PanelVote], bands: dict[str, Band]) -> None:
    if fuse(votes, bands).verdict is Verdict.NOT_VERIFIED:
        assert votes
        assert all(vote.same is False or vote.live is False for vote in votes)


@given(AGREED, BANDS)
def test_no_evidence_turns_away_whom_people_alone_would_not(votes: list[PanelVote], bands: dict[str, Band]) -> None:
    if fuse(votes, bands).verdict is Verdict.NOT_VERIFIED:
        assert fuse(votes, {}).verdict is Verdict.NOT_VERIFIED


@given(st.lists(VOTE, max_size=2), BANDS)
def test_nobody_is_verified_whom_a_person_did_not_verify(votes: list[PanelVote], bands: dict[str, Band]) -> None:
    if fuse(votes, bands).verdict is Verdict.VERIFIED:
        assert votes
        assert all(vote.same and vote.live for vote in votes)


@given(VOTE, VOTE, BANDS)
def test_votes_that_differ_go_to_a_senior(first: PanelVote, second: PanelVote, bands: dict[str, Band]) -> None:
    if (first.same, first.live) != (second.same, second.live):
        assert fuse([first, second], bands).verdict is Verdict.SECOND_PERSON


@given(AGREED, BANDS)
def test_votes_that_agree_come_to_what_they_said_or_to_a_senior(votes: list[PanelVote], bands: dict[str, Band]) -> None:
    said = outcome_of(_same(votes[0].same), _alive(votes[0].live))
    assert fuse(votes, bands).verdict.value in {said.value, "second_person"}


@given(st.permutations(range(3)), st.lists(VOTE, min_size=2, max_size=2), VOTE, BANDS)
def test_a_senior_settles_it_as_they_said(
    order: list[int], before: list[PanelVote], vote: PanelVote, bands: dict[str, Band]
) -> None:
    votes = [*before, replace(vote, settles=True)]
    said = outcome_of(_same(vote.same), _alive(vote.live))
    assert fuse([votes[place] for place in order], bands).verdict.value == said.value


@given(ANSWER, ANSWER, st.integers(1, 4), BANDS)
def test_more_confidence_never_moves_a_sum_against_its_answer(
    same: bool | None, live: bool | None, confidence: int, bands: dict[str, Band]
) -> None:
    less, more = (fuse([PanelVote(same, live, sure)], bands) for sure in (confidence, confidence + 1))
    for answer, before, after in ((same, less.same_llr, more.same_llr), (live, less.alive_llr, more.alive_llr)):
        assert after == before if answer is None else after > before if answer else after < before


@given(ANSWER, ANSWER, st.integers(1, 4), st.lists(CONFIDENCE, max_size=1), BANDS)
def test_an_answer_that_stands_still_stands_with_more_confidence(
    same: bool | None, live: bool | None, confidence: int, other: list[int], bands: dict[str, Band]
) -> None:
    less, more = (
        fuse([PanelVote(same, live, given) for given in (sure, *other)], bands).verdict
        for sure in (confidence, confidence + 1)
    )
    assert more is less or less is Verdict.SECOND_PERSON


@given(VOTE, BANDS, st.sampled_from(NAMES))
def test_better_evidence_never_lowers_a_sum(vote: PanelVote, bands: dict[str, Band], name: str) -> None:
    sums = [fuse([vote], {**bands, name: band}) for band in TOWARDS_PASS]
    assert [fused.same_llr for fused in sums] == sorted(fused.same_llr for fused in sums)
    assert [fused.alive_llr for fused in sums] == sorted(fused.alive_llr for fused in sums)


@given(AGREED, BANDS, st.sampled_from(NAMES))
def test_better_evidence_never_takes_a_yes_away_nor_brings_a_no(
    votes: list[PanelVote], bands: dict[str, Band], name: str
) -> None:
    order = [Verdict.NOT_VERIFIED, Verdict.UNRESOLVED, Verdict.SECOND_PERSON, Verdict.VERIFIED]
    ranks = [order.index(fuse(votes, {**bands, name: band}).verdict) for band in TOWARDS_PASS]
    assert ranks == sorted(ranks)


@given(BANDS)
def test_the_machine_adds_at_most_its_cap(bands: dict[str, Band]) -> None:
    assert -CAP <= evidence(SAME, bands) <= CAP
    assert -CAP <= evidence(ALIVE, bands) <= CAP


@given(ANSWER, ANSWER, BANDS)
def test_no_evidence_outweighs_a_person_who_is_certain(
    same: bool | None, live: bool | None, bands: dict[str, Band]
) -> None:
    fused = fuse([PanelVote(same, live, 5)], bands)
    assert same is None or (fused.same_llr > 0) is same
    assert live is None or (fused.alive_llr > 0) is live


def test_an_answer_alone_means_what_it_meant_before_fusion() -> None:
    for same, live in product((True, False, None), repeat=2):
        said = outcome_of(_same(same), _alive(live)).value
        assert one(same, live, 5).value == said
        assert fuse([PanelVote(same, live, 1, settles=True)], {}).verdict.value == said


def _same(answer: bool | None) -> SamePerson:
    return {True: SamePerson.SAME, False: SamePerson.DIFFERENT, None: SamePerson.CANNOT_TELL}[answer]


def _alive(answer: bool | None) -> Alive:
    return {True: Alive.LIVE, False: Alive.NOT_LIVE, None: Alive.CANNOT_TELL}[answer]
