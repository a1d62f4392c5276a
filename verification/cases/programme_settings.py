"""How a programme asks for captures. Changed by an administrator alone, and every change is on the record by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from typing import Any, Self
from urllib.parse import SplitResult, urlsplit

from django.db import transaction
from django.db.models import F

from verification.audit import log
from verification.audit.events import Actor, Event

from .models import Programme
from .programmes import InvalidProgramme

SECONDS = range(6, 13)
"""How long a challenge may take. Three steps need six seconds; a clip may last fifteen, with room around the steps."""
MOST_ADDRESSES = 20
LONGEST_ADDRESS = 500
LONGEST_OTHER_WAY = 2000
LONGEST_CONTACT = 500
# What the notice shows: a consent given before such a change was given to other words.
ON_THE_NOTICE = frozenset({"capture_region", "asks_voice", "other_way", "contact"})


@dataclass(frozen=True, slots=True)
class CaptureSettings:
    """All settings of one programme, named as its fields are."""

    capture_region: str = Programme.Region.FACE.value
    asks_voice: bool = False
    challenge_seconds: int = 7
    return_urls: tuple[str, ...] = ()
    embed_origins: tuple[str, ...] = ()
    other_way: str = ""
    contact: str = ""
    trusts_own_capture: bool = False

    @classmethod
    def of(cls, programme: Programme) -> Self:
        """As they stand now."""
        values: dict[str, Any] = {field.name: getattr(programme, field.name) for field in fields(cls)}
        lists = {name: tuple(values[name]) for name in ("return_urls", "embed_origins")}
        return cls(**(values | lists))


def change_settings(actor: Actor, programme: Programme, wanted: CaptureSettings) -> tuple[str, ...]:
    """Make the programme's settings those; returns the names of the fields that changed. Raises `InvalidProgramme`."""
    problems = dict(_problems(wanted))
    if problems:
        raise InvalidProgramme(problems)
    with transaction.atomic():
        locked = Programme.objects.select_for_update().get(pk=programme.pk)
        before = asdict(CaptureSettings.of(locked))
        after = asdict(wanted)
        changed = tuple(name for name in after if before[name] != after[name])
        if changed:
            _write(actor, locked, changed, after)
    programme.refresh_from_db()
    return changed


def ready_for_captures(programme: Programme) -> bool:
    """A face is never the only way: without a written other way, and who may look, nobody is asked for one."""
    return bool(programme.other_way and programme.contact)


def _write(actor: Actor, programme: Programme, changed: tuple[str, ...], values: dict[str, Any]) -> None:
    new = {name: list(values[name]) if isinstance(values[name], tuple) else values[name] for name in changed}
    if ON_THE_NOTICE & set(changed):
        new["notice_number"] = F("notice_number") + 1
    Programme.objects.filter(pk=programme.pk).update(**new)
    log.record(Event.PROGRAMME_CHANGED, actor=actor, programme=str(programme.pk), fields=sorted(changed))


def _problems(wanted: CaptureSettings) -> Iterator[tuple[str, str]]:
    if wanted.capture_region not in Programme.Region.values:
        yield "capture_region", "Choose what is filmed."
    if wanted.challenge_seconds not in SECONDS:
        yield "challenge_seconds", f"Give {SECONDS[0]} to {SECONDS[-1]} seconds."
    yield from _wrong_addresses("return_urls", wanted.return_urls, _is_return_url, "a full https:// address")
    yield from _wrong_addresses("embed_origins", wanted.embed_origins, _is_origin, "like https://www.example.org")
    for name, text, longest in (
        ("other_way", wanted.other_way, LONGEST_OTHER_WAY),
        ("contact", wanted.contact, LONGEST_CONTACT),
    ):
        if len(text) > longest:
            yield name, f"This can have at most {longest} characters."
        elif not all(line.isprintable() for line in text.split("\n")):
            yield name, "This holds characters that cannot be seen."


def _wrong_addresses(name: str, given: tuple[str, ...], right: Any, words: str) -> Iterator[tuple[str, str]]:
    if len(given) > MOST_ADDRESSES:
        yield name, f"Give at most {MOST_ADDRESSES}."
    wrong = [address for address in given if not right(address)]
    if wrong:
        yield name, f"Each line must be {words}; this one is not: {wrong[0][:80]}"
    elif len(set(given)) != len(given):
        yield name, "One of these is listed twice."


def _is_return_url(address: str) -> bool:
    parts = _parts(address)
    return parts is not None and not parts.fragment


def _is_origin(address: str) -> bool:
    """Scheme, host and port alone: it stands in a policy header, where anything more could change the policy."""
    parts = _parts(address)
    return parts is not None and address == f"{parts.scheme}://{parts.netloc}" and address == address.lower()


def _parts(address: str) -> SplitResult | None:
    """The parts of an https:// address without a password, or of http:// on this machine; None of any other text."""
    if len(address) > LONGEST_ADDRESS or not address.isascii() or not address.isprintable():
        return None
    if any(character in address for character in " \"'<>\\;,`{}|^*"):
        return None
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 - reading it checks it
    except ValueError:
        return None
    local = parts.hostname in {"127.0.0.1", "localhost"}
    allowed = parts.scheme == "https" or (parts.scheme == "http" and local)
    return parts if allowed and parts.hostname and "@" not in parts.netloc else None
