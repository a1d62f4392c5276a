"""What can happen, and the only facts each event may carry. Names are `subject:action` and are never reused."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Event(StrEnum):
    CASE_RECEIVED = "case:received"
    CASE_ADVANCED = "case:advanced"
    CASE_ERASED = "case:erased"
    CHECKS_STARTED = "checks:started"
    CHECKS_FAILED = "checks:failed"
    FRAME_OPENED = "frame:opened"
    CROP_SEALED = "crop:sealed"
    CROP_VIEWED = "crop:viewed"
    CROP_REFUSED = "crop:refused"
    MEDIA_SEALED = "media:sealed"
    MEDIA_KEYS_DESTROYED = "media:keys-destroyed"
    MEDIA_BYTES_DELETED = "media:bytes-deleted"
    ORPHANS_DELETED = "media:orphans-deleted"
    CLAIM_TAKEN = "claim:taken"
    CLAIM_EXTENDED = "claim:extended"
    CLAIM_ENDED = "claim:ended"
    DECISION_RECORDED = "decision:recorded"
    DECISION_REFUSED = "decision:refused"
    DECISION_UNDONE = "decision:undone"
    DECISION_COUNTED = "decision:counted"
    DECISION_VOIDED = "decision:voided"
    VOTES_FUSED = "votes:fused"
    ADJUDICATION_ASKED = "adjudication:asked"
    CASE_HELD = "case:held"
    CASE_HANDED_OVER = "case:handed-over"
    CASE_BACK = "case:back"
    BUDGET_SPENT = "budget:spent"
    WIDER_ASKED = "wider:asked"
    WIDER_ANSWERED = "wider:answered"
    WIDER_SEALED = "wider:sealed"
    WIDER_VIEWED = "wider:viewed"
    WIDER_REFUSED = "wider:refused"
    WIDER_ENDED = "wider:ended"
    INCIDENT_RAISED = "incident:raised"
    INCIDENT_TAKEN = "incident:taken"
    INCIDENT_NOTED = "incident:noted"
    INCIDENT_CLOSED = "incident:closed"
    INCIDENT_READ = "incident:read"
    INCIDENT_FORGOTTEN = "incident:forgotten"
    HOLD_ASKED = "hold:asked"
    HOLD_ANSWERED = "hold:answered"
    HOLD_ENDED = "hold:ended"
    MEDIA_HELD = "media:held"
    DUTY_STARTED = "duty:started"
    DUTY_ENDED = "duty:ended"
    KNOWN_IMPORTED = "known:imported"
    KNOWN_RETIRED = "known:retired"
    KNOWN_SEEDED = "known:seeded"
    OWN_ENROLMENT_NOTED = "own-enrolment:noted"
    OWN_ENROLMENT_REMOVED = "own-enrolment:removed"
    SESSION_STARTED = "session:started"
    SESSION_ENDED = "session:ended"
    SESSION_REFUSED = "session:refused"
    ACCESS_DENIED = "access:denied"
    PERSON_ADDED = "person:added"
    PERSON_DEACTIVATED = "person:deactivated"
    PERSON_REACTIVATED = "person:reactivated"
    PASSWORD_RESET = "password:reset"  # noqa: S105 - the name of an event, not a password
    PASSWORD_CHANGED = "password:changed"  # noqa: S105 - the name of an event, not a password
    ROLE_GIVEN = "role:given"
    ROLE_TAKEN = "role:taken"
    CAPTURE_REQUESTED = "capture:requested"
    CAPTURE_CHOSEN = "capture:chosen"
    CAPTURE_REFUSED = "capture:refused"
    CAPTURE_ENDED = "capture:ended"
    CONSENT_GIVEN = "consent:given"
    CONSENT_WITHDRAWN = "consent:withdrawn"
    CHALLENGE_DRAWN = "challenge:drawn"
    INJECTION_SUSPECTED = "injection:suspected"
    PROGRAMME_CREATED = "programme:created"
    PROGRAMME_CHANGED = "programme:changed"
    KEY_CREATED = "key:created"
    KEY_REVOKED = "key:revoked"
    REPORT_READ = "report:read"
    REPORT_MADE = "report:made"
    ASSESSMENT_RECORDED = "assessment:recorded"
    FILING_LIMIT_REACHED = "filing:limit-reached"
    LOG_EXPORTED = "log:exported"
    LOG_VERIFIED = "log:verified"
    LOG_RESUMED = "log:resumed"
    COMMAND_RUN = "command:run"
    LEAK_TRACED = "leak:traced"


# What an entry has that stands for many refused attempts (see `attempts.py`).
_SUMMED = ("times", "minute")

# Facts are opaque ids, codes from closed lists, counts and times. No name, no note, no address, nothing from a picture.
ALLOWED: dict[Event, frozenset[str]] = {
    Event.CASE_RECEIVED: frozenset({"programme", "kind", "images", "notice_version", "scopes"}),
    Event.CASE_ADVANCED: frozenset({"from", "to", "outcome", "reasons", "policy"}),
    Event.CASE_ERASED: frozenset({"reason", "images"}),
    Event.CHECKS_STARTED: frozenset({"attempt"}),
    Event.CHECKS_FAILED: frozenset({"attempt", "error"}),
    Event.FRAME_OPENED: frozenset({"media", "purpose"}),
    Event.CROP_SEALED: frozenset({"media"}),
    Event.CROP_VIEWED: frozenset({"media", "claim", "reason"}),
    Event.CROP_REFUSED: frozenset({"media", "claim", "reason", *_SUMMED}),
    Event.MEDIA_SEALED: frozenset({"media"}),
    Event.MEDIA_KEYS_DESTROYED: frozenset({"purposes", "images", "reason"}),
    Event.MEDIA_BYTES_DELETED: frozenset({"images"}),
    Event.ORPHANS_DELETED: frozenset({"images"}),
    Event.CLAIM_TAKEN: frozenset({"claim", "fence", "waited_seconds"}),
    Event.CLAIM_EXTENDED: frozenset({"claim"}),
    Event.CLAIM_ENDED: frozenset({"claim", "reason"}),
    Event.DECISION_RECORDED: frozenset(
        {"claim", "vote", "same_person", "alive", "confidence", "reasons", "seconds", "hasty", "adjudicates"}
    ),
    Event.DECISION_REFUSED: frozenset({"claim", "reason", *_SUMMED}),
    Event.DECISION_UNDONE: frozenset({"claim", "vote"}),
    Event.DECISION_COUNTED: frozenset({"claim", "vote"}),
    Event.DECISION_VOIDED: frozenset({"claim", "vote", "reason"}),
    Event.VOTES_FUSED: frozenset({"rule", "verdict", "votes", "same_llr_milli", "alive_llr_milli"}),
    Event.ADJUDICATION_ASKED: frozenset({"reason"}),
    Event.CASE_HELD: frozenset({"claim", "reason", "minutes"}),
    Event.CASE_HANDED_OVER: frozenset({"claim", "to"}),
    Event.CASE_BACK: frozenset({"claim", "reason"}),
    Event.BUDGET_SPENT: frozenset({"looks"}),
    Event.WIDER_ASKED: frozenset({"view", "claim", "tier", "reason"}),
    Event.WIDER_ANSWERED: frozenset({"view", "tier", "approves"}),
    Event.WIDER_SEALED: frozenset({"view", "tier"}),
    Event.WIDER_VIEWED: frozenset({"view", "claim", "tier", "reason", "approvers"}),
    Event.WIDER_REFUSED: frozenset({"view", "claim", "tier", "reason", *_SUMMED}),
    Event.WIDER_ENDED: frozenset({"view", "tier", "reason"}),
    Event.INCIDENT_RAISED: frozenset({"incident", "claim", "kind"}),
    Event.INCIDENT_TAKEN: frozenset({"incident"}),
    Event.INCIDENT_NOTED: frozenset({"incident"}),
    Event.INCIDENT_CLOSED: frozenset({"incident", "outcome"}),
    Event.INCIDENT_READ: frozenset({"incident"}),
    Event.INCIDENT_FORGOTTEN: frozenset({"incidents"}),
    Event.HOLD_ASKED: frozenset({"hold", "incident", "hours"}),
    Event.HOLD_ANSWERED: frozenset({"hold", "approves", "until"}),
    Event.HOLD_ENDED: frozenset({"hold", "reason"}),
    Event.MEDIA_HELD: frozenset({"hold", "reason"}),
    Event.DUTY_STARTED: frozenset(),
    Event.DUTY_ENDED: frozenset({"person", "reason"}),
    Event.KNOWN_IMPORTED: frozenset({"set", "pairs", "impostors", "permission_sha256"}),
    Event.KNOWN_RETIRED: frozenset({"set", "pairs"}),
    Event.KNOWN_SEEDED: frozenset({"pair"}),
    Event.OWN_ENROLMENT_NOTED: frozenset({"person", "programme"}),
    Event.OWN_ENROLMENT_REMOVED: frozenset({"person", "programme"}),
    Event.SESSION_STARTED: frozenset(),
    Event.SESSION_ENDED: frozenset({"reason"}),
    Event.SESSION_REFUSED: frozenset({"reason", *_SUMMED}),
    Event.ACCESS_DENIED: frozenset({"route", "reason", "routes", *_SUMMED}),
    Event.PERSON_ADDED: frozenset({"person"}),
    Event.PERSON_DEACTIVATED: frozenset({"person"}),
    Event.PERSON_REACTIVATED: frozenset({"person"}),
    Event.PASSWORD_RESET: frozenset({"person"}),
    Event.PASSWORD_CHANGED: frozenset(),
    Event.ROLE_GIVEN: frozenset({"person", "role"}),
    Event.ROLE_TAKEN: frozenset({"person", "role"}),
    Event.CAPTURE_REQUESTED: frozenset({"programme", "locale"}),
    Event.CAPTURE_CHOSEN: frozenset({"choice"}),
    Event.CAPTURE_REFUSED: frozenset({"reason", *_SUMMED}),
    Event.CAPTURE_ENDED: frozenset({"end"}),
    Event.CONSENT_GIVEN: frozenset({"notice_version", "scopes"}),
    Event.CONSENT_WITHDRAWN: frozenset(),
    Event.CHALLENGE_DRAWN: frozenset({"attempt"}),
    Event.INJECTION_SUSPECTED: frozenset({"attempt", "reason"}),
    Event.PROGRAMME_CREATED: frozenset({"programme"}),
    Event.PROGRAMME_CHANGED: frozenset({"programme", "fields"}),
    Event.KEY_CREATED: frozenset({"programme", "key"}),
    Event.KEY_REVOKED: frozenset({"programme", "key"}),
    Event.ASSESSMENT_RECORDED: frozenset({"assessment", "programme"}),
    Event.FILING_LIMIT_REACHED: frozenset({"people", "limit"}),
    Event.REPORT_READ: frozenset({"report", "form"}),
    Event.REPORT_MADE: frozenset(
        {"report", "form", "language", "programme", "first", "last", "size", "head", "sha256"}
    ),
    Event.LOG_EXPORTED: frozenset({"entries"}),
    Event.LOG_VERIFIED: frozenset({"result", "entries", "head", "bad_index"}),
    Event.LOG_RESUMED: frozenset({"entries"}),
    Event.COMMAND_RUN: frozenset({"command"}),
    Event.LEAK_TRACED: frozenset({"result", "looks", "unknown", "reason"}),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: `person` (a member of staff), `subject` (whoever is in front of the camera), `relying_party` (an API
    key) or `machine` (a named process)."""

    kind: str
    id: str

    @classmethod
    def person(cls, user_id: object) -> Actor:
        return cls("person", str(user_id))

    @classmethod
    def relying_party(cls, key_id: object) -> Actor:
        return cls("relying_party", str(key_id))


# Without an id: in the log they have the name of their case.
SUBJECT = Actor("subject", "")
WORKER = Actor("machine", "worker")
SWEEPER = Actor("machine", "sweeper")
OPERATOR = Actor("machine", "command")
VISITOR = Actor("machine", "not-signed-in")
