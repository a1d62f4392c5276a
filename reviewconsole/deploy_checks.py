"""System checks that refuse an unsafe start. `manage.py check` runs them, and so does every process as it starts."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Sequence
from typing import Any

from django.apps.config import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

from verification.audit.notes import LOG, WITNESS, BadKey, SigningKey, VerifierKey

_KEYS = ("FRAME_PUBLIC_KEY", "FRAME_PRIVATE_KEY", "CROP_PUBLIC_KEY", "CROP_PRIVATE_KEY")

_NOTE_KEYS = {
    "LOG_PRIVATE_KEY": LOG,
    "LOG_VERIFIER_KEY": LOG,
    "WITNESS_PRIVATE_KEY": WITNESS,
    "WITNESS_VERIFIER_KEY": WITNESS,
}

# What each process must be given, and what it must not have.
_NEEDS = {
    "web": ("FRAME_PUBLIC_KEY", "CROP_PRIVATE_KEY", "TRACE_KEY"),
    "worker": ("FRAME_PUBLIC_KEY", "FRAME_PRIVATE_KEY", "CROP_PUBLIC_KEY"),
    "sweeper": ("LOG_PRIVATE_KEY", "LOG_VERIFIER_KEY"),
}
_MUST_NOT_HAVE = {
    "web": ("FRAME_PRIVATE_KEY", "LOG_PRIVATE_KEY", "WITNESS_PRIVATE_KEY"),
    "worker": ("CROP_PRIVATE_KEY", "TRACE_KEY", "LOG_PRIVATE_KEY", "WITNESS_PRIVATE_KEY"),
    "sweeper": ("FRAME_PRIVATE_KEY", "CROP_PRIVATE_KEY", "TRACE_KEY", "WITNESS_PRIVATE_KEY"),
}


@register()
def keys_are_where_they_belong(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """The web process must not be able to open a frame, nor the worker a crop, nor the sweeper anything. The sweeper
    alone signs the log, and nobody who has the database can sign as the witness.

    Whoever opens no crop has no look to mark either, and with the key could lay the mark of anybody's look.
    """
    role = settings.PROCESS_ROLE
    found: list[CheckMessage] = [
        Error(f"The {role} process holds {name}.", hint="Give each process its own keys only.", id="reviewconsole.E001")
        for name in _MUST_NOT_HAVE.get(role, ())
        if getattr(settings, name)
    ]
    found += [
        Error(f"The {role} process needs {name}.", hint=f"Set {name} or {name}_FILE.", id="reviewconsole.E002")
        for name in _NEEDS.get(role, ())
        if not getattr(settings, name)
    ]
    return found


@register()
def keys_have_the_right_size(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """X25519 keys, the pseudonym key and the trace key are 32 bytes in base64."""
    given = {
        name: getattr(settings, name) for name in (*_KEYS, "PSEUDONYM_KEY", "TRACE_KEY") if getattr(settings, name)
    }
    return [
        Error(f"{name} is not 32 bytes in base64.", id="reviewconsole.E003")
        for name, value in given.items()
        if _size(value) != 32
    ]


@register()
def the_logs_keys_can_be_read(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """Keys of signed notes, each of its kind; and the log is known by the key that it signs with."""
    found: list[CheckMessage] = []
    keys: dict[str, VerifierKey] = {}
    for name, kind in _NOTE_KEYS.items():
        text = getattr(settings, name)
        try:
            if text:
                keys[name] = SigningKey.parse(text).verifier if "PRIVATE" in name else VerifierKey.parse(text)
        except BadKey as bad:
            found.append(Error(f"{name} cannot be read. {bad}", id="reviewconsole.E008"))
        if name in keys and keys[name].kind != kind:
            found.append(Error(f"{name} is a key of the other kind.", id="reviewconsole.E008"))
    if "LOG_PRIVATE_KEY" in keys and keys["LOG_PRIVATE_KEY"] != keys.get("LOG_VERIFIER_KEY", keys["LOG_PRIVATE_KEY"]):
        found.append(Error("LOG_VERIFIER_KEY is not the public half of LOG_PRIVATE_KEY.", id="reviewconsole.E009"))
    return found


@register()
def checkpoints_can_be_mailed(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """Whoever is to have checkpoints by e-mail has them from the worker, and from somebody."""
    if not settings.CHECKPOINT_MAIL_TO or settings.PROCESS_ROLE != "worker":
        return []
    given = {"EMAIL_URL": settings.EMAIL_HOST, "EMAIL_FROM": settings.EMAIL_FROM}
    return [
        Error(f"CHECKPOINT_MAIL_TO is set, but not {name}.", hint=f"Set {name} too.", id="reviewconsole.E010")
        for name, value in given.items()
        if not value
    ]


@register()
def debug_is_off_where_people_work(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """DEBUG shows local variables on error pages; no process that serves or opens media may run with it."""
    if settings.DEBUG and settings.PROCESS_ROLE != "command":
        return [Error("DEBUG is on.", hint="Unset DEBUG.", id="reviewconsole.E004")]
    return []


@register()
def uploads_never_touch_the_disk(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """A temporary-file upload handler would write clear faces to disk."""
    if any("Temporary" in handler for handler in settings.FILE_UPLOAD_HANDLERS):
        return [Error("An upload handler writes clear bytes to disk.", id="reviewconsole.E005")]
    return []


@register()
def throttles_are_closed(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """Every API view is throttled unless it opts out by name."""
    if not settings.REST_FRAMEWORK.get("DEFAULT_THROTTLE_CLASSES"):
        return [Error("The API has no throttle.", id="reviewconsole.E006")]
    return []


@register()
def notices_can_be_mailed(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """Whoever turns e-mail on must say where it goes out and where the console is; the worker sends it."""
    if not settings.EMAIL_FROM or settings.PROCESS_ROLE != "worker":
        return []
    given = {"EMAIL_URL": settings.EMAIL_HOST, "SITE_ADDRESS": settings.SITE_ADDRESS}
    return [
        Error(f"EMAIL_FROM is set, but not {name}.", hint=f"Set {name}, or unset EMAIL_FROM.", id="reviewconsole.E007")
        for name, value in given.items()
        if not value
    ]


def refuse_unsafe_start() -> None:
    """Stop a serving process whose settings fail a check. Raises `ImproperlyConfigured`; commands only report."""
    if settings.PROCESS_ROLE == "command":
        return
    for check in _ALL:
        for problem in check(None):
            raise ImproperlyConfigured(f"{problem.msg} {problem.hint or ''}".strip())


_ALL = (
    keys_are_where_they_belong,
    keys_have_the_right_size,
    the_logs_keys_can_be_read,
    checkpoints_can_be_mailed,
    debug_is_off_where_people_work,
    uploads_never_touch_the_disk,
    throttles_are_closed,
    notices_can_be_mailed,
)


def _size(value: str) -> int:
    try:
        return len(b64decode(value, validate=True))
    except (Base64Error, ValueError):
        return -1
