"""The list of a set of pairs with known answers, read as a stranger's: what it says of which two files.

The list is `pairs.csv` in the set's directory: UTF-8, commas, its first line naming the four columns in any order.

    reference,live,same_person,alive
    0001-card.jpg,0001-selfie.jpg,yes,yes
    0002-card.jpg,0731-selfie.jpg,no,yes
    0003-card.jpg,0003-print.jpg,yes,no

`reference` and `live` are files in that directory or below it (JPEG, PNG or WebP, at most 10 MB). `same_person` says
whether both show one person, `alive` whether the live image is of a living person in front of a camera: `yes` or `no`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LIST = "pairs.csv"
COLUMNS = ("reference", "live", "same_person", "alive")
MAX_LIST_BYTES = 4 * 1024 * 1024
_ANSWERS = {"yes": True, "no": False}


class BadSet(ValueError):
    """The set cannot be used at all; the message says why. Nothing was imported."""


class WrongLine(ValueError):
    """One line is wrong; the message is its sentence."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the pair on one line of the list was not taken. Lines are counted as an editor counts them, from 1."""

    line: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Listed:
    """One line: two file names as they were written, and the answer."""

    line: int
    files: tuple[str, str]
    same: bool
    live: bool


def read_list(directory: Path) -> tuple[list[Listed], list[Problem]]:
    """The lines that can be read, and what is wrong with the others. Raises `BadSet`."""
    found, problems = [], []
    for line, row in _rows(_text(directory / LIST)):
        try:
            found.append(_listed(line, row))
        except WrongLine as wrong:
            problems.append(Problem(line, str(wrong)))
    if not found and not problems:
        raise BadSet(f"{LIST} lists no pair.")
    return found, problems


def shown(text: str) -> str:
    """Text of the list for a terminal: in quotation marks, short, and without anything that a terminal would obey."""
    return repr(text if len(text) <= 80 else f"{text[:79]}…")


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_LIST_BYTES + 1)
    except OSError as error:
        raise BadSet(f"{LIST} cannot be read: {error.strerror}.") from None
    if len(raw) > MAX_LIST_BYTES:
        raise BadSet(f"{LIST} is larger than {MAX_LIST_BYTES // 1024 // 1024} MB. Divide the set.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadSet(f"{LIST} is not UTF-8 text.") from None
    if "\0" in text:
        raise BadSet(f"{LIST} is not text: it holds a zero byte.")
    return text


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Number and fields of each line that is not empty; no fields where their count is wrong. Raises `BadSet`."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        if sorted(header) != sorted(COLUMNS):
            raise BadSet(f"The first line of {LIST} must name the columns {', '.join(COLUMNS)}, each once.")
        for row in reader:
            if row:
                whole = len(row) == len(header)
                yield reader.line_num, dict(zip(header, row, strict=True)) if whole else {}
    except csv.Error as error:
        raise BadSet(f"{LIST}, line {reader.line_num}: this cannot be read as CSV ({error}).") from None


def _listed(line: int, row: dict[str, str]) -> Listed:
    if not row:
        raise WrongLine(f"this line must have {len(COLUMNS)} fields.")
    files = row["reference"].strip(), row["live"].strip()
    if not all(files):
        raise WrongLine("a file name is missing.")
    return Listed(line, files, _answer(row, "same_person"), _answer(row, "alive"))


def _answer(row: dict[str, str], column: str) -> bool:
    said = row[column].strip().lower()
    if said not in _ANSWERS:
        raise WrongLine(f"{column} is {shown(row[column])}; it must be yes or no.")
    return _ANSWERS[said]
