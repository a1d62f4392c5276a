"""A set of pairs with known answers comes in, its files as untrusted as any upload. `known_list` describes the list.

Each pair is taken whole or not at all, and one that is wrong keeps no other back. A pair that is in stock already is
passed over, so an import that was interrupted, or whose list grew, is simply made again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from verification.audit.events import Actor
from verification.known import stock

from .containers import MAX_BYTES
from .images import NormalisedImage, RefusedImage, normalise_images
from .known_list import BadSet, Listed, Problem, WrongLine, read_list, shown
from .refusals import SENTENCES, ImageRefusal

MAX_PERMISSION = 300
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)
# One child process decodes the pictures of so many pairs, and one transaction takes them in.
_AT_ONCE = 8


@dataclass(slots=True)
class Imported:
    """What became of a set. `impostors` are those of the new `pairs` whose right answer is a no."""

    pairs: int = 0
    impostors: int = 0
    there_before: int = 0
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Read:
    """A line whose files were read, still as they lie there."""

    listed: Listed
    digest: bytes
    images: tuple[bytes, bytes] = field(repr=False)

    @property
    def answer(self) -> tuple[bool, bool]:
        return self.listed.same, self.listed.live


def import_set(directory: Path, set_name: str, permitted_by: str, *, actor: Actor) -> Imported:
    """Take a set into the stock; each transaction holds some pairs and their entry. Raises `BadSet`, `VaultLocked`."""
    _insist_on_words(set_name, permitted_by)
    lines, problems = read_list(directory)
    done = Imported(problems=problems)
    for start in range(0, len(lines), _AT_ONCE):
        read = _read(directory, lines[start : start + _AT_ONCE], problems)
        pairs = _decoded(_new(read, done), problems)
        if pairs:
            stock.put(set_name, permitted_by.strip(), pairs, actor=actor)
            done.pairs += len(pairs)
            done.impostors += sum(pair.impostor for pair in pairs)
    problems.sort(key=lambda problem: problem.line)
    return done


def _insist_on_words(set_name: str, permitted_by: str) -> None:
    if not _NAME.fullmatch(set_name):
        raise BadSet("The set's name goes into the log: give at most 64 small letters, digits and hyphens.")
    said = permitted_by.strip()
    if not said:
        raise BadSet("Say who permits that reviewers are shown these pictures, and by what. Nothing is taken without.")
    if len(said) > MAX_PERMISSION or not said.isprintable():
        raise BadSet(f"Say who permits the use in one line of at most {MAX_PERMISSION} characters.")


def _read(directory: Path, lines: Sequence[Listed], problems: list[Problem]) -> list[_Read]:
    read = []
    for listed in lines:
        try:
            read.append(_with_files(directory, listed))
        except WrongLine as wrong:
            problems.append(Problem(listed.line, str(wrong)))
    return read


def _with_files(directory: Path, listed: Listed) -> _Read:
    reference, live = (_file(directory, name) for name in listed.files)
    if reference == live:
        raise WrongLine("both images are the same file, which nobody could mistake.")
    return _Read(listed, stock.digest_of(reference, live), (reference, live))


def _file(directory: Path, name: str) -> bytes:
    """The bytes of a file below the directory; links are followed only where they stay there. Raises `WrongLine`."""
    try:
        path = (directory / name).resolve()
        inside = path.is_relative_to(directory.resolve())
        content = _bytes_of(path) if inside and path.is_file() else None
    except OSError as error:
        raise WrongLine(f"{shown(name)} cannot be read: {error.strerror}.") from None
    except RuntimeError:
        raise WrongLine(f"{shown(name)} is a link that leads to itself.") from None
    if not inside:
        raise WrongLine(f"{shown(name)} lies outside the set's directory.")
    if content is None:
        raise WrongLine(f"{shown(name)} is not there, or is not a file.")
    if len(content) > MAX_BYTES:
        raise WrongLine(f"{shown(name)}: {SENTENCES[ImageRefusal.TOO_LARGE]}")
    return content


def _bytes_of(path: Path) -> bytes:
    """At most one byte more than a picture may have."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _new(read: Sequence[_Read], done: Imported) -> list[_Read]:
    """The pairs that are not in stock and not in an earlier line; those that contradict one become problems."""
    there = stock.found(pair.digest for pair in read)
    new: dict[bytes, _Read] = {}
    for pair in read:
        sentence = _contradiction(pair, there.get(pair.digest), new.get(pair.digest))
        if sentence:
            done.problems.append(Problem(pair.listed.line, sentence))
        elif pair.digest in there or pair.digest in new:
            done.there_before += 1
        else:
            new[pair.digest] = pair
    return list(new.values())


def _contradiction(pair: _Read, earlier: stock.Found | None, twin: _Read | None) -> str:
    """Why a pair that was met before cannot be the same as then; empty where it is, or is new."""
    if earlier and earlier.retired:
        return f"this pair was retired with the set {earlier.set_name}, and stays so."
    if earlier and (earlier.same, earlier.live) != pair.answer:
        return f"this pair is in stock with another answer, in the set {earlier.set_name}."
    if twin and twin.answer != pair.answer:
        return f"line {twin.listed.line} lists this pair with another answer."
    return ""


def _decoded(read: Sequence[_Read], problems: list[Problem]) -> list[stock.Labelled]:
    """Pairs of pictures encoded anew, as every other picture is; a pair of which one is refused is not taken."""
    results = normalise_images([image for pair in read for image in pair.images])
    taken = []
    for pair, reference, live in zip(read, results[::2], results[1::2], strict=True):
        if isinstance(reference, NormalisedImage) and isinstance(live, NormalisedImage):
            taken.append(stock.Labelled(pair.digest, *pair.answer, reference.data, live.data))
        else:
            sentences = " ".join(_refused(pair.listed, (reference, live)))
            problems.append(Problem(pair.listed.line, sentences))
    return taken


def _refused(listed: Listed, results: Sequence[NormalisedImage | RefusedImage]) -> Iterator[str]:
    for name, result in zip(listed.files, results, strict=True):
        if isinstance(result, RefusedImage):
            yield f"{shown(name)}: {result.sentence}"
