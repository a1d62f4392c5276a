#!/usr/bin/env python3
"""Says whether an exported audit log is the one that was published, or names the first bad entry and why.

This file stands alone: copy it to a machine that the log's owner does not control and run it there.

    pip install pynacl
    python3 verify_log.py export.jsonl --log-key KEY --witness-key KEY --anchor DIRECTORY
    python3 verify_log.py --proof entry.tlog-proof --log-key KEY --witness-key KEY

It believes the public keys and the anchors, which you must have from somebody other than the one who gave you the
export; of the export it believes nothing. A KEY is the text `name+id+key`, or a file that holds it. An anchor is a
directory that the log was published to, one of its files, or a checkpoint in a file of its own, as it came by mail.

Exit code 0: the log holds. 1: it does not. 2: what was given cannot be read. The formats are those of RFC 6962 and of
c2sp.org (signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof); nothing here is shared with the code that writes
the log, so that a mistake there is not repeated here.
"""

from __future__ import annotations

import argparse
import heapq
import itertools
import json
import sys
import time
from base64 import b64decode, b64encode
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

FORMAT = "audit-export/1"
MAX_ENTRY_BYTES = 8 * 1024
_MAX_LINE = 4 * 1024 * 1024
_LOOK_AT_CLOCK = 1_000
# Of the newest checkpoints at most so many are asked for their signatures until one is genuine.
_ASKED = 1_000
_MOST_DOUBTS = 10
_LAST_SECOND = 253_402_300_799
# An entry's time and the witness's may differ by this many seconds before it is worth a word.
CLOCK_TOLERANCE = 300
_COLUMNS = ("event", "actor_kind", "actor_id", "case", "at")
_LOG, _WITNESS = 1, 4


class Unreadable(Exception):
    """What was given is not what it should be, so nothing can be said about the log."""


class Bad(Exception):
    """The log does not hold from `index` on."""

    def __init__(self, index: int, reason: str) -> None:
        super().__init__(reason)
        self.index, self.reason = index, reason


# ── hashes (RFC 6962, section 2.1) ────────────────────────────────────────────────────────────────


def leaf_hash(body: bytes) -> bytes:
    return sha256(b"\x00" + body).digest()


class Frontier:
    """The roots of the complete subtrees that a growing tree consists of, the largest first."""

    def __init__(self) -> None:
        self.size = 0
        self.roots: list[bytes] = []

    def push(self, leaf: bytes) -> None:
        roots, size = self.roots, self.size
        while size & 1:
            leaf = sha256(b"\x01" + roots.pop() + leaf).digest()
            size >>= 1
        roots.append(leaf)
        self.size += 1

    def head(self) -> bytes:
        if not self.roots:
            return sha256(b"").digest()
        head = self.roots[-1]
        for root in reversed(self.roots[:-1]):
            head = sha256(b"\x01" + root + head).digest()
        return head


def head_of_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The head to which an inclusion proof leads (RFC 9162, section 2.1.3.2); None when it cannot be one."""
    place, last = index, size - 1
    for step in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            leaf = sha256(b"\x01" + step + leaf).digest()
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            leaf = sha256(b"\x01" + leaf + step).digest()
        place, last = place >> 1, last >> 1
    return leaf if last == 0 else None


# ── keys and checkpoints (c2sp.org) ───────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Key:
    """A public key and the name it signs with."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]


def read_key(text: str, kind: int) -> Key:
    """Raises `Unreadable`."""
    parts = text.strip().split("+", 2)
    try:
        raw = b64decode(parts[2], validate=True)
        key = Key(parts[0], raw[0], raw[1:])
    except (IndexError, ValueError):
        raise Unreadable(f"“{text[:80]}” is not a key of the form name+id+key.") from None
    if key.kind != kind or len(key.public) != 32 or key.id.hex() != parts[1]:
        raise Unreadable(f"The key of {key.name} is damaged, or not one of a {'log' if kind == _LOG else 'witness'}.")
    return key


@dataclass(frozen=True)
class Keys:
    """Whose word counts. Without a witness, the log's own signatures are all there is."""

    log: tuple[Key, ...]
    witness: tuple[Key, ...] = ()


