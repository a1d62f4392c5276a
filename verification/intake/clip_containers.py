"""What kind of clip the bytes are, by content, and whether its container is one that a browser's recorder writes.

Pure Python on bytes: the worst a hostile file can do here is to be refused. A playlist, a subtitle file, or a list of
files to join is none of the two kinds and goes no further.
"""

from verification.intake.clip_mp4 import Mp4Walk
from verification.intake.clip_refusals import ClipRefusal, ClipRefused
from verification.intake.clip_tracks import Walked, check_tracks
from verification.intake.clip_webm import WebmWalk

MAX_BYTES = 20 * 1024 * 1024
EBML_START = b"\x1a\x45\xdf\xa3"


def check_clip_container(data: bytes) -> Walked:
    """What the container holds; ``ClipRefused`` unless it is one video, at most one sound, and nothing else."""
    if not data:
        raise ClipRefused(ClipRefusal.EMPTY)
    if len(data) > MAX_BYTES:
        raise ClipRefused(ClipRefusal.TOO_LARGE)
    if data.startswith(EBML_START):
        found = WebmWalk(data).walk()
    elif data[4:8] == b"ftyp":
        found = Mp4Walk(data).walk()
    else:
        raise ClipRefused(ClipRefusal.TYPE_NOT_ACCEPTED)
    check_tracks(found.tracks)
    return found
