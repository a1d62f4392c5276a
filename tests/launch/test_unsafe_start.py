"""A process that holds what it must not, or lacks what it needs, does not start."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings

from verification.audit.notes import LOG, WITNESS, SigningKey
from verification.vault.crypto import new_keypair

PRIVATE, PUBLIC = new_keypair()
LOG_KEY, WITNESS_KEY = SigningKey.generate("test.example/log", LOG), SigningKey.generate("test.example/w", WITNESS)
SIGNS = {"LOG_PRIVATE_KEY": LOG_KEY.secret_text()}
COUNTERSIGNS = {"WITNESS_PRIVATE_KEY": WITNESS_KEY.secret_text()}
SWEEPER = {"PROCESS_ROLE": "sweeper", "LOG_VERIFIER_KEY": str(LOG_KEY.verifier)} | SIGNS
OTHER_LOG = {"LOG_VERIFIER_KEY": str(SigningKey.generate("test.example/log", LOG).verifier)}
WEB = {"PROCESS_ROLE": "web", "FRAME_PUBLIC_KEY": PUBLIC, "CROP_PRIVATE_KEY": PRIVATE, "TRACE_KEY": PRIVATE}
NO_ROLE = {name: value for name, value in WEB.items() if name != "PROCESS_ROLE"}
WORKER = {"PROCESS_ROLE": "worker", "FRAME_PUBLIC_KEY": PUBLIC, "FRAME_PRIVATE_KEY": PRIVATE, "CROP_PUBLIC_KEY": PUBLIC}


def start(variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    ours = ("FRAME_", "CROP_", "TRACE_", "LOG_", "WITNESS_", "PROCESS_ROLE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return subprocess.run(
        [sys.executable, "-c", "import reviewconsole.wsgi"],
        env=kept | variables,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("variables", [WEB, WORKER, SWEEPER])
def test_a_process_with_its_own_keys_starts(variables: dict[str, str]) -> None:
    assert start(variables).returncode == 0


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        (WEB | {"FRAME_PRIVATE_KEY": PRIVATE}, "The web process holds FRAME_PRIVATE_KEY."),
        (WORKER | {"CROP_PRIVATE_KEY": PRIVATE}, "The worker process holds CROP_PRIVATE_KEY."),
        (NO_ROLE | {"FRAME_PRIVATE_KEY": PRIVATE}, "The web process holds FRAME_PRIVATE_KEY."),
        (SWEEPER | {"FRAME_PRIVATE_KEY": PRIVATE}, "The sweeper process holds FRAME_PRIVATE_KEY."),
        (WEB | SIGNS, "The web process holds LOG_PRIVATE_KEY."),
        (WORKER | SIGNS, "The worker process holds LOG_PRIVATE_KEY."),
        (SWEEPER | COUNTERSIGNS, "The sweeper process holds WITNESS_PRIVATE_KEY."),
        ({"PROCESS_ROLE": "sweeper"}, "The sweeper process needs LOG_PRIVATE_KEY."),
        (SWEEPER | OTHER_LOG, "LOG_VERIFIER_KEY is not the public half of LOG_PRIVATE_KEY."),
        (SWEEPER | {"LOG_PRIVATE_KEY": WITNESS_KEY.secret_text()}, "LOG_PRIVATE_KEY is a key of the other kind."),
        (WEB | {"WITNESS_VERIFIER_KEY": "a+b+c"}, "WITNESS_VERIFIER_KEY cannot be read."),
        ({"PROCESS_ROLE": "web"}, "The web process needs FRAME_PUBLIC_KEY."),
        (WEB | {"TRACE_KEY": ""}, "The web process needs TRACE_KEY."),
        (WEB | {"TRACE_KEY": "c2hvcnQ="}, "TRACE_KEY is not 32 bytes in base64."),
        (WORKER | {"TRACE_KEY": PRIVATE}, "The worker process holds TRACE_KEY."),
        (SWEEPER | {"TRACE_KEY": PRIVATE}, "The sweeper process holds TRACE_KEY."),
        (WEB | {"FRAME_PUBLIC_KEY": "c2hvcnQ="}, "FRAME_PUBLIC_KEY is not 32 bytes in base64."),
        (WEB | {"DEBUG": "true"}, "DEBUG is on."),
        (WORKER | {"MODELS_DIR": "/nowhere"}, "Run `python3 manage.py models fetch`."),
    ],
)
def test_an_unsafe_process_refuses_with_a_sentence(variables: dict[str, str], sentence: str) -> None:
    refused = start(variables)
    assert refused.returncode != 0
    assert sentence in refused.stderr
    for secret in (PRIVATE, LOG_KEY.secret_text(), WITNESS_KEY.secret_text()):
        assert secret not in refused.stderr
