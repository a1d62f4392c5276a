"""How a reviewer likes to look: tone and blur of the pictures, and whether the next case comes by itself.

Some people see more in greyscale, and some are spared something by a blur; both are off until somebody wants them. The
choice follows the reviewer from case to case. It changes how the redacted crop is drawn, never what is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from verification.access.models import User

PERCENT = range(50, 201)
"""Brightness and contrast; 100 is the picture as it is."""


class InvalidViewing(ValueError):
    """Something that no page sends: an unknown name, or a value out of range."""


@dataclass(frozen=True, slots=True)
class Viewing:
    """`brightness` and `contrast` are percentages, 50 to 200."""

    greyscale: bool = False
    blur: bool = False
    brightness: int = 100
    contrast: int = 100
    next_by_itself: bool = False


def viewing_of(reviewer: User) -> Viewing:
    """What was kept, as far as this version knows it."""
    known = {field.name for field in fields(Viewing)}
    kept = reviewer.viewing if isinstance(reviewer.viewing, dict) else {}
    try:
        return _checked({name: value for name, value in kept.items() if name in known})
    except InvalidViewing:
        return Viewing()


def keep_viewing(reviewer: User, wanted: Mapping[str, Any]) -> Viewing:
    """Change what is named in `wanted` and keep the rest. Raises `InvalidViewing`."""
    viewing = _checked(asdict(viewing_of(reviewer)) | dict(wanted))
    User.objects.filter(pk=reviewer.pk).update(viewing=asdict(viewing))
    return viewing


def _checked(values: Mapping[str, Any]) -> Viewing:
    kinds = {field.name: type(field.default) for field in fields(Viewing)}
    for name, value in values.items():
        if type(value) is not kinds.get(name):
            raise InvalidViewing(name)
        if kinds[name] is int and value not in PERCENT:
            raise InvalidViewing(name)
    return Viewing(**values)
