"""The verifier finds every change behind the guards' back where it was made, by the export and the anchors alone."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from verification.audit import nodes, proving, records, verify_log
from verification.audit.checkpoint import Checkpoint
from verification.audit.models import Entry, Leaf, SignedCheckpoint
from verification.audit.notes import LOG, SigningKey, note

from .keepers import Keepers
from .tampering import a_placed_log, entry_at, tamper

pytestmark = pytest.mark.django_db(transaction=True)


def verify(keepers: Keepers, **options: Any) -> verify_log.Found:
    return verify_log.verify(records.records(), keepers.keys, keepers.anchors, **options)


@pytest.fixture
def published(keepers: Keepers) -> Keepers:
    """Seven entries, published after the fourth and the last."""
    a_placed_log(4)
    keepers.publish()
    a_placed_log(3)
    keepers.publish()
    return keepers


REHASH = (
    "UPDATE audit_leaf SET hash = sha256('\\x00'::bytea || convert_to(body, 'UTF8')) "
    "FROM audit_entry WHERE audit_entry.id = entry_id"
)
COPY = (
    "INSERT INTO audit_entry (id, at, event, actor_kind, actor_id, case_id, body) "
    "SELECT 900, at, event, actor_kind, actor_id, case_id, body FROM audit_entry ORDER BY id LIMIT 1"
)


def edited(index: int) -> str:
    return f"UPDATE audit_entry SET body = replace(body, '\"attempt\":', '\"attempt\":7') WHERE id = {entry_at(index)}"


def test_an_untouched_log_holds_and_says_how_far_it_is_signed(published: Keepers) -> None:
    a_placed_log(2)
    found = verify(published)
    assert (bool(found), found.entries, found.signed, found.witnessed, found.doubts) == (True, 9, 7, 0, [])


def test_a_witnessed_log_says_up_to_where_and_when(keepers: Keepers) -> None:
    a_placed_log(3)
    with keepers.witnessing():
        keepers.publish()
        a_placed_log(1)
        found = verify(keepers)
    assert (bool(found), found.signed, found.witnessed) == (True, 3, 3)
    assert found.witnessed_at is not None


def test_an_empty_log_holds(keepers: Keepers) -> None:
    found = verify(keepers)
    assert (bool(found), found.entries) == (True, 0)


def test_an_edited_text_is_found_at_its_index(published: Keepers) -> None:
    tamper(edited(2))
    found = verify(published)
    assert (found.bad_index, found.entries, found.reason) == (2, 2, "its text is not the one that got this place")


@pytest.mark.parametrize(
    "change",
    [
        "event = 'case:erased'",
        "actor_id = 'sweeper'",
        "actor_kind = 'person'",
        "case_id = gen_random_uuid()",
        "at = at + interval '1 microsecond'",
    ],
)
def test_an_edited_column_is_found_at_its_index(published: Keepers, change: str) -> None:
    tamper(f"UPDATE audit_entry SET {change} WHERE id = {entry_at(3)}")
    found = verify(published)
    assert (found.bad_index, found.reason) == (3, "its columns do not say what its text says")


def test_an_edited_hash_is_found_at_its_index(published: Keepers) -> None:
    tamper("UPDATE audit_leaf SET hash = sha256('x') WHERE index = 1")
    assert verify(published).bad_index == 1


def test_a_removed_entry_is_found_with_and_without_its_place(published: Keepers) -> None:
    tamper(f"DELETE FROM audit_entry WHERE id = {entry_at(1)}")
    assert verify(published).reason == "its text is gone"
    tamper("DELETE FROM audit_leaf WHERE index = 1")
    found = verify(published)
    assert (found.bad_index, found.reason) == (1, "entry 1 is missing")


def test_closing_the_gap_of_a_removed_entry_is_found(published: Keepers) -> None:
    tamper(
        f"DELETE FROM audit_entry WHERE id = {entry_at(1)}",
        "DELETE FROM audit_leaf WHERE index = 1",
        *(f"UPDATE audit_leaf SET index = {index - 1} WHERE index = {index}" for index in range(2, 7)),
    )
    found = verify(published)
    assert (found.bad_index, found.reason) == (1, "it is not the entry that was published")


def test_two_entries_that_changed_places_are_found(published: Keepers) -> None:
    tamper(
        "UPDATE audit_leaf SET index = -1 WHERE index = 2",
        "UPDATE audit_leaf SET index = 2 WHERE index = 5",
        "UPDATE audit_leaf SET index = 5 WHERE index = -1",
    )
    assert verify(published).bad_index == 2


def test_an_entry_put_into_the_middle_is_found(published: Keepers) -> None:
    tamper(
        *(f"UPDATE audit_leaf SET index = {index + 1} WHERE index = {index}" for index in range(6, 2, -1)),
        COPY,
        "INSERT INTO audit_leaf (index, entry_id, hash) VALUES (3, 900, '')",
        REHASH,
    )
    assert verify(published).bad_index == 3


def test_an_entry_put_in_behind_the_log_is_found(published: Keepers) -> None:
    tamper(COPY.replace("body)", "body, xid)").replace("body FROM", "body, xid FROM"))
    assert verify(published).reason == "entry 900 was put in behind the log"


@pytest.mark.parametrize("left", [6, 4, 2, 0])
def test_a_log_that_was_cut_off_is_found_where_it_ends(published: Keepers, left: int) -> None:
    tamper(
        f"DELETE FROM audit_entry WHERE id IN (SELECT entry_id FROM audit_leaf WHERE index >= {left})",
        f"DELETE FROM audit_leaf WHERE index >= {left}",
        "DELETE FROM audit_checkpoint",
    )
    found = verify(published)
    assert (found.bad_index, found.reason) == (left, f"entry {left} is missing: 7 entries were published")


def test_a_cut_is_found_by_the_databases_own_checkpoints_too(published: Keepers) -> None:
    tamper("DELETE FROM audit_leaf WHERE index >= 5")
    found = verify_log.verify(records.records(), published.keys)
    assert (found.bad_index, found.reason) == (5, "entry 5 is missing: 7 entries were published")


def test_a_forgery_that_is_consistent_is_found_at_its_first_entry(published: Keepers) -> None:
    tamper(edited(2), edited(5), REHASH, "DELETE FROM audit_checkpoint")
    found = verify(published)
    assert (found.bad_index, found.reason) == (2, "it is not the entry that was published")


def test_without_the_anchors_hashes_a_forgery_is_found_between_two_checkpoints(published: Keepers) -> None:
    tamper(edited(5), REHASH, "DELETE FROM audit_checkpoint")
    (published.anchor.directory / "leaves").unlink()
    found = verify(published)
    assert (found.bad_index, found.reason) == (4, "one of the entries 4 to 6 is not what was published")


def test_hashes_in_an_anchor_that_nobody_signed_accuse_nobody(published: Keepers) -> None:
    leaves = published.anchor.directory / "leaves"
    leaves.write_bytes(bytes(32) + leaves.read_bytes()[32:])
    found = verify(published)
    assert (bool(found), found.signed) == (True, 7)
    assert "leaves is damaged" in found.doubts[0]


def test_a_stolen_log_key_alone_forges_nothing(keepers: Keepers) -> None:
    """The forger rewrites the log, signs all of it anew with the true key, and hides the anchors. Not the witness."""
    a_placed_log(4)
    with keepers.witnessing():
        keepers.publish()
        tamper(edited(1), REHASH)
        forged = Checkpoint(keepers.log_key.name, 4, nodes.head(4)).signed(keepers.log_key)
        tamper("DELETE FROM audit_checkpoint")
        SignedCheckpoint.objects.create(origin=keepers.log_key.name, size=4, note=forged)
        found = verify_log.verify(records.records(), keepers.keys)
        assert found.reason == "no checkpoint that the witness countersigned covers any entry"
        assert verify(keepers).bad_index == 1


def test_a_checkpoint_that_the_key_did_not_sign_is_found(published: Keepers) -> None:
    other = SigningKey.generate(published.log_key.name, LOG)
    forged = Checkpoint(other.name, 4, bytes(32)).signed(other)
    SignedCheckpoint.objects.create(origin=other.name, size=4, note=forged)
    found = verify(published)
    assert (found.bad_index, found.reason) == (4, "the log's key did not sign the checkpoint of 4 entries")


def test_two_heads_for_one_size_are_found_though_both_are_signed(published: Keepers) -> None:
    split = Checkpoint(published.log_key.name, 4, bytes(32)).signed(published.log_key)
    SignedCheckpoint.objects.create(origin=published.log_key.name, size=4, note=split)
    assert verify(published).reason.endswith("not what was published")


def test_a_log_of_which_nothing_is_published_does_not_hold(keepers: Keepers) -> None:
    a_placed_log(2)
    found = verify(keepers)
    assert found.reason == "no checkpoint that the log's key signed covers any entry"
    assert verify(keepers, published=False)


def test_other_logs_and_half_lines_in_an_anchor_are_passed_over(published: Keepers) -> None:
    other = SigningKey.generate("test.example/other", LOG)
    (day,) = published.anchor.directory.glob("*.jsonl")
    with day.open("a") as file:
        file.write(json.dumps({"checkpoint": Checkpoint(other.name, 90, bytes(32)).signed(other)}) + "\n{half a li\n")
        file.write('{"checkpoint": 5}\n{"checkpoint": "nothing"}\n')
    assert verify(published)


def test_a_text_that_is_too_long_or_not_canonical_or_no_entry_is_found(published: Keepers) -> None:
    for body, reason in (
        ('{"x":1}', "its text is no entry"),
        ("[" * 5_000, "its text is no entry"),
        ("x" * 64 * 1024, "it is 65536 bytes long, and no entry may be"),
        (Entry.objects.get(pk=entry_at(0)).body.replace(":", ": ", 1), "its text is not in canonical form"),
    ):
        a_placed_log(1)
        last = Leaf.objects.latest("index")
        quoted = body.replace("'", "''")
        tamper(f"UPDATE audit_entry SET body = '{quoted}', event = 'checks:started' WHERE id = {last.entry_id}", REHASH)
        if "canonical" in reason:
            tamper(
                "UPDATE audit_entry AS entry SET at = one.at FROM audit_entry AS one "
                f"WHERE one.id = {entry_at(0)} AND entry.id = {last.entry_id}"
            )
        found = verify(published)
        assert (found.bad_index, found.reason) == (7, reason)
        tamper(
            f"DELETE FROM audit_entry WHERE id = {last.entry_id}", f"DELETE FROM audit_leaf WHERE index = {last.index}"
        )


def test_a_clock_that_was_moved_is_doubted_and_accuses_nobody(
    keepers: Keepers, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    with time_machine.travel(now + timedelta(hours=2)):
        a_placed_log(1)
    with keepers.witnessing():
        keepers.publish()
        with time_machine.travel(now - timedelta(hours=2)):
            a_placed_log(1)
        keepers.publish()
        found = verify(keepers)
    assert found
    assert [doubt.split()[:2] for doubt in found.doubts] == [["entry", "0"], ["entry", "1"]]


def test_time_that_runs_out_is_said_and_nothing_unreached_is_vouched_for(
    published: Keepers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify_log, "_LOOK_AT_CLOCK", 3)
    found = verify(published, seconds=0)
    assert (bool(found), found.complete, found.entries) == (True, False, 2)


# ── the file alone ──


def run(*arguments: object) -> tuple[int, str]:
    """In a Python without this project: its path, its settings and its directory are not there."""
    done = subprocess.run(
        [sys.executable, "-I", verify_log.__file__, *map(str, arguments)],
        capture_output=True, text=True, check=False, env={}, cwd="/",
    )  # fmt: skip
    return done.returncode, (done.stdout + done.stderr).strip()


@pytest.fixture
def export(published: Keepers) -> Path:
    file = published.place / "export.jsonl"
    records.write(file, 7)
    return file


def test_the_file_alone_says_ok(published: Keepers, export: Path) -> None:
    key, anchor = published.log_key.verifier, published.anchor.directory
    code, said = run(export, "--log-key", key, "--anchor", anchor)
    assert code == 0
    assert said.startswith("OK: 7 entries hold. Signed up to 7. Head ")


def test_the_file_alone_names_the_first_bad_entry(published: Keepers, export: Path) -> None:
    lines = export.read_text().splitlines()
    export.write_text("\n".join(line for line in lines if '"index":2,' not in line))
    code, said = run(export, "--log-key", published.log_key.verifier)
    assert (code, said) == (1, "BAD: entry 2: entry 2 is missing. 2 entries were read before this was found.")


def test_a_checkpoint_that_came_by_mail_is_an_anchor(published: Keepers, export: Path) -> None:
    mail = published.place / "mail.txt"
    last = SignedCheckpoint.objects.last()
    assert last is not None
    mail.write_text(last.note)
    lines = [line for line in export.read_text().splitlines() if "checkpoint" not in line and '"index":6' not in line]
    export.write_text("\n".join(lines).replace('"end":7', '"end":6'))
    code, said = run(export, "--log-key", published.log_key.verifier, "--anchor", mail)
    assert (code, said.split(". ")[0]) == (1, "BAD: entry 6: entry 6 is missing: 7 entries were published")


def test_keys_may_come_from_files_and_the_finding_as_json(published: Keepers, export: Path) -> None:
    key = published.place / "key"
    key.write_text(f"{published.log_key.verifier}\n")
    code, said = run(export, "--log-key", key, "--json")
    assert (code, json.loads(said)["entries"]) == (0, 7)


def without(lines: Iterable[str], word: str) -> str:
    return "\n".join(line for line in lines if word not in line)


@pytest.mark.parametrize("damage", ["cut", "end", "not json", "list", "unknown", "half a record"])
def test_an_export_that_cannot_be_read_is_no_verdict(published: Keepers, export: Path, damage: str) -> None:
    lines = export.read_text().splitlines()
    export.write_text(
        {
            "cut": without(lines, '"end"'),
            "end": "\n".join(lines).replace('"end":7', '"end":9'),
            "not json": "\n".join([*lines[:3], "{", *lines[3:]]),
            "list": "\n".join(["[]", *lines]),
            "unknown": "\n".join(['{"format":"audit-export/9"}', *lines]),
            "half a record": "\n".join([*lines[:1], '{"index":0}', *lines[1:]]),
        }[damage]
    )
    code, said = run(export, "--log-key", published.log_key.verifier)
    assert code == 2
    assert said.startswith("Nothing can be said: ")


def test_keys_that_are_none_and_files_that_are_not_there_are_no_verdict(published: Keepers, export: Path) -> None:
    for arguments in (
        (export, "--log-key", "a+b+c"),
        (export, "--log-key", published.witness_key.verifier),
        (export, "--log-key", "/nowhere"),
        ("/nowhere", "--log-key", published.log_key.verifier),
        (export, "--log-key", published.log_key.verifier, "--anchor", "/nowhere"),
    ):
        assert run(*arguments)[0] == 2


def test_the_proof_of_one_entry_is_checked_by_the_file_alone(published: Keepers) -> None:
    entry = entry_at(2)
    proof = published.place / "x.tlog-proof"
    proof.write_text(str(proving.proof_of(entry)))
    key = published.log_key.verifier
    code, said = run("--proof", proof, "--log-key", key)
    assert (code, said) == (0, f"OK: entry 2 of a log of 7 entries says {Entry.objects.get(pk=entry).body}")
    for old, new, reason in (
        ("index 2", "index 3", "its path does not lead to the checkpoint"),
        ("index 2", "index 9", "its path does not lead to the checkpoint"),
        ("\n7\n", "\n6\n", "the log's key did not sign its checkpoint"),
        (key.name, "another", "the log's key did not sign its checkpoint"),
    ):
        forged = published.place / "forged.tlog-proof"
        forged.write_text(proof.read_text().replace(old, new))
        code, said = run("--proof", forged, "--log-key", key)
        assert code == 1
        assert reason in said
    assert run("--proof", proof, "--log-key", key, "--witness-key", published.witness_key.verifier)[0] == 1


def test_a_proof_that_is_none_is_no_verdict(published: Keepers) -> None:
    proof = published.place / "x.tlog-proof"
    for text in ("", "c2sp.org/tlog-proof@v1\nindex 0\n", "c2sp.org/tlog-proof@v2\nextra eA==\nindex 0\n\nx"):
        proof.write_text(text)
        assert run("--proof", proof, "--log-key", published.log_key.verifier)[0] == 2


def test_an_entry_is_proved_under_a_witnessed_checkpoint_where_there_is_one(keepers: Keepers) -> None:
    a_placed_log(3)
    with pytest.raises(proving.NotProvable, match="within a minute"):
        proving.proof_of(entry_at(1))
    with keepers.witnessing():
        witnessed = keepers.publish()
    a_placed_log(2)
    later = keepers.publish()
    assert proving.proof_of(entry_at(1)).checkpoint == witnessed.note
    assert proving.proof_of(entry_at(4)).checkpoint == later.note
    with pytest.raises(proving.NotProvable, match="no place yet"):
        proving.proof_of(900)


def test_a_note_with_strangers_lines_is_read(published: Keepers, export: Path) -> None:
    said = Checkpoint.parse(SignedCheckpoint.objects.get(size=7).note.split("\n\n")[0] + "\n")
    other = SigningKey.generate("test.example/stranger", LOG)
    own = note(said.text, other.line(said.text), published.log_key.line(said.text))
    claim = verify_log.read_claim(own, published.keys)
    assert claim is not None
    assert claim.signed(published.keys)
