"""What became of a vote, what the machine found, what others said; and before that, which questions are open.

A machine's verdict that is seen first moves a person's judgement (Howard 2020), so nothing here that is shown before
the decision tells a failed check from an unclear one.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from uuid import UUID

from django.utils import timezone

from verification.access.models import User
from verification.cases.models import Case
from verification.cases.states import CaseStatus
from verification.checks.models import StoredResult
from verification.checks.reasons import Reason, sentence
from verification.checks.results import Band

from .answers import Alive, SamePerson
from .claims import NoSuchClaim
from .models import Fusion, Vote
from .visibility import NOTHING, CastVote, sight_of

_SAME = "whether both pictures show the same person"
_ALIVE = "whether a living person is in front of the camera"
_FILMED = "whether this was filmed live, by the person's own camera"
_VOICE = "whether the voice belongs to the face"
_CARE = "whether the person is well and free"
_POOR = "whether the pictures are good enough to tell"
_BROKEN = "a check that could not be completed"

_QUESTIONS: dict[Reason, str] = {
    Reason.DIFFERENT_PERSON: _SAME,
    Reason.MATCH_UNCLEAR: _SAME,
    Reason.FACES_DIFFER_BETWEEN_IMAGES: _SAME,
    Reason.FACES_DIFFER_IN_CLIP: _SAME,
    Reason.FACE_JUMPED: _SAME,
    Reason.NOT_LIVE: _ALIVE,
    Reason.CHALLENGE_NOT_ANSWERED: _ALIVE,
    Reason.CHALLENGE_PARTLY_ANSWERED: _ALIVE,
    Reason.CAPTURE_NOT_OURS: _FILMED,
    Reason.NONCE_NOT_FRESH: _FILMED,
    Reason.ANSWER_LATE: _FILMED,
    Reason.ANSWER_OUT_OF_ORDER: _FILMED,
    Reason.CLIP_SEEN_BEFORE: _FILMED,
    Reason.FRAMES_FROZEN: _FILMED,
    Reason.FRAMES_REPEAT: _FILMED,
    Reason.RECORDING_CONTRADICTS_ITSELF: _FILMED,
    Reason.RECORDING_TOO_REGULAR: _FILMED,
    Reason.RECORDING_HAS_GAPS: _FILMED,
    Reason.RECORDING_TOO_SHORT: _FILMED,
    Reason.CAMERA_VIRTUAL: _FILMED,
    Reason.VOICE_NO_SPEECH: _VOICE,
    Reason.VOICE_DIGITS_DIFFER: _VOICE,
    Reason.VOICE_LIPS_APART: _VOICE,
    Reason.VOICE_CHANGES: _VOICE,
    Reason.WELFARE_NO_RESPONSE: _CARE,
    Reason.WELFARE_EYES_CLOSED: _CARE,
    Reason.WELFARE_NO_MOTION: _CARE,
    Reason.WELFARE_VOICE_WITHOUT_LIPS: _CARE,
    Reason.LIVENESS_UNCLEAR: _ALIVE,
    Reason.CHECK_MISSING: _BROKEN,
    Reason.CHECK_ERROR: _BROKEN,
    Reason.CHECK_TIMED_OUT: _BROKEN,
}


def open_questions(case: Case) -> tuple[str, ...]:
    """Why a case is here, in neutral words: each open question once, in the order the answers are asked for."""
    asked = {_QUESTIONS.get(Reason(code), _POOR) for code in case.reasons}
    return tuple(question for question in (_SAME, _ALIVE, _FILMED, _VOICE, _CARE, _POOR, _BROKEN) if question in asked)


def care_sentences(case: Case) -> tuple[str, ...]:
    """Why to look with care. The one thing said plainly before the decision: help must not wait for a second look."""
    return tuple(sentence(code) for code in case.reasons if code.startswith("welfare_"))


@dataclass(frozen=True, slots=True)
class Finding:
    """One check. `score` lies in `low`..`high` and is in `unit`; None when nothing could be measured."""

    name: str
    band: Band
    score: float | None
    unit: str
    low: float | None
    high: float | None
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A reviewer's answer beside the machine's. `agree` is None when one of them did not commit itself."""

    question: str
    person: str
    machine: str
    agree: bool | None


