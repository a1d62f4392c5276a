"""The states of a case and the one table of transitions. Pure: no Django."""

from __future__ import annotations

from enum import StrEnum


class CaseKind(StrEnum):
    ENROLMENT = "enrolment"


class CapturedBy(StrEnum):
    """Who filmed the person. Only the capture page draws a challenge and holds the camera to it."""

    CAPTURE_PAGE = "capture_page"
    RELYING_PARTY = "relying_party"


class CaseStatus(StrEnum):
    AWAITING_CAPTURE = "awaiting_capture"
    RECEIVED = "received"
    CHECKING = "checking"
    PASSED = "passed"
    IN_REVIEW = "in_review"
    DECIDED = "decided"
    UNRESOLVED = "unresolved"
    OTHER_WAY = "other_way"
    ERASED = "erased"


MEANING: dict[CaseStatus, str] = {
    CaseStatus.AWAITING_CAPTURE: "Its reference is sealed; the person has not sent a capture yet.",
    CaseStatus.RECEIVED: "Sealed and recorded; waiting for a worker.",
    CaseStatus.CHECKING: "A worker holds it under a lease and runs the checks.",
    CaseStatus.PASSED: "Every check passed. Closed by machine; its media is destroyed and nobody can ever look.",
    CaseStatus.IN_REVIEW: "A check failed, was unclear or could not run, and the person allowed a human look.",
    CaseStatus.DECIDED: "A reviewer decided. Its media is destroyed.",
    CaseStatus.UNRESOLVED: "Unclear, and nobody may look or nobody did in time. Not a refusal.",
    CaseStatus.OTHER_WAY: "The person chose the way without a face. Its reference is destroyed. Not a refusal.",
    CaseStatus.ERASED: "Erased on request: no media, no results, no link to a person.",
}

TRANSITIONS: dict[CaseStatus, frozenset[CaseStatus]] = {
    CaseStatus.AWAITING_CAPTURE: frozenset(
        {CaseStatus.RECEIVED, CaseStatus.OTHER_WAY, CaseStatus.UNRESOLVED, CaseStatus.ERASED}
    ),
    CaseStatus.RECEIVED: frozenset({CaseStatus.CHECKING, CaseStatus.UNRESOLVED, CaseStatus.ERASED}),
    CaseStatus.CHECKING: frozenset({CaseStatus.PASSED, CaseStatus.IN_REVIEW, CaseStatus.UNRESOLVED, CaseStatus.ERASED}),
    CaseStatus.PASSED: frozenset({CaseStatus.ERASED}),
    CaseStatus.IN_REVIEW: frozenset({CaseStatus.DECIDED, CaseStatus.UNRESOLVED, CaseStatus.ERASED}),
    CaseStatus.DECIDED: frozenset({CaseStatus.ERASED}),
    CaseStatus.UNRESOLVED: frozenset({CaseStatus.ERASED}),
    CaseStatus.OTHER_WAY: frozenset({CaseStatus.ERASED}),
    CaseStatus.ERASED: frozenset(),
}

# Nothing more happens to a closed case, save that it may be erased.
CLOSED = frozenset(
    {CaseStatus.PASSED, CaseStatus.DECIDED, CaseStatus.UNRESOLVED, CaseStatus.OTHER_WAY, CaseStatus.ERASED}
)


class Outcome(StrEnum):
    """What the relying party learns. There is no outcome by which a machine turns a person away."""

    VERIFIED = "verified"
    NOT_VERIFIED = "not_verified"
    UNRESOLVED = "unresolved"
    OTHER_WAY = "other_way"


# A case begins with a whole submission, or with a capture session that waits for one.
BEGINNINGS = (CaseStatus.AWAITING_CAPTURE, CaseStatus.RECEIVED)


def diagram() -> str:
    """The transitions as a Mermaid state diagram; the README's copy is compared with this in the test suite."""
    lines = ["stateDiagram-v2", *(f"    [*] --> {beginning}" for beginning in BEGINNINGS)]
    lines += [
        f"    {before} --> {after}" for before in CaseStatus for after in CaseStatus if after in TRANSITIONS[before]
    ]
    return "\n".join([*lines, f"    {CaseStatus.ERASED} --> [*]"])
