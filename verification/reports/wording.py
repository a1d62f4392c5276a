"""What the log's codes mean, in words for people."""

from __future__ import annotations

from verification.audit.events import Event

from .cells import plain

EVENTS: dict[Event, str] = {
    Event.CASE_RECEIVED: "Case received",
    Event.CASE_ADVANCED: "Case moved on",
    Event.CASE_ERASED: "Case erased",
    Event.CHECKS_STARTED: "Checks started",
    Event.CHECKS_FAILED: "Checks could not run",
    Event.FRAME_OPENED: "Camera frame opened by the worker",
    Event.CROP_SEALED: "Redacted face sealed for review",
    Event.CROP_VIEWED: "Looked at a redacted face",
    Event.CROP_REFUSED: "Look refused",
    Event.MEDIA_SEALED: "Camera frame sealed",
    Event.MEDIA_KEYS_DESTROYED: "Media made unreadable",
    Event.MEDIA_BYTES_DELETED: "Media deleted",
    Event.ORPHANS_DELETED: "Sealed bytes of no case deleted",
    Event.CLAIM_TAKEN: "Took a case",
    Event.CLAIM_EXTENDED: "Extended a claim",
    Event.CLAIM_ENDED: "Claim ended",
    Event.DECISION_RECORDED: "Decided a case",
    Event.DECISION_REFUSED: "Decision refused",
    Event.DECISION_UNDONE: "Took a decision back",
    Event.DECISION_COUNTED: "Decision took effect",
    Event.DECISION_VOIDED: "Decision fell away",
    Event.VOTES_FUSED: "Votes and evidence fused",
    Event.ADJUDICATION_ASKED: "Sent to a senior reviewer",
    Event.CASE_HELD: "Case put on hold",
    Event.CASE_HANDED_OVER: "Case handed over",
    Event.CASE_BACK: "Case put aside came back",
    Event.BUDGET_SPENT: "Looking budget spent",
    Event.WIDER_ASKED: "Asked for a wider view",
    Event.WIDER_ANSWERED: "Answered a request for a wider view",
    Event.WIDER_SEALED: "Wider view sealed for one claim",
    Event.WIDER_VIEWED: "Looked at a wider view",
    Event.WIDER_REFUSED: "Wider view refused",
    Event.WIDER_ENDED: "Wider view ended",
    Event.INCIDENT_RAISED: "Worry about a person raised",
    Event.INCIDENT_TAKEN: "Took on a worry about a person",
    Event.INCIDENT_NOTED: "Noted what was done about a worry",
    Event.INCIDENT_CLOSED: "Worry about a person closed",
    Event.INCIDENT_READ: "Read what was written of a worry",
    Event.INCIDENT_FORGOTTEN: "Worry about the person of an erased case forgotten",
    Event.HOLD_ASKED: "Legal hold asked for",
    Event.HOLD_ANSWERED: "Legal hold answered",
    Event.HOLD_ENDED: "Legal hold ended",
    Event.MEDIA_HELD: "Media kept because of a legal hold",
    Event.DUTY_STARTED: "On duty",
    Event.DUTY_ENDED: "Off duty",
    Event.KNOWN_IMPORTED: "Pairs with known answers imported",
    Event.KNOWN_RETIRED: "Pairs with known answers retired",
    Event.KNOWN_SEEDED: "Known case put into the queue",
    Event.OWN_ENROLMENT_NOTED: "Own enrolment of a member of staff noted",
    Event.OWN_ENROLMENT_REMOVED: "Own enrolment of a member of staff removed",
    Event.SESSION_STARTED: "Signed in",
    Event.SESSION_ENDED: "Signed out",
    Event.SESSION_REFUSED: "Sign-in refused",
    Event.ACCESS_DENIED: "Access denied",
    Event.PERSON_ADDED: "Person added",
    Event.PERSON_DEACTIVATED: "Person's access ended",
    Event.PERSON_REACTIVATED: "Person's access restored",
    Event.PASSWORD_RESET: "Password reset by an administrator",
    Event.PASSWORD_CHANGED: "Own password changed",
    Event.ROLE_GIVEN: "Role given",
    Event.ROLE_TAKEN: "Role taken",
    Event.CAPTURE_REQUESTED: "Capture session requested",
    Event.CAPTURE_CHOSEN: "Person chose how to go on",
    Event.CAPTURE_REFUSED: "Capture not taken",
    Event.CAPTURE_ENDED: "Capture session ended",
    Event.CONSENT_GIVEN: "Consent given",
    Event.CONSENT_WITHDRAWN: "Consent withdrawn",
    Event.CHALLENGE_DRAWN: "Challenge drawn",
    Event.INJECTION_SUSPECTED: "Sign of an injected capture",
    Event.PROGRAMME_CREATED: "Programme created",
    Event.PROGRAMME_CHANGED: "Programme's settings changed",
    Event.KEY_CREATED: "API key issued",
    Event.KEY_REVOKED: "API key revoked",
    Event.REPORT_READ: "Report read",
    Event.REPORT_MADE: "Report handed out as a file",
    Event.ASSESSMENT_RECORDED: "Impact assessment recorded",
    Event.FILING_LIMIT_REACHED: "People reached the legal filing limit",
    Event.LOG_EXPORTED: "Log exported",
    Event.LOG_VERIFIED: "Log verified",
    Event.LOG_RESUMED: "Log resumed after a restore",
    Event.COMMAND_RUN: "Command of the framework run by hand",
    Event.LEAK_TRACED: "Leaked picture traced",
}

MACHINES = {
    "worker": "Worker",
    "sweeper": "Sweeper",
    "command": "Command line",
    "not-signed-in": "Somebody not signed in",
}


def event_in_words(event: str) -> str:
    """An event of a later version is shown by its own name rather than not at all."""
    return EVENTS[Event(event)] if event in set(Event) else plain(event)


def code_in_words(code: str) -> str:
    """`picture_too_poor` → `picture too poor`; `in_review` → `in review`."""
    return code.replace("_", " ")


def duration(seconds: float | None) -> str:
    """`4 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`; a dash for None."""
    if seconds is None:
        return "–"
    whole = round(seconds)
    if whole < 60:
        return f"{seconds:.1f} s" if 0 < seconds < 10 and seconds != whole else f"{whole} s"
    for size, unit, smaller, next_unit in ((86_400, "d", 3_600, "h"), (3_600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            rest = whole % size // smaller
            return f"{whole // size} {unit} {rest} {next_unit}" if rest else f"{whole // size} {unit}"
    raise AssertionError(seconds)


def count(number: int, one: str, many: str) -> str:
    """`1 case`, `1,204 cases`."""
    return f"{number:,} {one if number == 1 else many}"