@dataclass(frozen=True)
class Claim:
    """A checkpoint as it is written: `size` entries with this `head`. Whether it is genuine takes a signature to check,
    which costs more than a hundred entries do, so it is asked only where the answer matters."""

    size: int
    head: bytes
    text: str
    lines: str

    def signed(self, keys: Keys) -> bool:
        """Whether the log's key has signed it."""
        return any(self._time_signed(key) is not None for key in keys.log)

    def witnessed(self, keys: Keys) -> int | None:
        """The newest time (POSIX seconds) that a witness vouches for; None without one."""
        times = [self._time_signed(key) for key in keys.witness]
        return max((one for one in times if one is not None), default=None)

    def says_witnessed(self, keys: Keys) -> int | None:
        """The same by the note's own word, not verified."""
        times = [int.from_bytes(raw[4:12], "big") for key in keys.witness for raw in self._raw(key)]
        return max(times, default=None)

    def _raw(self, key: Key) -> Iterator[bytes]:
        for line in self.lines.splitlines():
            dash, name, value = (*line.split(" "), "", "", "")[:3]
            if (dash, name) == ("\N{EM DASH}", key.name):
                raw = _decoded(value)
                if raw[:4] == key.id:
                    yield raw

    def _time_signed(self, key: Key) -> int | None:
        """The time in the key's signature (0 from a log); None without a true one."""
        for raw in self._raw(key):
            signed_at, signature, message = 0, raw[4:], self.text
            if key.kind == _WITNESS:
                signed_at, signature = int.from_bytes(raw[4:12], "big"), raw[12:]
                message = f"cosignature/v1\ntime {signed_at}\n{self.text}"
            try:
                VerifyKey(key.public).verify(message.encode(), signature)
            except (BadSignatureError, ValueError):
                return None
            return signed_at
        return None


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError:
        return b""


def read_claim(note: str, keys: Keys) -> Claim | None:
    """A checkpoint of this log; None when it is another log's. Raises `ValueError` when it is no checkpoint."""
    text, _, lines = note.rpartition("\n\n")
    origin, size, head = text.split("\n")[:3]
    if not any(key.name == origin for key in keys.log):
        return None
    return Claim(int(size), b64decode(head, validate=True), text + "\n", lines)


# ── anchors: what was published where the log's owner cannot write ────────────────────────────────


@dataclass
class Anchors:
    """Published checkpoints, the smallest first, and where there is one the file of all leaf hashes, 32 bytes each."""

    checkpoints: Iterator[Claim] = field(default_factory=lambda: iter(()))
    leaves: Path | None = None


def read_anchors(paths: Sequence[Path], keys: Keys) -> Anchors:
    """The anchors are read while the log is walked, as years of checkpoints need not fit into memory."""
    leaves = [path / "leaves" for path in paths if (path / "leaves").is_file()]
    streams = [_claims(_files(path), keys) for path in paths]
    return Anchors(heapq.merge(*streams, key=lambda claim: claim.size), leaves[0] if leaves else None)


def _files(path: Path) -> list[Path]:
    return sorted(one for one in path.iterdir() if one.suffix == ".jsonl") if path.is_dir() else [path]


def _claims(files: Sequence[Path], keys: Keys) -> Iterator[Claim]:
    for file in files:
        for note in _notes(file):
            try:
                claim = read_claim(note, keys)
            except (ValueError, AttributeError):
                # No checkpoint, so it is no evidence of anything.
                continue
            if claim is not None and claim.size:
                yield claim


def _notes(file: Path) -> Iterator[str]:
    """A file holds a record a line, as the log writes them, or one checkpoint alone."""
    with file.open(encoding="utf-8", errors="replace") as lines:
        first = lines.readline()
        if not first.startswith("{"):
            yield first + lines.read(_MAX_LINE)
            return
        for line in itertools.chain([first], lines):
            try:
                yield json.loads(line)["checkpoint"]
            except (ValueError, KeyError, TypeError):
                # The last line of a writer that died is half a line.
                continue


# ── the walk ──────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Found:
    """What the walk found. `head` is of the first `entries`, which hold; `signed` and `witnessed` say how many of them
    a checkpoint covers, `witnessed_at` when (POSIX seconds). `complete` is false when time ran out before the end."""

    entries: int = 0
    head: str = ""
    signed: int = 0
    witnessed: int = 0
    witnessed_at: int | None = None
    bad_index: int | None = None
    reason: str = ""
    doubts: list[str] = field(default_factory=list)
    complete: bool = True

    def __bool__(self) -> bool:
        return self.bad_index is None


