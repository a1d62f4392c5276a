"""Gathers the rooms' models for Django. Nobody imports from here; import from the room."""

from verification.access.models import RoleGrant, User
from verification.audit.models import Entry, Link
from verification.capture.models import CaptureSession, Challenge, ClipDigest
from verification.cases.models import ApiKey, Case, IdempotencyRecord, Programme, RequestWindow
from verification.checks.models import StoredResult
from verification.review.models import Claim, Decision, LookTicket, ReviewItem
from verification.vault.models import CaseKey, SealedMedia

__all__ = [
    "ApiKey",
    "CaptureSession",
    "Case",
    "CaseKey",
    "Challenge",
    "Claim",
    "ClipDigest",
    "Decision",
    "Entry",
    "IdempotencyRecord",
    "Link",
    "LookTicket",
    "Programme",
    "RequestWindow",
    "ReviewItem",
    "RoleGrant",
    "SealedMedia",
    "StoredResult",
    "User",
]
