"""What the person agreed to, read strictly: an unclear consent is no consent."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, NoReturn

from verification.cases.scopes import OF_IMAGES, REQUIRED

from .refused import RefusedIntake

FIELD = "consent"
MAX_CHARACTERS = 2_000
MAX_NOTICE_VERSION = 32


@dataclass(frozen=True, slots=True)
class Consent:
    """The version of the notice that the person was shown, and the scopes they agreed to, sorted, without repeats."""

    notice_version: str
    scopes: tuple[str, ...]


def parse_consent(raw: str) -> Consent:
    """Read the `consent` field. Raises `RefusedIntake`."""
    if len(raw) > MAX_CHARACTERS:
        _refuse("consent_too_long", f"The consent can have at most {MAX_CHARACTERS} characters.")
    given = _object(raw)
    unknown = given.keys() - {"notice_version", "scopes"}
    if unknown:
        _refuse("unknown_consent_member", "The consent may hold notice_version and scopes, and nothing else.")
    return Consent(_notice_version(given.get("notice_version")), _scopes(given.get("scopes")))


def _object(raw: str) -> dict[str, Any]:
    try:
        given = json.loads(raw, object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError):
        _refuse("consent_not_json", "The consent must be a JSON object without repeated members.")
    if not isinstance(given, dict):
        _refuse("consent_not_json", "The consent must be a JSON object without repeated members.")
    return given


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Two readers of {"scopes": …, "scopes": …} could believe two different consents."""
    given = dict(pairs)
    if len(given) != len(pairs):
        raise ValueError("repeated member")
    return given


def _notice_version(given: object) -> str:
    if given is None:
        _refuse("missing_notice_version", "The consent must say which version of the notice the person was shown.")
    if not isinstance(given, str) or not 1 <= len(given) <= MAX_NOTICE_VERSION or not given.isprintable():
        _refuse("notice_version_invalid", f"notice_version must be 1 to {MAX_NOTICE_VERSION} printable characters.")
    return given


def _scopes(given: object) -> tuple[str, ...]:
    if given is None:
        _refuse("missing_scopes", "The consent must list the scopes the person agreed to.")
    if not isinstance(given, list) or not all(isinstance(scope, str) for scope in given):
        _refuse("scopes_invalid", "scopes must be a list of texts.")
    if len(set(given)) != len(given):
        _refuse("repeated_scope", "A scope is listed twice.")
    if not set(given) <= set(OF_IMAGES):
        _refuse("unknown_scope", f"The scopes are {', '.join(OF_IMAGES)}.")
    if not set(given) >= REQUIRED:
        _refuse("missing_scope", "Without the scopes compare and transmit no images may be sent here.")
    return tuple(sorted(given))


def _refuse(code: str, sentence: str) -> NoReturn:
    raise RefusedIntake.one(code, FIELD, sentence)