class Walk:
    """One pass over the records of an export, in order, in constant memory."""

    def __init__(self, keys: Keys, anchors: Anchors, *, published: bool = True) -> None:
        self.keys, self.anchors, self.published = keys, anchors, published
        self.frontier = Frontier()
        self.found = Found()
        self.ended = False
        self._due = next(anchors.checkpoints, None)
        self._leaves: BinaryIO | None = anchors.leaves.open("rb") if anchors.leaves else None
        # Checkpoints that hold, the newest of which will be asked for their signatures.
        self._held: deque[Claim] = deque(maxlen=_ASKED)
        self._held_witnessed: deque[Claim] = deque(maxlen=_ASKED)
        self._clock = Clock()

    def take(self, record: dict[str, Any]) -> None:
        """Raises `Bad`, `Unreadable`."""
        if "index" in record:
            self._entry(record)
        elif "checkpoint" in record:
            self._checkpoint(record["checkpoint"])
        elif "stray" in record:
            raise Bad(self.frontier.size, f"entry {record['stray']} was put in behind the log")
        elif "end" in record:
            self._end(record["end"])
        elif record.get("format") != FORMAT:
            raise Unreadable("The export holds something that this verifier does not know.")

    def _entry(self, record: dict[str, Any]) -> None:
        index, body = self.frontier.size, record["body"]
        if record["index"] != index:
            raise Bad(index, f"entry {index} is missing")
        if body is None:
            raise Bad(index, "its text is gone")
        raw = body.encode()
        leaf = leaf_hash(raw)
        if b64encode(leaf).decode() != record["hash"]:
            raise Bad(index, "its text is not the one that got this place")
        self._compare_with_published(index, leaf)
        self._clock.look(index, _read_body(index, raw, body, record))
        self.frontier.push(leaf)
        while self._due is not None and self._due.size <= self.frontier.size:
            self._hold(self._due, anchored=True)
            self._due = next(self.anchors.checkpoints, None)

    def _compare_with_published(self, index: int, leaf: bytes) -> None:
        """Against the published hash of this very entry, where the file of them holds what was signed."""
        if self._leaves is None:
            return
        published = self._leaves.read(32)
        if len(published) < 32 or published == leaf:
            return
        if self._vouched_for():
            raise Bad(index, "it is not the entry that was published")
        self._doubt("the anchor's file of leaves is damaged, so entries are compared by checkpoints alone")
        self.let_go()

    def _vouched_for(self) -> bool:
        """Whether the published hashes lead to the head of the next signed checkpoint.

        A hash that no checkpoint covers was written moments before the log was cut off, and proves nothing.
        """
        claim, path = self._due, self.anchors.leaves
        if claim is None or path is None or not claim.signed(self.keys):
            return False
        frontier = Frontier()
        with path.open("rb") as leaves:
            for _ in range(claim.size):
                frontier.push(leaves.read(32))
        return frontier.head() == claim.head

    def _checkpoint(self, note: str) -> None:
        try:
            claim = read_claim(note, self.keys)
        except ValueError:
            raise Bad(self.frontier.size, "what follows is no checkpoint") from None
        if claim is None or not claim.size:
            return
        if claim.size > self.frontier.size and claim.signed(self.keys):
            raise _cut_off(self.frontier.size, claim)
        self._hold(claim, anchored=False)

    def _hold(self, claim: Claim, *, anchored: bool) -> None:
        """Hold what was published against what is there now. Raises `Bad`."""
        size = self.frontier.size
        if claim.size == size and claim.head == self.frontier.head():
            self._held.append(claim)
            self._clock.check(claim, self.keys, self._doubt)
            if claim.says_witnessed(self.keys) is not None:
                self._held_witnessed.append(claim)
        elif claim.size < size:
            self._doubt(f"a checkpoint of {claim.size} entries stands behind a newer one and was not compared")
        elif claim.signed(self.keys):
            first = self._held[-1].size if self._held else 0
            between = f"one of the entries {first} to {size - 1}" if first < size - 1 else "it"
            raise Bad(first, f"{between} is not what was published")
        elif anchored:
            self._doubt(f"an anchor holds a checkpoint of {claim.size} entries that the log's key did not sign")
        else:
            raise Bad(size, f"the log's key did not sign the checkpoint of {claim.size} entries")

    def _doubt(self, sentence: str) -> None:
        if len(self.found.doubts) < _MOST_DOUBTS:
            self.found.doubts.append(sentence)

    def _end(self, said: int) -> None:
        if said != self.frontier.size:
            raise Unreadable(f"The export says that it holds {said} entries and holds {self.frontier.size}.")
        self.ended = True

    def let_go(self) -> None:
        """Close what is open."""
        if self._leaves is not None:
            self._leaves.close()
        self._leaves = None

    def close(self) -> None:
        """What must be true of the whole. Raises `Bad`, `Unreadable`."""
        if not self.ended:
            raise Unreadable(f"The export breaks off after {self.frontier.size} entries.")
        beyond = deque([self._due, *self.anchors.checkpoints] if self._due else [], maxlen=_ASKED)
        missing = next((claim for claim in reversed(beyond) if claim.signed(self.keys)), None)
        if missing is not None:
            raise _cut_off(self.frontier.size, missing)
        self._cover()
        if self.frontier.size and self.published:
            self._insist_on_cover()

    def _cover(self) -> None:
        """Up to where the log is signed and witnessed, by the newest checkpoints that are genuine."""
        keys, found = self.keys, self.found
        signed = next((claim for claim in reversed(self._held) if claim.signed(keys)), None)
        found.signed = signed.size if signed else 0
        for claim in reversed(self._held_witnessed):
            found.witnessed_at = claim.witnessed(keys)
            if found.witnessed_at is not None:
                found.witnessed = claim.size
                return

    def _insist_on_cover(self) -> None:
        if not self.found.signed:
            raise Bad(0, "no checkpoint that the log's key signed covers any entry")
        if self.keys.witness and not self.found.witnessed:
            raise Bad(0, "no checkpoint that the witness countersigned covers any entry")


