"""Template filters that put times, durations and scores into words. Load with `{% load console %}`."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from verification.reports.cells import plain

register = template.Library()

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))

_CHECKS = {
    "one_face": "One face only",
    "size": "Size of the face",
    "sharpness": "Sharpness",
    "exposure": "Light on the face",
    "pose": "Turn of the head",
    "detection": "Face found",
    "liveness": "Living person",
    "match": "Same person",
    "same_face": "Same face in all live pictures",
    "challenge": "Prompts answered",
    "pad": "Living person throughout",
    "same_person": "Same person throughout",
    "injection": "Signs of an injected recording",
    "welfare": "Signs to look with care",
    "voice": "Voice",
    "origin": "Filmed by a trusted camera",
}

_BANDS = {
    "pass": "Passed",
    "ambiguous": "Unclear",
    "fail": "Failed",
    "error": "Could not run",
}


@register.filter
def duration(seconds: float | None) -> str:
    """Seconds as the two largest units that say something: `45 s`, `8 min 12 s`, `3 h 5 min`. A dash for None."""
    if seconds is None:
        return "–"
    rest = max(0, round(seconds))
    parts: list[str] = []
    for size, name in _UNITS:
        count, rest = divmod(rest, size)
        if count or (name == "s" and not parts):
            parts.append(f"{count} {name}")
    return " ".join(parts[:2])


@register.filter
def about(seconds: float | None) -> str:
    """Only the largest unit: `7 min`, `3 h`."""
    words = duration(seconds).split(" ")
    return " ".join(words[:2])


@register.filter
def when(moment: datetime | None, never: str = "–") -> SafeString | str:
    """A moment in the server's zone with the full time on hover; the page's script turns it into the reader's zone."""
    if moment is None:
        return never
    local = timezone.localtime(moment)
    return format_html(
        '<time datetime="{}" title="{}" data-local>{}</time>',
        local.isoformat(timespec="seconds"),
        f"{local:%Y-%m-%d %H:%M:%S %Z}",
        f"{local:%-d %b %Y, %H:%M}",
    )


@register.filter
def harmless(text: object) -> str:
    """A text that somebody chose, with whatever could turn round what stands beside it spelt out."""
    return plain(str(text))


@register.filter
def words(code: str) -> str:
    """A code as words: `not_verified` → `not verified`."""
    return code.replace("_", " ")


@register.filter
def check_name(name: str) -> str:
    return _CHECKS.get(name, name.replace("_", " ").capitalize())


@register.filter
def band_name(band: str) -> str:
    return _BANDS[band]


@register.filter
def number(value: float | None) -> str:
    """Four significant digits, large numbers whole, with a true minus sign. A dash for None."""
    if value is None:
        return "–"
    return (f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.4g}").replace("-", "−")


@register.filter
def seconds_left(moment: datetime) -> int:
    """Whole seconds from now until then; 0 once it is past."""
    return max(0, int((moment - timezone.now()).total_seconds()))


@register.filter
def age(moment: datetime) -> str:
    """How long ago, in whole minutes: `under a minute`, `12 min`, `3 h 5 min`."""
    minutes = (timezone.now() - moment) // timedelta(minutes=1)
    return duration(minutes * 60) if minutes else "under a minute"
