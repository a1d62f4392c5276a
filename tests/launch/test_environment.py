"""Each process holds the keys of its role and no others."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from reviewconsole.embedded import environment, keys, places
from verification.audit.notes import SigningKey

PRIVATE = {"FRAME_PRIVATE_KEY", "CROP_PRIVATE_KEY", "LOG_PRIVATE_KEY", "WITNESS_PRIVATE_KEY"}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> places.Places:
    for name in environment.ALL_KEYS:
        monkeypatch.delenv(f"{name}_FILE", raising=False)
    here = places.places(tmp_path / "data")
    here.make()
    keys.make(here.keys)
    return here


def held(role: str, here: places.Places) -> set[str]:
    env = environment.of_role(role, here)
    return {name for name in environment.ALL_KEYS if name in env or f"{name}_FILE" in env}


@pytest.mark.parametrize(
    ("role", "private"),
    [
        ("web", {"CROP_PRIVATE_KEY"}),
        ("worker", {"FRAME_PRIVATE_KEY"}),
        ("sweeper", {"LOG_PRIVATE_KEY"}),
        ("command", set()),
    ],
)
def test_one_process_alone_opens_frames_one_opens_crops_and_one_signs_the_log(
    here: places.Places, role: str, private: set[str]
) -> None:
    assert held(role, here) & PRIVATE == private


def test_only_who_marks_looks_or_traces_them_holds_the_trace_key(here: places.Places) -> None:
    assert {role for role in environment.KEYS_OF_ROLE if "TRACE_KEY" in held(role, here)} == {"web", "command"}


@pytest.mark.parametrize("form", ["{}", "{}_FILE"])
def test_a_key_in_the_callers_environment_reaches_only_its_role(
    here: places.Places, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setenv(form.format("FRAME_PRIVATE_KEY"), "the caller's own")
    assert "FRAME_PRIVATE_KEY" not in held("web", here)
    assert environment.of_role("worker", here)[form.format("FRAME_PRIVATE_KEY")] == "the caller's own"


def test_servers_named_by_the_caller_are_used_except_by_the_demo(
    here: places.Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/real")
    assert environment.of_role("web", here)["DATABASE_URL"] == "postgresql://elsewhere/real"
    assert str(here.sockets) in environment.of_role("web", here, embedded=True)["DATABASE_URL"]


def test_keys_are_made_once_and_their_halves_belong_together(here: places.Places) -> None:
    before = {path.name: path.read_text() for path in here.keys.iterdir()}
    keys.make(here.keys)
    assert {path.name: path.read_text() for path in here.keys.iterdir()} == before
    assert set(before) == set(environment.ALL_KEYS)
    for pair in ("FRAME", "CROP"):
        private = X25519PrivateKey.from_private_bytes(base64.b64decode(before[f"{pair}_PRIVATE_KEY"]))
        assert base64.b64decode(before[f"{pair}_PUBLIC_KEY"]) == private.public_key().public_bytes_raw()


def test_the_witness_is_given_its_key_and_nothing_of_the_site(
    here: places.Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMAIL_URL", "smtp://user:secret@host")
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/real")
    env = environment.of_witness(here)
    assert {name for name in environment.ALL_KEYS if name in env or f"{name}_FILE" in env} == {
        "WITNESS_PRIVATE_KEY", "LOG_VERIFIER_KEY",
    }  # fmt: skip
    assert not {"DATABASE_URL", "REDIS_URL", "EMAIL_URL"} & set(env)


def test_another_witness_of_the_callers_is_asked_instead(here: places.Places, monkeypatch: pytest.MonkeyPatch) -> None:
    assert environment.of_role("sweeper", here)["WITNESS_ADDRESS"] == environment.witness_address(here)
    monkeypatch.setenv("WITNESS_ADDRESS", "https://witness.example")
    assert environment.of_role("sweeper", here)["WITNESS_ADDRESS"] == "https://witness.example"
    assert environment.of_role("sweeper", here, embedded=True)["WITNESS_ADDRESS"] == environment.witness_address(here)


def test_the_log_and_its_witness_are_known_by_the_keys_that_they_sign_with(here: places.Places) -> None:
    for pair in ("LOG", "WITNESS"):
        private = SigningKey.parse((here.keys / f"{pair}_PRIVATE_KEY").read_text())
        assert (here.keys / f"{pair}_VERIFIER_KEY").read_text() == str(private.verifier)


def test_key_files_are_for_their_owner_alone(here: places.Places) -> None:
    assert {path.stat().st_mode & 0o777 for path in here.keys.iterdir()} == {0o600}
    assert here.keys.stat().st_mode & 0o777 == 0o700
