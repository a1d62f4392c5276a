"""Every decision recorded so far is a vote that counted. Its confidence was not asked: the middle stands for that."""

from datetime import timedelta

from django.db import migrations
from django.db.models import F


def carry(apps, _schema_editor):
    Decision = apps.get_model("verification", "Decision")
    Vote = apps.get_model("verification", "Vote")
    for old in Decision.objects.all().iterator():
        Vote.objects.create(
            case_id=old.case_id, claim_id=old.claim_id, reviewer_id=old.reviewer_id, same_person=old.same_person,
            alive=old.alive, confidence=3, reasons=old.reasons, note=old.note, decided_at=old.decided_at,
            takes_effect_at=old.decided_at, state="counted", seconds=old.seconds,
        )
    ReviewItem = apps.get_model("verification", "ReviewItem")
    ReviewItem.objects.update(due_at=F("queued_at") + timedelta(minutes=240))


class Migration(migrations.Migration):
    dependencies = [("verification", "0005_judgement")]
    operations = [migrations.RunPython(carry, migrations.RunPython.noop)]
