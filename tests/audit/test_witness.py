"""The witness countersigns what follows from what it saw, and nothing else, whatever dies or lies."""

from __future__ import annotations

import http.client
import json
import threading
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path

import pytest

from reviewconsole.witness import MAX_REQUEST
from verification.audit import tree, witness
from verification.audit.checkpoint import Checkpoint
from verification.audit.notes import LOG, WITNESS, Note, SigningKey
from verification.audit.witness_client import WitnessAhead, WitnessAway, WitnessClient, WitnessRefused

from .keepers import listening
from .test_tree import over, plain_head, some_leaves

KEY = SigningKey.generate("test.example/log", LOG)
OWN = SigningKey.generate("test.example/witness", WITNESS)
LEAVES = some_leaves(40)
FORGED = [*LEAVES[:5], b"forged", *LEAVES[6:]]
NOW = 1_800_000_000


@pytest.fixture
def judge(tmp_path: Path) -> witness.Witness:
    return witness.Witness(tmp_path, OWN, [KEY.verifier])


def signed(size: int, leaves: Sequence[bytes] = LEAVES, key: SigningKey = KEY) -> str:
    return Checkpoint(key.name, size, plain_head(list(leaves[:size]))).signed(key)


def request(old: int, size: int, leaves: Sequence[bytes] = LEAVES, key: SigningKey = KEY) -> str:
    proof = tree.consistency(old, size, over(list(leaves))) if old <= size else []
    steps = "".join(f"{b64encode(step).decode()}\n" for step in proof)
    return f"old {old}\n{steps}\n{signed(size, leaves, key)}"


def test_what_follows_is_countersigned_with_the_time(judge: witness.Witness) -> None:
    for old, size in ((0, 7), (7, 7), (7, 20), (20, 33)):
        line = judge.add_checkpoint(request(old, size), NOW + size)
        assert Note.parse(signed(size) + line).signed_by(OWN.verifier) == NOW + size


def test_it_remembers_through_a_restart(judge: witness.Witness) -> None:
    judge.add_checkpoint(request(0, 7), NOW)
    again = witness.Witness(judge.directory, OWN, [KEY.verifier])
    with pytest.raises(witness.Stale) as stale:
        again.add_checkpoint(request(0, 9), NOW)
    assert stale.value.size == 7
    assert again.add_checkpoint(request(7, 9), NOW)


def test_a_log_that_goes_back_gets_nothing(judge: witness.Witness) -> None:
    judge.add_checkpoint(request(0, 20), NOW)
    with pytest.raises(witness.Stale):
        judge.add_checkpoint(request(0, 12), NOW)
    with pytest.raises(witness.Malformed):
        judge.add_checkpoint(request(20, 12), NOW)


def test_another_past_gets_nothing_and_is_kept_as_evidence(judge: witness.Witness) -> None:
    judge.add_checkpoint(request(0, 20), NOW)
    for split in (request(20, 20, FORGED), request(20, 33, FORGED)):
        with pytest.raises(witness.Inconsistent):
            judge.add_checkpoint(split, NOW)
    kept = [json.loads(line)["request"] for line in (judge.directory / "refused.jsonl").read_text().splitlines()]
    assert kept == [request(20, 20, FORGED), request(20, 33, FORGED)]
    # What it remembers is what it was.
    assert judge.add_checkpoint(request(20, 33), NOW)


def test_what_the_logs_key_did_not_sign_gets_nothing(judge: witness.Witness) -> None:
    thief = SigningKey.generate(KEY.name, LOG)
    with pytest.raises(witness.NotSigned):
        judge.add_checkpoint(request(0, 7, key=thief), NOW)
    with pytest.raises(witness.NotSigned):
        judge.add_checkpoint(request(0, 7).replace("\n7\n", "\n8\n"), NOW)
    with pytest.raises(witness.UnknownLog):
        judge.add_checkpoint(request(0, 7, key=SigningKey.generate("test.example/other", LOG)), NOW)
    assert not list(judge.directory.iterdir())


def test_the_head_of_nothing_is_that_of_the_empty_tree(judge: witness.Witness) -> None:
    with pytest.raises(witness.Inconsistent):
        judge.add_checkpoint(f"old 0\n\n{Checkpoint(KEY.name, 0, bytes(32)).signed(KEY)}", NOW)
    assert judge.add_checkpoint(f"old 0\n\n{signed(0)}", NOW)
    with pytest.raises(witness.Inconsistent):
        judge.add_checkpoint(f"old 0\n{b64encode(bytes(32)).decode()}\n\n{signed(5)}", NOW)


@pytest.mark.parametrize(
    "text",
    [
        "", "old 0\n", f"old\n\n{signed(5)}", f"old 00\n\n{signed(5)}", f"old -1\n\n{signed(5)}", f"0\n\n{signed(5)}",
        f"old 0\nAAAA\n\n{signed(5)}", f"old 0\n?\n\n{signed(5)}", "old 0\n\nnot a note\n",
        f"old 1\n{(b64encode(bytes(32)).decode() + chr(10)) * 64}\n{signed(5)}",
    ],
)  # fmt: skip
def test_what_is_no_request_is_refused(judge: witness.Witness, text: str) -> None:
    with pytest.raises(witness.Malformed):
        judge.add_checkpoint(text, NOW)


