"""The keys of a log and a witness, a witness that listens, and anchors: what publishing needs in a test."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pytest_django import Settings

from reviewconsole.witness import Server, serve
from verification.audit import publishing, verify_log
from verification.audit.anchors import Anchor
from verification.audit.models import SignedCheckpoint
from verification.audit.notes import LOG, WITNESS, SigningKey
from verification.audit.witness import Witness


@dataclass
class Keepers:
    """Everybody who keeps the log of one test, below one directory."""

    place: Path
    settings: Settings
    log_key: SigningKey = field(default_factory=lambda: SigningKey.generate("test.example/log", LOG))
    witness_key: SigningKey = field(default_factory=lambda: SigningKey.generate("test.example/witness", WITNESS))

    def __post_init__(self) -> None:
        self.settings.LOG_PRIVATE_KEY = self.log_key.secret_text()
        self.settings.LOG_VERIFIER_KEY = str(self.log_key.verifier)
        self.settings.WITNESS_VERIFIER_KEY = str(self.witness_key.verifier)
        self.settings.WITNESS_ADDRESS = ""
        self.settings.ANCHOR_DIRS = [self.place / "anchor"]
        (self.place / "witness").mkdir(exist_ok=True)

    @property
    def judge(self) -> Witness:
        return Witness(self.place / "witness", self.witness_key, [self.log_key.verifier])

    @property
    def anchor(self) -> Anchor:
        return Anchor(self.place / "anchor", self.log_key.verifier)

    @contextmanager
    def witnessing(self) -> Iterator[None]:
        """While this lasts the witness listens, and what is published is witnessed."""
        with listening(self.judge, self.place / "w.sock") as address:
            self.settings.WITNESS_ADDRESS = address
            yield

    def publish(self) -> SignedCheckpoint:
        """A checkpoint now, over all that has its place."""
        assert publishing.publish(at_once=True) == 1
        newest = SignedCheckpoint.objects.last()
        assert newest is not None
        return newest

    @property
    def keys(self) -> verify_log.Keys:
        log, witness = self.log_key.verifier, self.witness_key.verifier
        return verify_log.Keys(
            (verify_log.Key(log.name, log.kind, log.public),),
            (verify_log.Key(witness.name, witness.kind, witness.public),) if self.settings.WITNESS_ADDRESS else (),
        )

    @property
    def anchors(self) -> verify_log.Anchors:
        return verify_log.read_anchors([self.anchor.directory] if self.anchor.directory.exists() else [], self.keys)


@contextmanager
def listening(judge: Witness, path: Path) -> Iterator[str]:
    """A witness that answers on a socket, at the address that is yielded."""
    server: Server = serve(f"unix:{path}", judge)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"unix:{path}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        path.unlink()
