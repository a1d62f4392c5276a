"""Labelled sets on disk, and taking them into the stock."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Sequence
from pathlib import Path

from tests.factories import a_picture
from verification.audit.events import OPERATOR
from verification.intake.known_list import COLUMNS
from verification.intake.known_pairs import Imported, import_set

PERMISSION = "Consent forms of the volunteers, file 7"
_shades = itertools.count(1)


def a_shade() -> bytes:
    """A picture that is like no other of this run."""
    number = next(_shades)
    return a_picture((number % 256, number // 256 % 256, 90), size=64)


def a_set(directory: Path, *rows: Sequence[str], files: dict[str, bytes] | None = None) -> Path:
    """A set with these lines; every file that they name and `files` does not give is a picture of its own."""
    directory.mkdir(parents=True, exist_ok=True)
    named = {name for row in rows for name in row[:2] if name}
    for name in named | set(files or {}):
        content = (files or {}).get(name)
        (directory / name).write_bytes(a_shade() if content is None else content)
    with (directory / "pairs.csv").open("w", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *rows])
    return directory


def taken_in(directory: Path, set_name: str = "volunteers", permitted_by: str = PERMISSION) -> Imported:
    return import_set(directory, set_name, permitted_by, actor=OPERATOR)
