"""Typed readers of the environment. Each fails with a sentence that names the variable and says what to do."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off", ""})


def text(name: str, default: str | None = None) -> str:
    """The variable as it is; without a default, a missing one is an error."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set. Set it in the environment; the README's table says what it is.")
    return value


def boolean(name: str, *, default: bool) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value.lower() in _TRUE:
        return True
    if value.lower() in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}; it must be true or false.")


def integer(name: str, default: int, *, low: int, high: int) -> int:
    value = os.environ.get(name, str(default))
    try:
        number = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be a whole number.") from None
    if not low <= number <= high:
        raise ImproperlyConfigured(f"{name} is {number}; it must lie between {low} and {high}.")
    return number


def fraction(name: str, default: float, *, low: float, high: float) -> float:
    value = os.environ.get(name, str(default))
    try:
        number = float(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be a number such as {default}.") from None
    # Not a number lies between nothing.
    if not low <= number <= high:
        raise ImproperlyConfigured(f"{name} is {value}; it must lie between {low} and {high}.")
    return number


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list, without empty words."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def dates(name: str) -> frozenset[date]:
    """A comma-separated list of days, `2026-10-01,2026-10-02`."""
    try:
        return frozenset(date.fromisoformat(word) for word in words(name))
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be days as year-month-day with commas between them.") from None


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = os.environ.get(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be one of {', '.join(allowed)}.")
    return value


def secret(name: str, default: str | None = None) -> str:
    """A secret, from NAME or from the file that NAME_FILE names. The value never appears in an error."""
    path = os.environ.get(f"{name}_FILE")
    value = os.environ.get(name, default) if path is None else _read_secret(name, Path(path))
    if value is None:
        raise ImproperlyConfigured(f"Neither {name} nor {name}_FILE is set. Give one of them; `manage.py up` does so.")
    return value


def _read_secret(name: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error.strerror}.") from None


def database(name: str) -> dict[str, Any]:
    """A PostgreSQL address (`postgresql://user:password@host:port/name`, or `?host=/socket/dir`) as Django's settings.

    Only PostgreSQL is spoken here, so there is one SQL dialect and the audit log's guards hold everywhere.
    """
    parts = urlsplit(secret(name))
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(f"{name} must be a postgresql:// address.")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    settings = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": query.pop("user", None) or unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", None) or unquote(parts.hostname or ""),
        "PORT": str(parts.port or query.pop("port", "")),
    }
    return settings | {"OPTIONS": query}


_MAIL_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


def mail(name: str) -> dict[str, Any]:
    """A mail server (`smtp+starttls://user:password@host:587`, `smtps://…`, `smtp://…`) as Django's settings.

    Without one, nothing can be sent: the host stays empty.
    """
    address = secret(name, "")
    parts = urlsplit(address)
    if address and (parts.scheme not in _MAIL_PORTS or not parts.hostname):
        raise ImproperlyConfigured(f"{name} must be an smtp://, smtp+starttls:// or smtps:// address with a host.")
    return {
        "EMAIL_HOST": parts.hostname or "",
        "EMAIL_PORT": parts.port or _MAIL_PORTS.get(parts.scheme, 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+starttls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
    }
