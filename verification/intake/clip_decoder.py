"""The child process that decodes hostile clips. Run as a program by ``clip_decoder_process``; never imported to decode.

Started as ``python -I -S -B clip_decoder.py PYAV_DIRECTORY ADDRESS_SPACE CPU_SECONDS MAX_FRAMES MAX_SIDE MAX_MS
SAMPLES_PER_SECOND SAMPLE_RATE``, in the same cage as the child for pictures, whose code it loads from the file beside
it: it loads FFmpeg's libraries, locks itself in, and only then reads the first byte. One child serves one clip.

Conversation on the socket, numbers big-endian: eight bytes of length and the clip come in. Out go, for each sampled
frame, ``v``, its time in ms (4), width (2), height (2), degrees to turn it anticlockwise (2) and its RGB bytes; then
``a``, a length (4) and the sound; last ``k``, a length (4) and the facts as JSON. Or, at any point, one byte that says
why the clip is refused.

FFmpeg is told everything and left to guess nothing: the demuxer is named by the first bytes (so no playlist is ever
tried), no protocol may be opened, only the listed decoders exist for it (also while it probes), one thread, no frame
of more pixels than a clip may have. Raw pixels leave the process, for the reason given in ``decoder``.
"""

from __future__ import annotations

import io
import json
import socket
import sys
from dataclasses import dataclass, field
from errno import ENOMEM
from statistics import pstdev
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from av import AudioFrame, Packet, VideoFrame
    from av.container import InputContainer
    from av.filter import Graph

FRAME, AUDIO, DONE = b"v", b"a", b"k"
CORRUPT, NO_VIDEO, NO_FRAMES, OTHER_STREAMS, CODEC, TOO_LONG, TOO_WIDE, TOO_MANY_FRAMES, FAILED = (
    b"C",
    b"N",
    b"E",
    b"O",
    b"X",
    b"L",
    b"W",
    b"M",
    b"F",
)
EBML_START = b"\x1a\x45\xdf\xa3"
# FFmpeg's demuxers, and the names a clip's facts give their containers.
DEMUXERS = {True: "matroska", False: "mp4"}
VIDEO_DECODERS = {"vp8": "vp8", "vp9": "vp9", "h264": "h264", "libdav1d": "av1"}
AUDIO_DECODERS = {"opus": "opus", "vorbis": "vorbis", "aac": "aac"}
# An Opus packet may be as short as 2.5 ms, and a video packet need not show a frame.
MAX_PACKETS = 8_000


class Stop(Exception):
    """The clip is refused; carries the byte that says why."""

    def __init__(self, status: bytes) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True)
class Limits:
    """What a clip may have, and how it is sampled."""

    max_frames: int
    max_side: int  # pixels
    max_ms: int
    samples_per_second: int
    sample_rate: int


