"""The cage around the decoder: what the child may not do, and what happens to a submission when it dies or hangs."""

import threading
from ast import literal_eval
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.intake import pictures
from tests.intake.pictures import encoded, quarters, with_comment
from verification.intake import images
from verification.intake.decoder_process import PROGRAM, DecoderGone, DecoderLimits, DecoderProcess
from verification.intake.images import NormalisedImage, RefusedImage, normalise_images

# The real program, except that a word in a picture's comment makes the child misbehave.
MISBEHAVING = f"""
import importlib.util, os, signal, socket, sys, time
spec = importlib.util.spec_from_file_location("decoder", {str(PROGRAM)!r})
decoder = importlib.util.module_from_spec(spec)
spec.loader.exec_module(decoder)
honest = decoder.answer
def attempt(action):
    try:
        action()
    except OSError as problem:
        return b"refused:%d" % problem.errno
    return b"allowed"
def pixels(text):
    return decoder._reply(b"k", 16, 16, text.ljust(16 * 16 * 3, b" "))
def answer(data, max_pixels, max_side):
    if b"please hang" in data:
        time.sleep(60)
    if b"please die" in data:
        os.kill(os.getpid(), signal.SIGKILL)
    if b"please spin" in data:
        while True: pass
    if b"please lie about size" in data:
        return decoder._reply(b"k", 5000, 5000, b"")
    if b"please lie about status" in data:
        return decoder._reply(b"?", 64, 64, b"")
    if b"please stop halfway" in data:
        decoder.channel.sendall(decoder._reply(b"k", 64, 64, b"half"))
        os._exit(0)
    if b"please open" in data:
        return pixels(attempt(lambda: os.open("/proc/self/status", os.O_RDONLY)))
    if b"please connect" in data:
        return pixels(attempt(lambda: socket.socket(socket.AF_INET)))
    if b"please write" in data:
        return pixels(attempt(lambda: os.write(decoder.file, b"x")))
    if b"please tell" in data:
        return pixels(repr((dict(os.environ), os.getcwd(), sys.flags.isolated)).encode())
    return honest(data, max_pixels, max_side)
decoder.answer = answer
decoder.channel = socket.socket(fileno=os.dup(0))
decoder.file = os.open(__file__ + ".out", os.O_WRONLY | os.O_CREAT)
decoder.main(sys.argv[1:])
"""


@pytest.fixture
def misbehaving(tmp_path: Path) -> Path:
    program = tmp_path / "misbehaving.py"
    program.write_text(MISBEHAVING)
    return program


def asking(for_what: str) -> bytes:
    return with_comment(pictures.jpeg(), for_what.encode())


def outcomes(uploads: list[bytes], program: Path, limits: DecoderLimits | None = None) -> list[str]:
    results = normalise_images(uploads, limits=limits or DecoderLimits(), program=program)
    return [result.code.value if isinstance(result, RefusedImage) else "normalised" for result in results]


def said(for_what: str, program: Path) -> str:
    with DecoderProcess(DecoderLimits(), program) as child:
        return child.decode(asking(for_what)).rgb.decode().strip()


