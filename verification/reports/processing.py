"""Records of processing, one for each programme: why, what of whom, for how long, to whom, and with whose help.

Filled from what is in force here. What nobody has recorded is told as not recorded.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings

from verification.cases.models import Programme
from verification.cases.scopes import OF_IMAGES, Scope

from .query import in_programme, rows
from .window import Window

_PROGRAMMES = f"""
SELECT programme.id, COALESCE(kept.cases, 0),
       (SELECT count(*) FROM cases_api_key WHERE programme_id = programme.id AND revoked_at IS NULL),
       COALESCE(kept.filmed, false)
FROM cases_programme AS programme
LEFT JOIN (
    SELECT programme_id, count(*) FILTER (WHERE status <> 'erased') AS cases,
           bool_or(captured_by = 'capture_page') AS filmed
    FROM cases_case WHERE NOT known GROUP BY 1
) AS kept ON kept.programme_id = programme.id
WHERE {in_programme("programme.id")}
"""


@dataclass(frozen=True, slots=True)
class Record:
    """One programme's record. `region` is what our page films, empty where it has never asked for a capture."""

    id: UUID
    name: str
    purpose: str
    region: str
    scopes: tuple[Scope, ...]
    wider: tuple[str, ...]
    reviewers: int
    records: int
    keys: int
    other_way: bool
    contact: bool


@dataclass(frozen=True, slots=True)
class Helper:
    """Something outside this machine that data passes through: `what`, and the host; empty where there is none."""

    what: str
    host: str


def records(window: Window) -> list[Record]:
    """Of the window's programme, or of all."""
    counted = {one: counts for one, *counts in rows(_PROGRAMMES, window.parameters)}
    return [_record(one, *counted[one.pk]) for one in Programme.objects.filter(pk__in=counted)]


def helpers() -> list[Helper]:
    """Where sealed media, the database and e-mail are, as this installation is set up. Hosts only, never a secret."""
    return [
        Helper("media", _media_host()),
        Helper("database", _outside(str(settings.DATABASES["default"].get("HOST") or ""))),
        Helper("mail", settings.EMAIL_HOST if settings.EMAIL_FROM else ""),
        Helper("witness", urlsplit(settings.WITNESS_ADDRESS).hostname or ""),
    ]


def _record(programme: Programme, records: int, keys: int, filmed: bool) -> Record:
    wider = (("neck", programme.wider_neck), ("frame", programme.wider_frame))
    scopes = (*OF_IMAGES, Scope.VOICE) if programme.asks_voice else OF_IMAGES
    return Record(
        id=programme.pk,
        name=programme.name,
        purpose=programme.purpose,
        region=programme.capture_region if filmed else "",
        scopes=scopes,
        wider=tuple(name for name, allowed in wider if allowed),
        reviewers=programme.reviewers,
        records=records,
        keys=keys,
        other_way=bool(programme.other_way),
        contact=bool(programme.contact),
    )


def _media_host() -> str:
    if settings.MEDIA_STORAGE != "s3":
        return ""
    return urlsplit(str(getattr(settings, "AWS_S3_ENDPOINT_URL", "") or "")).hostname or "s3"


def _outside(host: str) -> str:
    """A socket's directory and this machine's own names are not outside."""
    return "" if host.startswith("/") or host in {"localhost", "127.0.0.1", "::1"} else host