@dataclass
class Seen:
    """What is noted of every frame, sampled or not."""

    times_us: list[int] = field(default_factory=list)
    sizes: list[tuple[int, int]] = field(default_factory=list)
    digests: list[bytes] = field(default_factory=list)
    keyframes: int = 0
    last_sample: int = -1

    def facts(self) -> dict[str, object]:
        """Those facts of a clip that only its frames can tell."""
        gaps = [later - earlier for earlier, later in zip(self.times_us, self.times_us[1:], strict=False)]
        return {
            "width": self.sizes[0][0],
            "height": self.sizes[0][1],
            "sizes": len(set(self.sizes)),
            "frames_total": len(self.times_us),
            "keyframes": self.keyframes,
            "video_ms": (max(self.times_us) - min(self.times_us)) // 1000,
            "longest_gap_ms": max(gaps, default=0) // 1000 if max(gaps, default=0) > 0 else 0,
            "gap_spread_us": round(pstdev(gaps)) if gaps else 0,
            "gap_kinds": len({round(gap / 1000) for gap in gaps}),
            "backwards": sum(gap <= 0 for gap in gaps),
            **self._repetitions(),
        }

    def _repetitions(self) -> dict[str, int]:
        frozen = repeated = longest = 0
        since = 0
        earlier: set[bytes] = set()
        for index, digest in enumerate(self.digests):
            if index and digest == self.digests[index - 1]:
                frozen += 1
                longest = max(longest, self.times_us[index] - self.times_us[since])
            else:
                repeated += digest in earlier
                since = index
            earlier.add(digest)
        return {"frozen_frames": frozen, "longest_freeze_ms": longest // 1000, "repeated_frames": repeated}


class Sound:
    """Sound on its way to 16 kHz mono 16-bit: each piece is put where its timestamp says."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._graph: Graph | None = None
        self._shape: tuple[object, ...] = ()
        self._starts_ms = 0
        self._pcm = bytearray()

    @property
    def pcm(self) -> bytes:
        """What has been gathered, from time zero on."""
        return bytes(self._pcm)

    @property
    def starts_ms(self) -> int:
        """When the first piece sounds."""
        return self._starts_ms

    def add(self, frame: AudioFrame, zero_us: int) -> None:
        """One decoded piece; a gap before it of a tenth of a second or more is filled with silence."""
        time_us = microseconds(frame, zero_us, self._limits)
        place = 2 * (time_us * self._limits.sample_rate // 1_000_000)
        if self._graph is None:
            self._starts_ms = time_us // 1000
            self._pcm.extend(bytes(place))
            self._graph, self._shape = self._new_graph(frame), shape_of(frame)
        elif place > len(self._pcm) + 2 * self._limits.sample_rate // 10:
            self._pcm.extend(bytes(place - len(self._pcm)))
        if shape_of(frame) != self._shape:
            raise Stop(CORRUPT)
        self._push(frame)

    def finish(self) -> None:
        """Bring out what the resampler still holds."""
        if self._graph is not None:
            self._push(None)

    def _new_graph(self, frame: AudioFrame) -> Graph:
        """PyAV's own resampler would let FFmpeg choose a number of threads."""
        from av.filter import Graph

        graph = Graph()
        graph.threads = 1
        source = graph.add(
            "abuffer",
            sample_rate=str(frame.sample_rate),
            sample_fmt=frame.format.name,
            channel_layout=frame.layout.name,
            time_base=str(frame.time_base),
        )
        wanted = {"sample_rates": str(self._limits.sample_rate), "sample_fmts": "s16", "channel_layouts": "mono"}
        plain, sink = graph.add("aformat", **wanted), graph.add("abuffersink")
        source.link_to(plain)
        plain.link_to(sink)
        graph.configure()
        return graph

    def _push(self, frame: AudioFrame | None) -> None:
        import av

        assert self._graph is not None
        self._graph.push(frame)
        while True:
            try:
                piece: Any = self._graph.pull()
            except (av.BlockingIOError, av.EOFError):
                break
            self._pcm.extend(bytes(piece.planes[0])[: 2 * piece.samples])
        # One second over the end is what a last packet may reach; the parent allows as much.
        if len(self._pcm) > 2 * self._limits.sample_rate * (self._limits.max_ms // 1000 + 1):
            raise Stop(TOO_LONG)


def shape_of(frame: AudioFrame) -> tuple[object, ...]:
    """What may not change within one track of sound."""
    return frame.sample_rate, frame.format.name, frame.layout.name


def microseconds(frame: VideoFrame | AudioFrame, zero_us: int, limits: Limits) -> int:
    """A frame's time on the clip's clock. One a little before zero (a codec's run-in) counts as zero."""
    if frame.pts is None or frame.time_base is None:
        raise Stop(CORRUPT)
    time_us = round(frame.pts * frame.time_base * 1_000_000) - zero_us
    if time_us > limits.max_ms * 1000:
        raise Stop(TOO_LONG)
    if time_us < -1_000_000:
        raise Stop(CORRUPT)
    return max(time_us, 0)


def options(limits: Limits) -> dict[str, str]:
    """What FFmpeg is told before it sees a byte; holds while it probes and while it decodes."""
    return {
        "protocol_whitelist": "none",
        "format_whitelist": "matroska,webm,mov,mp4",
        "codec_whitelist": ",".join([*VIDEO_DECODERS, *AUDIO_DECODERS]),
        "max_streams": "2",
        "max_pixels": str(limits.max_side**2),
        "threads": "1",
    }


def read_clip(data: bytes, limits: Limits) -> Iterator[bytes]:
    """The messages for one clip, in order; ``Stop`` where it is refused."""
    import av

    demuxer = DEMUXERS[data.startswith(EBML_START)]
    with av.open(io.BytesIO(data), "r", format=demuxer, options=options(limits)) as container:
        codecs = take_streams(container, limits)
        seen, sound = Seen(), Sound(limits)
        zero_us = container.start_time or 0
        for frame in decoded(container):
            if isinstance(frame, av.VideoFrame):
                yield from look_at(frame, microseconds(frame, zero_us, limits), seen, limits)
            elif isinstance(frame, av.AudioFrame):
                sound.add(frame, zero_us)
        sound.finish()
    if not seen.times_us:
        raise Stop(NO_FRAMES)
    yield AUDIO + len(sound.pcm).to_bytes(4, "big") + sound.pcm
    audio_ms = len(sound.pcm) * 1000 // (2 * limits.sample_rate)
    duration = max(max(seen.times_us) // 1000, min(audio_ms, limits.max_ms))
    facts = json.dumps({**codecs, **seen.facts(), "duration_ms": duration, "audio_starts_ms": sound.starts_ms}).encode()
    yield DONE + len(facts).to_bytes(4, "big") + facts


def take_streams(container: InputContainer, limits: Limits) -> dict[str, object]:
    """Check the streams that FFmpeg sees, which need not be those that the container's walk saw."""
    streams = container.streams
    if len(streams) != len(streams.video) + len(streams.audio) or len(streams.video) > 1 or len(streams.audio) > 1:
        raise Stop(OTHER_STREAMS)
    if not streams.video:
        raise Stop(NO_VIDEO)
    names = {"video_codec": VIDEO_DECODERS, "audio_codec": AUDIO_DECODERS}
    found: dict[str, object] = {"audio_codec": ""}
    for stream, (fact, accepted) in zip((*streams.video, *streams.audio), names.items(), strict=False):
        context: Any = stream.codec_context
        if context is None or context.codec.name not in accepted:
            raise Stop(CODEC)
        context.thread_count = 1
        context.options = {"max_pixels": str(limits.max_side**2)}
        found[fact] = accepted[context.codec.name]
    return found


def decoded(container: InputContainer) -> Iterator[object]:
    """Every frame of picture and sound; packets are limited, since a packet need not give a frame."""
    for count, packet in enumerate(container.demux()):
        if count > MAX_PACKETS:
            raise Stop(TOO_MANY_FRAMES)
        yield from frames_of(packet)


def frames_of(packet: Packet[Any]) -> list[Any]:
    """The frames in one packet. A packet marked as damaged damages the clip."""
    if packet.is_corrupt:
        raise Stop(CORRUPT)
    return list(packet.decode())


def look_at(frame: VideoFrame, time_us: int, seen: Seen, limits: Limits) -> Iterator[bytes]:
    """Note a frame; its message if it is the first one in a new sampling interval."""
    from hashlib import blake2b

    if len(seen.times_us) == limits.max_frames:
        raise Stop(TOO_MANY_FRAMES)
    if max(frame.width, frame.height) > limits.max_side:
        raise Stop(TOO_WIDE)
    if frame.is_corrupt:
        raise Stop(CORRUPT)
    rgb = pixels(frame)
    turn = frame.rotation % 360
    sideways = turn in {90, 270}
    seen.times_us.append(time_us)
    seen.sizes.append((frame.height, frame.width) if sideways else (frame.width, frame.height))
    seen.digests.append(blake2b(rgb, digest_size=16).digest())
    seen.keyframes += frame.key_frame
    sample = time_us * limits.samples_per_second // 1_000_000
    if sample > seen.last_sample:
        seen.last_sample = sample
        numbers = ((time_us // 1000, 4), (frame.width, 2), (frame.height, 2), (turn, 2))
        yield FRAME + b"".join(number.to_bytes(size, "big") for number, size in numbers) + rgb


def pixels(frame: VideoFrame) -> bytes:
    """RGB, row by row without padding. One thread: left to itself the converter starts one a processor."""
    plane = frame.reformat(format="rgb24", threads=1).planes[0]
    data, row, stride = bytes(plane), 3 * frame.width, plane.line_size
    if stride == row:
        return data[: row * frame.height]
    return b"".join(data[start : start + row] for start in range(0, stride * frame.height, stride))


def answer(data: bytes, limits: Limits, send: Callable[[bytes], None]) -> None:
    """Send the messages for one clip, the last of them a success or a refusal."""
    from av import FFmpegError

    try:
        for message in read_clip(data, limits):
            send(message)
    except Stop as stop:
        send(stop.status)
    except EOFError:  # FFmpeg met the end while it was still looking for a first frame.
        send(NO_FRAMES)
    except FFmpegError as problem:
        send(FAILED if problem.errno == ENOMEM else CORRUPT)
    except (MemoryError, ImportError, OSError):
        send(FAILED)
    except Exception:  # noqa: BLE001 - whatever a hostile file provokes is an answer, not a crash.
        send(CORRUPT)


def load_cage() -> ModuleType:
    """The program for pictures, from the file beside this one: an isolated interpreter finds no package of ours."""
    from importlib.util import module_from_spec, spec_from_file_location
    from pathlib import Path

    spec = spec_from_file_location("decoder", Path(__file__).with_name("decoder.py"))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def load_pyav(directory: str) -> None:
    """Import every module that decoding may need: after the lock nothing more can be imported."""
    sys.path.append(directory)
    import hashlib

    import av
    import av.filter
    import av.subtitles.stream

    av.logging.set_level(None)
    assert hashlib


def main(arguments: list[str]) -> None:
    directory = arguments[0]
    address_space, cpu_seconds, *rest = (int(number) for number in arguments[1:])
    channel = socket.socket(fileno=0)
    cage = load_cage()
    load_pyav(directory)
    cage.lock_in(address_space, cpu_seconds)
    try:
        length = int.from_bytes(cage.read_exactly(channel, 8), "big")
        answer(cage.read_exactly(channel, length), Limits(*rest), channel.sendall)
    except (EOFError, OSError):
        return


if __name__ == "__main__":
    main(sys.argv[1:])