def test_a_memory_that_was_damaged_is_not_taken_for_none(judge: witness.Witness) -> None:
    judge.add_checkpoint(request(0, 7), NOW)
    (place,) = judge.directory.glob("*.checkpoint")
    for damage in ("", place.read_text()[:-20], signed(3)):
        place.write_text(damage)
        with pytest.raises(witness.Forgotten):
            judge.add_checkpoint(request(0, 9), NOW)


def test_of_two_that_come_at_once_one_is_told_that_it_is_late(judge: witness.Witness) -> None:
    judge.add_checkpoint(request(0, 7), NOW)
    other = witness.Witness(judge.directory, OWN, [KEY.verifier])
    got: list[str] = []

    def ask(judge: witness.Witness, size: int) -> None:
        try:
            got.append(judge.add_checkpoint(request(7, size), NOW))
        except witness.Stale:
            got.append("late")

    askers = [threading.Thread(target=ask, args=(one, size)) for one, size in ((judge, 9), (other, 12), (judge, 15))]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert got.count("late") == 2


# ── over HTTP ──


def client(address: str) -> WitnessClient:
    return WitnessClient(address, OWN.verifier)


def cosign(address: str, size: int, old: int, leaves: Sequence[bytes] = LEAVES) -> tuple[str, int]:
    said = Checkpoint(KEY.name, size, plain_head(list(leaves[:size])))

    def prove(old: int) -> list[bytes]:
        return tree.consistency(old, size, over(list(leaves))) if old <= size else []

    return client(address).cosign(said, said.signed(KEY), old, prove)


def test_a_client_that_does_not_know_what_is_remembered_is_told_and_proves_from_there(judge: witness.Witness) -> None:
    with listening(judge, judge.directory / "s") as address:
        cosign(address, 7, 0)
        note, time = cosign(address, 20, 0)
        assert Note.parse(note).signed_by(OWN.verifier) == time
        assert Note.parse(note).signed_by(KEY.verifier) == 0
        with pytest.raises(WitnessAhead, match="remembers 20"):
            cosign(address, 12, 7)
        with pytest.raises(WitnessRefused, match="422"):
            cosign(address, 33, 20, FORGED)


def test_a_witness_that_is_away_is_said_to_be_away(tmp_path: Path) -> None:
    for address in (f"unix:{tmp_path}/nobody", "http://127.0.0.1:9"):
        with pytest.raises(WitnessAway):
            cosign(address, 7, 0)


def test_an_answer_by_another_key_is_not_taken_over(tmp_path: Path) -> None:
    other = SigningKey.generate("test.example/other", WITNESS)
    with (
        listening(witness.Witness(tmp_path, other, [KEY.verifier]), tmp_path / "s") as address,
        pytest.raises(WitnessRefused, match="another key"),
    ):
        cosign(address, 7, 0)


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "kind"),
    [
        ("POST", "/add-checkpoint", request(0, 9), 409, "text/x.tlog.size"),
        ("POST", "/add-checkpoint", request(7, 9, FORGED), 422, "text/plain"),
        ("POST", "/add-checkpoint", "nothing", 400, "text/plain"),
        ("POST", "/add-checkpoint", "x" * (MAX_REQUEST + 1), 400, "text/plain"),
        ("POST", "/add-checkpoint", request(0, 7, key=SigningKey.generate("x.example", LOG)), 404, "text/plain"),
        ("POST", "/add-checkpoint", request(7, 9, key=SigningKey.generate(KEY.name, LOG)), 403, "text/plain"),
        ("POST", "/elsewhere", "", 404, "text/plain"),
        ("GET", "/0123/checkpoint", None, 404, "text/plain"),
    ],
)
def test_the_standards_answers(
    judge: witness.Witness, method: str, path: str, body: str | None, status: int, kind: str
) -> None:
    judge.add_checkpoint(request(0, 7), NOW)
    with listening(judge, judge.directory / "s") as address:
        connection = client_connection(address)
        connection.request(method, path, body and body.encode())
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
    assert (answer.status, answer.headers.get_content_type()) == (status, kind)
    assert text == "7\n" if status == 409 else text


def test_the_newest_checkpoint_can_be_read(judge: witness.Witness) -> None:
    line = judge.add_checkpoint(request(0, 7), NOW)
    (place,) = judge.directory.glob("*.checkpoint")
    with listening(judge, judge.directory / "s") as address:
        connection = client_connection(address)
        connection.request("GET", f"/{place.stem}/checkpoint")
        assert connection.getresponse().read().decode() == signed(7) + line
        connection.close()


def client_connection(address: str) -> http.client.HTTPConnection:
    from verification.audit.witness_client import _connection

    return _connection(address)[0]
