"""Gathers the rooms' models for Django. Nobody imports from here; import from the room."""

from verification.access.models import RoleGrant, User
from verification.audit.models import Attempts, Entry, Leaf, Node, Posting, Pseudonym, SignedCheckpoint, Watch
from verification.capture.models import CaptureSession, Challenge, ClipDigest
from verification.cases.models import ApiKey, Case, IdempotencyRecord, Programme, RequestWindow
from verification.checks.models import StoredResult
from verification.incidents.models import DutyShift, Incident, IncidentNote, LegalHold
from verification.known.models import KnownCase, KnownPair
from verification.notices.models import Notice
from verification.reports.models import (
    Assessment,
    ClaimSummary,
    Counted,
    DayOfResults,
    EndedCase,
    HourCount,
    LookCount,
    MonthlyFile,
    MonthlyReport,
    TalliedDay,
    WeekOfScores,
)
from verification.review.models import Claim, Fusion, LookTicket, OwnEnrolment, ReviewItem, Skip, Vote
from verification.vault.models import CaseKey, SealedMedia
from verification.wider.models import WiderAnswer, WiderView

__all__ = [
    "ApiKey",
    "Assessment",
    "Attempts",
    "CaptureSession",
    "Case",
    "CaseKey",
    "Challenge",
    "Claim",
    "ClaimSummary",
    "ClipDigest",
    "Counted",
    "DayOfResults",
    "DutyShift",
    "EndedCase",
    "Entry",
    "Fusion",
    "HourCount",
    "IdempotencyRecord",
    "Incident",
    "IncidentNote",
    "KnownCase",
    "KnownPair",
    "Leaf",
    "LegalHold",
    "LookCount",
    "LookTicket",
    "MonthlyFile",
    "MonthlyReport",
    "Node",
    "Notice",
    "OwnEnrolment",
    "Posting",
    "Programme",
    "Pseudonym",
    "RequestWindow",
    "ReviewItem",
    "RoleGrant",
    "SealedMedia",
    "SignedCheckpoint",
    "Skip",
    "StoredResult",
    "TalliedDay",
    "User",
    "Vote",
    "Watch",
    "WeekOfScores",
    "WiderAnswer",
    "WiderView",
]
