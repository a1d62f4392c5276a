"""Votes and evidence: they confirm each other or bring in another person; nobody is turned away by a machine."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verification.checks.results import Band
from verification.policy.fusion import ALIVE, CAP, NO, SAME, YES, Fused, PanelVote, Verdict, evidence, fuse
from verification.review.answers import Alive, SamePerson, outcome_of

NAMES = ["match", "liveness", "pad", "injection", "challenge", "quality"]
ANSWER = st.sampled_from([True, False, None])
VOTE = st.builds(PanelVote, same=ANSWER, live=ANSWER, confidence=st.integers(1, 5))
BANDS = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(list(Band)))


def one(same: bool | None, live: bool | None, confidence: int = 4, **bands: Band) -> Verdict:
    return fuse([PanelVote(same, live, confidence)], bands).verdict


def test_the_weights_of_a_person_are_those_of_the_passport_officers() -> None:
    assert pytest.approx(1.904, abs=1e-3) == YES
    assert pytest.approx(-2.663, abs=1e-3) == NO


@pytest.mark.parametrize(
    ("same", "live", "confidence", "bands", "verdict"),
    [
        (True, True, 3, {}, Verdict.VERIFIED),
        (True, True, 2, {}, Verdict.SECOND_PERSON),
        (True, True, 1, {"match": Band.PASS, "liveness": Band.PASS}, Verdict.VERIFIED),
        (True, True, 5, {"match": Band.FAIL}, Verdict.SECOND_PERSON),
        (True, True, 5, {"injection": Band.FAIL}, Verdict.SECOND_PERSON),
        (True, True, 4, {"match": Band.AMBIGUOUS, "liveness": Band.ERROR}, Verdict.VERIFIED),
        (False, True, 2, {}, Verdict.NOT_VERIFIED),
        (False, True, 1, {}, Verdict.SECOND_PERSON),
        (False, True, 5, {"match": Band.PASS}, Verdict.SECOND_PERSON),
        (False, True, 1, {"match": Band.FAIL}, Verdict.NOT_VERIFIED),
        (None, False, 4, {}, Verdict.NOT_VERIFIED),
        (None, True, 5, {"match": Band.PASS}, Verdict.UNRESOLVED),
        (True, None, 5, {}, Verdict.UNRESOLVED),
    ],
)
def test_one_vote(
    same: bool | None, live: bool | None, confidence: int, bands: dict[str, Band], verdict: Verdict
) -> None:
    assert one(same, live, confidence, **bands) is verdict


def test_two_sure_votes_outweigh_what_one_cannot() -> None:
    sure = PanelVote(True, True, 5)
    assert fuse([sure], {"match": Band.FAIL}).verdict is Verdict.SECOND_PERSON
    assert fuse([sure, sure], {"match": Band.FAIL}).verdict is Verdict.VERIFIED


def test_evidence_without_a_vote_is_refused() -> None:
    with pytest.raises(ValueError, match="without a vote"):
        fuse([], {"match": Band.FAIL})


@pytest.mark.parametrize("confidence", [0, 6, -1])
def test_a_confidence_out_of_range_is_refused(confidence: int) -> None:
    with pytest.raises(ValueError, match="confidence"):
        PanelVote(True, True, confidence)


@given(st.lists(VOTE, min_size=1, max_size=3), BANDS)
def test_the_rule_answers_whatever_it_is_asked(votes: list[PanelVote], bands: dict[str, Band]) -> None:
    assert isinstance(fuse(votes, bands), Fused)


@given(VOTE, VOTE, BANDS)
def test_it_does_not_matter_who_voted_first(first: PanelVote, second: PanelVote, bands: dict[str, Band]) -> None:
    forth, back = fuse([first, second], bands), fuse([second, first], bands)
    assert forth.verdict is back.verdict
    assert (forth.same_llr, forth.alive_llr) == pytest.approx((back.same_llr, back.alive_llr))


@given(st.lists(VOTE, min_size=1, max_size=2), BANDS)
def test_nobody_is_turned_away_without_a_person_who_said_so(votes: list[PanelVote], bands: dict[str, Band]) -> None:
    if fuse(votes, bands).verdict is Verdict.NOT_VERIFIED:
        assert all(vote.same is False or vote.live is False for vote in votes)


@given(st.lists(VOTE, min_size=1, max_size=2), BANDS)
def test_nobody_is_verified_whom_a_person_did_not_verify(votes: list[PanelVote], bands: dict[str, Band]) -> None:
    if fuse(votes, bands).verdict is Verdict.VERIFIED:
        assert all(vote.same and vote.live for vote in votes)


@given(VOTE, VOTE, BANDS)
def test_votes_that_differ_go_to_a_senior(first: PanelVote, second: PanelVote, bands: dict[str, Band]) -> None:
    if (first.same, first.live) != (second.same, second.live):
        assert fuse([first, second], bands).verdict is Verdict.SECOND_PERSON


@given(st.lists(VOTE, max_size=2), ANSWER, ANSWER, st.integers(1, 5), BANDS)
def test_a_senior_settles_it_as_they_said(
    before: list[PanelVote], same: bool | None, live: bool | None, confidence: int, bands: dict[str, Band]
) -> None:
    settling = PanelVote(same, live, confidence, settles=True)
    said = outcome_of(_same(same), _alive(live))
    assert fuse([*before, settling], bands).verdict.value == said.value


@given(ANSWER, ANSWER, st.integers(1, 4), BANDS)
def test_more_confidence_never_moves_a_sum_against_its_answer(
    same: bool | None, live: bool | None, confidence: int, bands: dict[str, Band]
) -> None:
    less, more = (fuse([PanelVote(same, live, sure)], bands) for sure in (confidence, confidence + 1))
    for answer, before, after in ((same, less.same_llr, more.same_llr), (live, less.alive_llr, more.alive_llr)):
        assert after >= before if answer else after <= before


@given(VOTE, BANDS)
def test_better_evidence_never_lowers_a_sum(vote: PanelVote, bands: dict[str, Band]) -> None:
    for name in ("match", "liveness", "pad"):
        sums = [fuse([vote], {**bands, name: band}) for band in (Band.FAIL, Band.AMBIGUOUS, Band.PASS)]
        assert [fused.same_llr for fused in sums] == sorted(fused.same_llr for fused in sums)
        assert [fused.alive_llr for fused in sums] == sorted(fused.alive_llr for fused in sums)


@given(BANDS)
def test_the_machine_adds_at_most_its_cap(bands: dict[str, Band]) -> None:
    assert -CAP <= evidence(SAME, bands) <= CAP
    assert -CAP <= evidence(ALIVE, bands) <= CAP


def test_an_answer_alone_means_what_it_meant_before_fusion() -> None:
    for same, live in product((True, False, None), repeat=2):
        settled = fuse([PanelVote(same, live, 5, settles=True)], {}).verdict
        assert settled.value == outcome_of(_same(same), _alive(live)).value


def _same(answer: bool | None) -> SamePerson:
    return {True: SamePerson.SAME, False: SamePerson.DIFFERENT, None: SamePerson.CANNOT_TELL}[answer]


def _alive(answer: bool | None) -> Alive:
    return {True: Alive.LIVE, False: Alive.NOT_LIVE, None: Alive.CANNOT_TELL}[answer]
