"""What the machine found, for a reviewer who has decided; and before that, only which questions are open.

A machine's verdict that is seen first moves a person's judgement (Howard 2020), so nothing here that is shown before
the decision tells a failed check from an unclear one.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from verification.access.models import User
from verification.cases.models import Case
from verification.checks.models import StoredResult
from verification.checks.reasons import Reason, sentence
from verification.checks.results import Band

from .answers import Alive, SamePerson
from .claims import NoSuchClaim
from .models import Vote

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
class Findings:
    vote: Vote
    findings: tuple[Finding, ...]
    comparisons: tuple[Comparison, ...]


def findings_after(claim_id: UUID | str, reviewer: User) -> Findings:
    """The door to the machine's evidence: only for the reviewer's own claim that ended in a decision.

    Raises `NoSuchClaim` for any other claim, whoever asks.
    """
    mine = Vote.objects.filter(claim_id=claim_id, reviewer=reviewer, state=Vote.State.COUNTED)
    vote = mine.select_related("case__programme").first()
    if vote is None:
        raise NoSuchClaim
    found = tuple(_finding(result) for result in vote.case.results.all())
    return Findings(vote, found, _comparisons(vote, found))


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
