"""Signed notes, checkpoints and proofs as their published examples write them, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verification.audit import proof_file
from verification.audit.checkpoint import BadCheckpoint, Checkpoint, opened
from verification.audit.notes import LOG, WITNESS, BadKey, BadNote, Note, SigningKey, VerifierKey, note

# c2sp.org/signed-note, "Verifier keys": the example's key and note.
FOO = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
FOO_NOTE = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
# The documentation of golang.org/x/mod/sumdb/note, where the form of private keys comes from.
NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NEUMANN_PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
NEUMANN_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
NEUMANN_NOTE = (
    f"{NEUMANN_TEXT}\n— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
# c2sp.org/tlog-cosignature, whose keys are not published: what can be compared is how it is read and what is signed.
SOFA_TEXT = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
SOFA = (
    f"{SOFA_TEXT}\n— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZ"
    "qhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)
# c2sp.org/signed-note, "Format": a text with an empty line in its middle.
SERA = (
    "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
    "— quasimodo.example/salvatore "
    "NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
)
KEY = SigningKey.generate("example.org/log", LOG)


@pytest.mark.parametrize(("vkey", "raw"), [(FOO, FOO_NOTE), (NEUMANN, NEUMANN_NOTE)])
def test_the_published_notes_are_signed_by_their_keys(vkey: str, raw: str) -> None:
    key = VerifierKey.parse(vkey)
    assert str(key) == vkey
    assert Note.parse(raw).signed_by(key) == 0
    assert str(Note.parse(raw)) == raw


def test_the_published_private_key_signs_as_published() -> None:
    key = SigningKey.parse(NEUMANN_PRIVATE)
    assert str(key.verifier) == NEUMANN
    assert key.secret_text() == NEUMANN_PRIVATE
    assert note(NEUMANN_TEXT, key.line(NEUMANN_TEXT)) == NEUMANN_NOTE


def test_a_text_may_hold_an_empty_line() -> None:
    assert Note.parse(SERA).text.endswith(":\n\ned è subito sera.\n")
    assert str(Note.parse(SERA)) == SERA


def test_the_published_checkpoint_and_cosignature_are_read() -> None:
    read = Note.parse(SOFA)
    assert Checkpoint.parse(read.text).size == 20852163
    assert Checkpoint.parse(read.text).text == SOFA_TEXT
    (log, _, signature), (witness, key_id, cosignature) = read.signatures
    assert (log, len(signature), witness, len(cosignature)) == (
        "example.com/behind-the-sofa", 64, "witness.example.com/w1", 8 + 64,
    )  # fmt: skip
    assert (key_id.hex(), int.from_bytes(cosignature[:8], "big")) == ("8d66cf3f", 1679315147)


def test_a_cosignature_vouches_for_its_time() -> None:
    witness = SigningKey.generate("example.org/witness", WITNESS)
    raw = note(SOFA_TEXT, witness.line(SOFA_TEXT, time=1679315147))
    assert Note.parse(raw).signed_by(witness.verifier) == 1679315147
    name, key_id, signature = Note.parse(raw).signatures[0]
    moved = Note(SOFA_TEXT, ((name, key_id, (1679315148).to_bytes(8, "big") + signature[8:]),))
    with pytest.raises(BadNote):
        moved.signed_by(witness.verifier)


def test_a_log_and_a_witness_of_one_key_have_two_ids() -> None:
    log, witness = (VerifierKey("example.org", kind, bytes(32)) for kind in (LOG, WITNESS))
    assert log.id != witness.id


def test_signatures_of_strangers_are_ignored_and_a_broken_one_of_a_known_key_is_not() -> None:
    stranger = SigningKey.generate("example.org/log", LOG)
    text = Checkpoint("example.org/log", 3, bytes(32)).text
    assert Note.parse(note(text, stranger.line(text))).signed_by(KEY.verifier) is None
    both = Note.parse(note(text, stranger.line(text), KEY.line(text)))
    assert both.signed_by(KEY.verifier) == 0
    broken = Note.parse(note(text, KEY.line(text), KEY.line("another text\n")))
    with pytest.raises(BadNote, match="does not hold"):
        broken.signed_by(KEY.verifier)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "no signatures\n",
        "no signatures\n\n",
        "text\n\n— name\n",
        "text\n\n— name AAAA\n",
        "text\n\n- name AAAAAAAAAA==\n",
        "text\n\n— na+me AAAAAAAAAA==\n",
        "text\n\n— na\u00a0me AAAAAAAAAA==\n",
        "text\n\n— name AAAAAAAAAA==",
        "text\n\n— name AAAAAAAAAB==\n",
        "te\txt\n\n— name AAAAAAAAAA==\n",
        "te\rxt\n\n— name AAAAAAAAAA==\n",
        "text\n\n" + "— name AAAAAAAAAA==\n" * 101,
        "x" * 70_000 + "\n\n— name AAAAAAAAAA==\n",
    ],
)
def test_what_is_no_note_is_refused(raw: str) -> None:
    with pytest.raises(BadNote):
        Note.parse(raw)


@pytest.mark.parametrize(
    "text",
    [
        "", "name", FOO.replace("530d903a", "530d903b"), FOO.replace("example.com/foo", "example.com/bar"), FOO + "=",
        FOO.replace("+Aeky", "+Aoky"), FOO.replace("530d903a", "53 0d 90 3a"), "+530d903a+AekyeRrm",
    ],
)  # fmt: skip
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(BadKey):
        VerifierKey.parse(text)
    with pytest.raises(BadKey):
        SigningKey.parse(f"PRIVATE+KEY+{text}")


def test_a_private_key_shows_nowhere() -> None:
    seed = KEY.secret_text().split("+", 4)[-1]  # base64 has a "+" of its own
    assert len(seed) == 44
    assert seed not in repr(KEY)
    assert seed not in f"{KEY}"
    with pytest.raises(BadKey) as refused:
        SigningKey.parse(KEY.secret_text().replace("example.org", "example.com"))
    assert seed not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "", "origin\n5\n", "origin\n5\nAAAA\n", "\n5\n" + "A" * 43 + "=\n", "origin\n05\n" + "A" * 43 + "=\n",
        "origin\n-5\n" + "A" * 43 + "=\n", "origin\n٥\n" + "A" * 43 + "=\n", "origin\n\n" + "A" * 43 + "=\n",
        f"origin\n{1 << 63}\n" + "A" * 43 + "=\n", "origin\n5\n" + "A" * 43 + "=", "origin\n5\n" + "A" * 43 + "=\n\n",
    ],
)  # fmt: skip
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(BadCheckpoint):
        Checkpoint.parse(text)


def test_a_checkpoint_counts_only_with_the_logs_own_signature() -> None:
    said = Checkpoint(KEY.name, 3, bytes(32))
    assert opened(said.signed(KEY), KEY.verifier)[0] == said
    other = SigningKey.generate(KEY.name, LOG)
    with pytest.raises(BadCheckpoint):
        opened(said.signed(other), KEY.verifier)
    with pytest.raises(BadCheckpoint):
        opened(Checkpoint("example.org/another", 3, bytes(32)).signed(KEY), KEY.verifier)


def test_extension_lines_are_carried_and_left_alone() -> None:
    text = Checkpoint(KEY.name, 3, bytes(32)).text + "something else\n"
    said, read = opened(note(text, KEY.line(text)), KEY.verifier)
    assert (said.size, read.text) == (3, text)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**62), st.lists(st.binary(min_size=32, max_size=32), max_size=63), st.binary(max_size=90))
def test_a_proof_reads_back_as_it_was_written(index: int, path: list[bytes], entry: bytes) -> None:
    proof = proof_file.Proof(index, tuple(path), SOFA, entry)
    assert proof_file.parse(str(proof)) == proof


def test_a_proof_is_written_as_the_published_one() -> None:
    written = str(proof_file.Proof(73894, (bytes(32),), SOFA, b"x"))
    assert written == f"c2sp.org/tlog-proof@v1\nextra eA==\nindex 73894\n{'A' * 43}=\n\n{SOFA}"


@pytest.mark.parametrize(
    "text",
    [
        "", SOFA, f"c2sp.org/tlog-proof@v2\nindex 1\n\n{SOFA}", f"c2sp.org/tlog-proof@v1\n\n{SOFA}",
        f"c2sp.org/tlog-proof@v1\nindex 01\n\n{SOFA}", f"c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\n{SOFA}",
        f"c2sp.org/tlog-proof@v1\nextra ?\nindex 1\n\n{SOFA}", "c2sp.org/tlog-proof@v1\nindex 1\n",
    ],
)  # fmt: skip
def test_what_is_no_proof_is_refused(text: str) -> None:
    with pytest.raises(proof_file.BadProof):
        proof_file.parse(text)