class Clock:
    """Whether the entries' times fit the witness's: what it saw was written before, what follows is written after."""

    def __init__(self) -> None:
        self._earliest, self._latest, self._latest_index = "", "", 0
        self._early: tuple[int, str] | None = None

    def look(self, index: int, at: str) -> None:
        if at < self._earliest and self._early is None:
            self._early = (index, at)
        if at > self._latest:
            self._latest, self._latest_index = at, index

    def check(self, claim: Claim, keys: Keys, doubt: Callable[[str], None]) -> None:
        witnessed = claim.says_witnessed(keys)
        if witnessed is None:
            return
        late = (self._latest_index, self._latest) if self._latest > _iso(witnessed + CLOCK_TOLERANCE) else None
        for index, at in (one for one in (self._early, late) if one is not None):
            doubt(f"entry {index} says {at}, which does not fit the time of the witness")
        self._earliest, self._latest, self._early = _iso(witnessed - CLOCK_TOLERANCE), "", None


def _read_body(index: int, raw: bytes, body: str, record: dict[str, Any]) -> str:
    """Hold the entry's text against its columns; answers with its time. Raises `Bad`."""
    if len(raw) > MAX_ENTRY_BYTES:
        raise Bad(index, f"it is {len(raw)} bytes long, and no entry may be")
    try:
        said = json.loads(body)
        actor = said["actor"]
        columns = [said["event"], actor["kind"], actor["id"], said["case"], said["at"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Bad(index, "its text is no entry") from None
    if columns != [record[name] for name in _COLUMNS]:
        raise Bad(index, "its columns do not say what its text says")
    if json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False) != body:
        raise Bad(index, "its text is not in canonical form")
    return str(said["at"])


def _cut_off(size: int, claim: Claim) -> Bad:
    return Bad(size, f"entry {size} is missing: {claim.size} entries were published")


def _iso(seconds: int) -> str:
    """As entries write their time, so that texts compare as times do."""
    return datetime.fromtimestamp(min(seconds, _LAST_SECOND), timezone.utc).isoformat(timespec="microseconds")  # noqa: UP017 - older Pythons run this too


def verify(
    records: Iterable[dict[str, Any]],
    keys: Keys,
    anchors: Anchors | None = None,
    *,
    seconds: float | None = None,
    published: bool = True,
) -> Found:
    """Walk the records to the end, to the first bad entry, or for about `seconds`. Raises `Unreadable`.

    A log of which nothing was published does not hold, unless `published` is false.
    """
    walk = Walk(keys, anchors or Anchors(), published=published)
    deadline = None if seconds is None else time.monotonic() + seconds
    try:
        for count, record in enumerate(records, start=1):
            _take(walk, record, count)
            if deadline is not None and count % _LOOK_AT_CLOCK == 0 and time.monotonic() > deadline:
                walk.found.complete = False
                break
        else:
            walk.close()
    except Bad as bad:
        walk.found.bad_index, walk.found.reason = bad.index, bad.reason
    finally:
        walk.let_go()
    walk.found.entries, walk.found.head = walk.frontier.size, walk.frontier.head().hex()
    return walk.found


def _take(walk: Walk, record: dict[str, Any], number: int) -> None:
    try:
        walk.take(record)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Unreadable(f"Record {number} is not whole.") from None


def read_export(file: BinaryIO) -> Iterator[dict[str, Any]]:
    """The records of an export, a line each. Raises `Unreadable`."""
    number = 0
    while line := file.readline(_MAX_LINE):
        number += 1
        try:
            record = json.loads(line)
        except ValueError:
            raise Unreadable(f"Line {number} of the export is not a record.") from None
        if not isinstance(record, dict):
            raise Unreadable(f"Line {number} of the export is not a record.")
        yield record


# ── a proof of one entry ──────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Proved:
    """An entry that stands at `index` in a log of `size` entries. `witnessed_at` as in `Found`."""

    index: int
    size: int
    body: str
    witnessed_at: int | None


def verify_proof(text: str, keys: Keys) -> Proved:
    """Read and check a `tlog-proof` file whose extra data is the entry. Raises `Unreadable`, `Bad`."""
    above, _, note = text.partition("\n\n")
    lines = above.split("\n")
    try:
        body = b64decode(lines[1].removeprefix("extra "), validate=True)
        index = int(lines[2].removeprefix("index "))
        path = [b64decode(line, validate=True) for line in lines[3:]]
    except (IndexError, ValueError):
        raise Unreadable("It is not a proof of an entry of an audit log.") from None
    if lines[0] != "c2sp.org/tlog-proof@v1" or any(len(step) != 32 for step in path):
        raise Unreadable("It is not a proof of an entry of an audit log.")
    claim = _open(index, note, keys)
    if not 0 <= index < claim.size or head_of_path(leaf_hash(body), index, claim.size, path) != claim.head:
        raise Bad(index, "its path does not lead to the checkpoint")
    return Proved(index, claim.size, body.decode(), claim.witnessed(keys))


def _open(index: int, note: str, keys: Keys) -> Claim:
    try:
        claim = read_claim(note, keys)
    except ValueError:
        raise Unreadable("The proof holds no checkpoint.") from None
    if claim is None or not claim.signed(keys):
        raise Bad(index, "the log's key did not sign its checkpoint")
    if keys.witness and claim.witnessed(keys) is None:
        raise Bad(index, "the witness did not countersign its checkpoint")
    return claim


# ── the command line ──────────────────────────────────────────────────────────────────────────────


def main(argv: Sequence[str] | None = None) -> int:
    options = _options(argv)
    try:
        keys = Keys(_keys(options.log_key, _LOG), _keys(options.witness_key, _WITNESS))
        if options.proof:
            return _say_proved(verify_proof(options.proof.read_text(encoding="utf-8"), keys))
        anchors = read_anchors(options.anchor, keys)
        with options.export.open("rb") as file:
            return _say(verify(read_export(file), keys, anchors), as_json=options.json)
    except Bad as bad:
        print(f"BAD: entry {bad.index}: {bad.reason}.")
        return 1
    except (Unreadable, OSError, UnicodeDecodeError, KeyError, TypeError) as problem:
        print(f"Nothing can be said: {problem}", file=sys.stderr)
        return 2


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Verify an exported audit log, or the proof of one of its entries.")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("export", nargs="?", type=Path, help="the file that `audit_export` wrote")
    what.add_argument("--proof", type=Path, help="a .tlog-proof file of one entry")
    parser.add_argument("--log-key", action="append", required=True, help="the log's public key, or a file with it")
    parser.add_argument("--witness-key", action="append", default=[], help="a witness's public key, or a file with it")
    parser.add_argument("--anchor", action="append", default=[], type=Path, help="where the log was published to")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of sentences")
    return parser.parse_args(argv)


def _keys(given: Iterable[str], kind: int) -> tuple[Key, ...]:
    return tuple(read_key(one if "+" in one else Path(one).read_text(encoding="utf-8"), kind) for one in given)


def _say(found: Found, *, as_json: bool) -> int:
    print(json.dumps(vars(found)) if as_json else in_words(found))
    return 0 if found else 1


def in_words(found: Found) -> str:
    """The finding as sentences, a line each."""
    doubts = [f"Note: {doubt}." for doubt in found.doubts]
    if not found:
        bad = f"BAD: entry {found.bad_index}: {found.reason}. {found.entries} entries were read before this was found."
        return "\n".join([bad, *doubts])
    covered = f"Signed up to {found.signed}"
    if found.witnessed_at is not None:
        covered += f", witnessed up to {found.witnessed} at {_iso(found.witnessed_at)[:19]}Z"
    return "\n".join([f"OK: {found.entries} entries hold. {covered}. Head {found.head}", *doubts])


def _say_proved(proved: Proved) -> int:
    print(f"OK: entry {proved.index} of a log of {proved.size} entries says {proved.body}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