def status_of(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


@pytest.fixture
def child() -> Iterator[DecoderProcess]:
    """A real child that has answered once, so that its limits are set."""
    with DecoderProcess(DecoderLimits()) as process:
        process.decode(pictures.jpeg())
        yield process


def test_a_child_that_dies_costs_one_picture(misbehaving: Path) -> None:
    uploads = [pictures.jpeg(), asking("please die"), pictures.png()]

    assert outcomes(uploads, misbehaving) == ["normalised", "image_decoder_failed", "normalised"]


def test_a_child_that_hangs_costs_one_picture(misbehaving: Path) -> None:
    uploads = [asking("please hang"), pictures.png(), asking("please hang"), pictures.webp()]

    assert outcomes(uploads, misbehaving, DecoderLimits(wall_seconds=6)) == [
        "image_decoding_timed_out",
        "normalised",
        "image_decoding_timed_out",
        "normalised",
    ]


def test_a_child_that_spins_is_stopped_by_its_processor_limit(misbehaving: Path) -> None:
    # However long it takes to get its second where others want the processor too.
    limits = DecoderLimits(cpu_seconds=1, wall_seconds=60)
    assert outcomes([asking("please spin")], misbehaving, limits) == ["image_decoder_failed"]


@pytest.mark.parametrize("lie", ["please lie about size", "please lie about status", "please stop halfway"])
def test_a_child_that_lies_is_not_believed(misbehaving: Path, lie: str) -> None:
    assert outcomes([asking(lie), pictures.png()], misbehaving) == ["image_decoder_failed", "normalised"]


def test_a_child_that_was_killed_between_pictures(child: DecoderProcess) -> None:
    child._process.kill()
    child._process.wait()

    with pytest.raises(DecoderGone, match="image_decoder_failed"):
        child.decode(pictures.jpeg())


def test_a_program_that_cannot_start_refuses_the_pictures(tmp_path: Path) -> None:
    assert outcomes([pictures.jpeg()], tmp_path / "missing.py") == ["image_decoder_failed"]


def test_too_little_memory_is_an_answer_and_not_a_crash() -> None:
    large = encoded(quarters(5000, 5000), "WEBP", method=0)

    assert outcomes([large, pictures.jpeg()], PROGRAM, DecoderLimits(address_space=256 << 20)) == [
        "image_decoder_failed",
        "normalised",
    ]


def test_the_child_can_open_nothing_not_even_for_reading(misbehaving: Path) -> None:
    assert said("please open", misbehaving) == "refused:24"  # EMFILE


def test_the_child_cannot_write_even_to_a_file_that_was_left_open(misbehaving: Path) -> None:
    assert said("please write", misbehaving) == "refused:27"  # EFBIG
    assert misbehaving.with_name("misbehaving.py.out").stat().st_size == 0


def test_the_child_can_reach_no_network(misbehaving: Path) -> None:
    assert said("please connect", misbehaving) == "refused:24"


def test_the_child_knows_nothing_of_our_environment(misbehaving: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRAME_PRIVATE_KEY", "a secret")

    environment, directory, isolated = literal_eval(said("please tell", misbehaving))
    assert set(environment) <= {"LC_CTYPE"}  # Python's own, set when the locale is plain C.
    assert directory == "/"
    assert isolated == 1


def test_the_child_has_one_descriptor_to_us_and_none_to_any_file(child: DecoderProcess) -> None:
    open_files = {link.name: str(link.readlink()) for link in Path(f"/proc/{child.pid}/fd").iterdir()}

    assert set(open_files) == {"0", "1", "2"}
    assert open_files["0"].startswith("socket:")
    assert open_files["1"] == open_files["2"] == "/dev/null"


def test_the_child_cannot_gain_privileges(child: DecoderProcess) -> None:
    assert status_of(child.pid)["NoNewPrivs"] == "1"


def test_the_child_is_held_to_every_limit(child: DecoderProcess) -> None:
    lines = Path(f"/proc/{child.pid}/limits").read_text().splitlines()[1:]
    limits = {line[:26].strip(): line[26:].split()[:2] for line in lines}

    assert limits["Max address space"] == [str(768 << 20)] * 2
    assert limits["Max cpu time"] == ["30", "30"]
    for name in ("Max file size", "Max core file size", "Max open files", "Max processes"):
        assert limits[name] == ["0", "0"], name


def test_leaving_kills_and_reaps_the_child() -> None:
    with DecoderProcess(DecoderLimits()) as child:
        pid = child.pid

    assert not Path(f"/proc/{pid}").exists()


def test_one_child_serves_all_pictures_of_a_submission(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[int] = []
    start = DecoderProcess.__enter__

    def counted(self: DecoderProcess) -> DecoderProcess:
        started.append(self.pid)
        return start(self)

    monkeypatch.setattr(DecoderProcess, "__enter__", counted)

    assert outcomes([pictures.jpeg()] * 11, PROGRAM) == ["normalised"] * 11
    assert len(started) == 1


def test_no_child_is_started_for_what_the_walk_refuses(tmp_path: Path) -> None:
    assert outcomes([b"", b"junk"], tmp_path / "missing.py") == ["image_empty", "image_type_not_accepted"]


def test_sixteen_submissions_share_the_places_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most, guard = 0, 0, threading.Lock()
    enter, leave = DecoderProcess.__enter__, DecoderProcess.__exit__

    def entered(self: DecoderProcess) -> DecoderProcess:
        nonlocal running, most
        with guard:
            running += 1
            most = max(most, running)
        return enter(self)

    def left(self: DecoderProcess, *how: Any) -> None:
        nonlocal running
        with guard:
            running -= 1
        leave(self, *how)

    monkeypatch.setattr(DecoderProcess, "__enter__", entered)
    monkeypatch.setattr(DecoderProcess, "__exit__", left)
    results: list[NormalisedImage | RefusedImage] = []
    threads = [threading.Thread(target=lambda: results.extend(normalise_images([pictures.jpeg()]))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [type(result) for result in results] == [NormalisedImage] * 16
    assert 1 <= most <= images.CHILDREN_AT_ONCE


def test_when_all_places_stay_taken_the_sender_may_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "_places", threading.BoundedSemaphore(1))
    monkeypatch.setattr(images, "WAIT_SECONDS", 0.05)

    with images.place_for_a_child(), pytest.raises(images.DecodersBusyError):
        normalise_images([pictures.jpeg()])
    assert isinstance(normalise_images([pictures.jpeg()])[0], NormalisedImage)


def test_nothing_is_written_to_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    normalise_images([pictures.jpeg(), pictures.png(), pictures.webp(), b"junk"])

    assert list(tmp_path.iterdir()) == []
