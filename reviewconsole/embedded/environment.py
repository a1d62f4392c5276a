"""The environment of each process: who is given which key, and where the services are.

Secrets are handed over as files (`NAME_FILE`), never as values, so that they do not show in a process list. On one
machine all processes belong to one account, which could read each other's files; the separation is complete only where
the web process runs under an account, or on a machine, of its own.
"""

from __future__ import annotations

import os

from . import keys, postgres, valkey
from .places import BASE, Places, default_data, places

SHARED = ("DJANGO_SECRET_KEY", "PSEUDONYM_KEY")
VERIFIERS = ("LOG_VERIFIER_KEY", "WITNESS_VERIFIER_KEY")
# The web process seals frames and opens crops, marking each; the worker opens frames and seals crops; nobody else opens
# anything. Commands trace a leaked picture by its mark. The sweeper signs the audit log, and the witness, who knows
# nothing else, countersigns it.
KEYS_OF_ROLE = {
    "web": (*SHARED, *VERIFIERS, "FRAME_PUBLIC_KEY", "CROP_PRIVATE_KEY", "TRACE_KEY"),
    "worker": (*SHARED, *VERIFIERS, "FRAME_PUBLIC_KEY", "FRAME_PRIVATE_KEY", "CROP_PUBLIC_KEY"),
    "sweeper": (*SHARED, *VERIFIERS, "LOG_PRIVATE_KEY"),
    "command": (*SHARED, *VERIFIERS, "FRAME_PUBLIC_KEY", "CROP_PUBLIC_KEY", "TRACE_KEY"),
    "witness": ("LOG_VERIFIER_KEY", "WITNESS_PRIVATE_KEY"),
}
# The worker alone sends e-mail, so nobody else is given the mail server's password.
OF_THE_WORKER = ("EMAIL_URL",)
ALL_KEYS = (
    *SHARED,
    *VERIFIERS,
    "FRAME_PUBLIC_KEY",
    "FRAME_PRIVATE_KEY",
    "CROP_PUBLIC_KEY",
    "CROP_PRIVATE_KEY",
    "TRACE_KEY",
    "LOG_PRIVATE_KEY",
    "WITNESS_PRIVATE_KEY",
)
# What the witness may know of the caller's environment: how to run, and nothing of the site.
_OF_THE_WITNESS = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE")


def given(name: str) -> bool:
    """Whether the caller's environment names a value itself, directly or as a file."""
    return name in os.environ or f"{name}_FILE" in os.environ


def of_role(role: str, here: Places, *, embedded: bool = False) -> dict[str, str]:
    """The whole environment of a process: the caller's, less the keys the role may not have, plus what is missing.

    With `embedded` the embedded services are used even where the caller's environment names others.
    """
    others = [name for name in ALL_KEYS if name not in KEYS_OF_ROLE[role]]
    others += OF_THE_WORKER if role != "worker" else ()
    withheld = {form for name in others for form in (name, f"{name}_FILE")}
    env = {name: value for name, value in os.environ.items() if name not in withheld}
    for name in KEYS_OF_ROLE[role]:
        if not given(name):
            env[f"{name}_FILE"] = str(here.keys / name)
    for name, address in _services(here).items():
        if embedded or not given(name):
            env.pop(f"{name}_FILE", None)
            env[name] = address
    env |= {"PROCESS_ROLE": role, "DJANGO_SETTINGS_MODULE": "reviewconsole.settings", "PYTHONUNBUFFERED": "1"}
    # Plain HTTP on the loopback address unless the caller says that TLS stands in front.
    defaults = {"HTTPS": "false", "DATA_DIR": str(here.data)}
    return defaults | env | ({"DATA_DIR": str(here.data)} if embedded else {})


def of_witness(here: Places) -> dict[str, str]:
    """The environment of the witness: its key, the log's public key, where it listens and where it remembers."""
    env = {name: os.environ[name] for name in _OF_THE_WITNESS if name in os.environ}
    for name in KEYS_OF_ROLE["witness"]:
        form = name if name in os.environ else f"{name}_FILE"
        env[form] = os.environ.get(form, str(here.keys / name))
    return env | {
        "PROCESS_ROLE": "witness",
        "WITNESS_ADDRESS": witness_address(here),
        "WITNESS_DIR": str(here.witness),
        "PYTHONUNBUFFERED": "1",
    }


def witness_address(here: Places) -> str:
    return f"unix:{here.sockets / 'witness.sock'}"


def _services(here: Places) -> dict[str, str]:
    return {
        "DATABASE_URL": postgres.url(here.sockets),
        "REDIS_URL": valkey.url(here.sockets),
        "WITNESS_ADDRESS": witness_address(here),
    }


def adopt_for_commands() -> None:
    """Let an ordinary management command see this machine's installation, unless its environment names a database."""
    if given("DATABASE_URL") or given("DJANGO_SECRET_KEY"):
        return
    here = places(default_data())
    here.make()
    keys.make(here.keys)
    os.environ.update(of_role("command", here))


__all__ = ["BASE", "adopt_for_commands", "given", "of_role"]
