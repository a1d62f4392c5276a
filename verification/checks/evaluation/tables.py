"""Read the two kinds of labelled lists."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

COLUMNS_OF_PAIRS = ("reference", "probe", "mated")
COLUMNS_OF_MANIFEST = ("path", "medium", "label", "species")


class BadList(ValueError):
    """The list cannot be used; the message says what is wrong with it and where."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two image names, and whether both show one person."""

    reference: str
    probe: str
    mated: bool


@dataclass(frozen=True, slots=True)
class Presentation:
    """One still or clip, bona fide (species empty) or an attack of a species."""

    path: Path
    medium: str
    bona_fide: bool
    species: str


def read_pairs(file: Path) -> list[Pair]:
    """The pairs of a CSV with columns reference, probe, mated (0 or 1). Raises BadList."""
    rows = _rows(file, COLUMNS_OF_PAIRS)
    return [
        Pair(row["reference"], row["probe"], _one_of(row, "mated", ("0", "1"), file, line) == "1")
        for line, row in enumerate(rows, 2)
    ]


def read_manifest(file: Path) -> list[Presentation]:
    """The presentations of a CSV with columns path, medium, label, species; paths start beside it. Raises BadList."""
    return [_presentation(row, file, line) for line, row in enumerate(_rows(file, COLUMNS_OF_MANIFEST), 2)]


def _presentation(row: dict[str, str], file: Path, line: int) -> Presentation:
    medium = _one_of(row, "medium", ("still", "clip"), file, line)
    label = _one_of(row, "label", ("bona_fide", "attack"), file, line)
    if label == "attack" and not row["species"]:
        raise BadList(f"{file.name}, line {line}: an attack needs a species")
    return Presentation(file.parent / row["path"], medium, label == "bona_fide", row["species"])


def _rows(file: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    try:
        with file.open(newline="", encoding="utf-8") as lines:
            reader = csv.DictReader(lines)
            missing = set(columns) - set(reader.fieldnames or ())
            rows = [{column: row.get(column) or "" for column in columns} for row in reader]
    except (OSError, UnicodeDecodeError) as error:
        raise BadList(f"{file} cannot be read: {type(error).__name__}") from None
    if missing:
        raise BadList(f"{file.name} has no column {', '.join(sorted(missing))}")
    if not rows:
        raise BadList(f"{file.name} has no rows")
    return rows


def _one_of(row: dict[str, str], column: str, allowed: tuple[str, ...], file: Path, line: int) -> str:
    if row[column] not in allowed:
        raise BadList(f"{file.name}, line {line}: {column} is not one of {', '.join(allowed)}")
    return row[column]
