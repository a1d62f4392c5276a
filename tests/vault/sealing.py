"""Cases with sealed images, made through the vault's own verbs."""

from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from verification.audit.events import WORKER, Actor
from verification.cases.lifecycle import begin
from verification.cases.models import Case, Programme
from verification.vault import store
from verification.vault.models import CaseKey, Purpose, SealedMedia

BANK = Actor.relying_party("7d8f4f0e-0000-4000-8000-000000000001")
REVIEWER = Actor.person(7)
# Not a picture, but it begins and ends as a JPEG does, so that a search for one would find it.
REFERENCE = b"\xff\xd8\xff\xe0 the reference face " * 40 + b"\xff\xd9"
LIVE = b"\xff\xd8\xff\xe0 the live face " * 40 + b"\xff\xd9"
CROP = b"\x89PNG\r\n\x1a\n the redacted face " * 40
FRAMES = {"reference": REFERENCE, "live-0": LIVE}


def new_case() -> Case:
    programme, _ = Programme.objects.get_or_create(name="Vault tests", purpose="Trying the vault")
    return begin(programme=programme, kind="enrolment", notice_version="1", live_images=1)


def case_with_frames() -> UUID:
    case = new_case()
    store.seal_frames(case.pk, FRAMES, actor=BANK)
    return case.pk


def case_with_crops() -> UUID:
    case_id = case_with_frames()
    store.seal_crops(case_id, {"crop-live": CROP})
    return case_id


def view_crop(case_id: UUID, kind: str = "crop-live") -> bytes:
    return store.open_crop(case_id, kind, actor=REVIEWER, claim="claim-1", reason="review").image


def destroy(case_id: UUID, *purposes: Purpose) -> store.DestroyedCounts:
    with transaction.atomic():
        return store.destroy_keys(case_id, actor=WORKER, reason="test", purposes=purposes or store.ALL_PURPOSES)


def key_of(case_id: UUID, purpose: Purpose = Purpose.FRAME) -> CaseKey:
    return CaseKey.objects.get(case_id=case_id, purpose=purpose)


def media_of(case_id: UUID, kind: str) -> SealedMedia:
    return SealedMedia.objects.get(case_id=case_id, kind=kind)


def file_of(media: SealedMedia) -> Path:
    return Path(settings.MEDIA_ROOT) / media.object_name


def stored_files() -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