@dataclass(frozen=True, slots=True)
class OtherVote:
    """What somebody else answered, by what they are and never by name."""

    voter: str
    same_person: str
    alive: str
    confidence: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """A reviewer's own vote, and of the rest what `visibility` lets them see now.

    `seconds_left` is how long it can be taken back; 0 once it cannot. `findings`, `comparisons` and `others` are empty,
    and `fusion` is None, where they may not be seen or there are none.
    """

    vote: Vote
    seconds_left: int
    sees_evidence: bool
    findings: tuple[Finding, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    others: tuple[OtherVote, ...] = ()
    fusion: Fusion | None = None


def recorded(claim_id: UUID | str, reviewer: User) -> Recorded:
    """The door to votes and to the machine's evidence: only through one's own claim that ended in a vote.

    Raises `NoSuchClaim` for any other claim, whoever asks.
    """
    mine = Vote.objects.filter(claim_id=claim_id, reviewer=reviewer)
    vote = mine.select_related("case__programme").first()
    if vote is None:
        raise NoSuchClaim
    standing = list(Vote.objects.filter(case=vote.case_id).exclude(state__in=_FALLEN).order_by("decided_at"))
    cast = [CastVote(one.pk, one.reviewer_id, one.state == Vote.State.COUNTED) for one in standing]
    closed = vote.case.status == CaseStatus.DECIDED
    sight = sight_of(reviewer.pk, cast, closed=closed) if vote.state not in _FALLEN else NOTHING
    found = tuple(_finding(result) for result in vote.case.results.all()) if sight.evidence else ()
    return Recorded(
        vote=vote,
        seconds_left=_seconds_left(vote),
        sees_evidence=sight.evidence,
        findings=found,
        comparisons=_comparisons(vote, found) if sight.evidence else (),
        others=tuple(_other(one) for one in standing if one.pk in sight.votes and one.pk != vote.pk),
        fusion=vote.case.fusions.last() if sight.outcome else None,
    )


_FALLEN = (Vote.State.UNDONE, Vote.State.VOID)


def _seconds_left(vote: Vote) -> int:
    left = (vote.takes_effect_at - timezone.now()).total_seconds()
    return max(0, ceil(left)) if vote.state == Vote.State.PENDING else 0


def just_recorded(reviewer: User) -> Recorded | None:
    """The reviewer's last vote while it can be taken back, for the page they went on to."""
    pending = Vote.objects.filter(reviewer=reviewer, state=Vote.State.PENDING, takes_effect_at__gt=timezone.now())
    vote = pending.select_related("case").order_by("decided_at").last()
    return Recorded(vote, _seconds_left(vote), sees_evidence=False) if vote else None


def _other(vote: Vote) -> OtherVote:
    voter = "A senior reviewer" if vote.adjudicates else "Another reviewer"
    return OtherVote(voter, vote.get_same_person_display(), vote.get_alive_display(), vote.confidence)


def _finding(stored: StoredResult) -> Finding:
    return Finding(
        name=stored.name,
        band=Band(stored.band),
        score=stored.score,
        unit=stored.unit,
        low=stored.low,
        high=stored.high,
        sentences=tuple(sentence(code) for code in stored.reasons),
    )


def _comparisons(vote: Vote, found: tuple[Finding, ...]) -> tuple[Comparison, ...]:
    bands = {finding.name: finding.band for finding in found}
    same, alive = SamePerson(vote.same_person), Alive(vote.alive)
    return (
        compare("Same person?", same.label, _yes_or_no(same, SamePerson.SAME), bands.get("match")),
        compare("Alive?", alive.label, _yes_or_no(alive, Alive.LIVE), bands.get("liveness") or bands.get("pad")),
    )


def _yes_or_no(answer: SamePerson | Alive, yes: SamePerson | Alive) -> bool | None:
    return None if answer.value == "cannot_tell" else answer is yes


def compare(question: str, answer: str, said: bool | None, band: Band | None) -> Comparison:
    """Set a yes, a no or neither beside a band; a check that did not run or was unclear commits itself to nothing."""
    leaned = {Band.PASS: True, Band.FAIL: False}.get(band) if band else None
    words = {True: "Yes", False: "No", None: "Unclear"}[leaned] if band not in {None, Band.ERROR} else "Not measured"
    return Comparison(question, answer, words, None if said is None or leaned is None else said == leaned)
