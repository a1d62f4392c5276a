"""A hold that was renewed says so; and the database itself keeps what a hold keeps, whatever the code above it does."""

from django.db import migrations, models

GUARD = """
CREATE FUNCTION a_hold_beats_destruction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM incidents_hold WHERE case_id = OLD.case_id AND state IN ('asked', 'in_force')) THEN
        RAISE EXCEPTION 'the media of this case is under a legal hold: % of % refused', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION a_hold_is_ended_and_not_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a legal hold is ended, not deleted' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER held_key_emptied BEFORE UPDATE OF wrapped ON vault_case_key FOR EACH ROW
    WHEN (NEW.wrapped IS NULL AND OLD.purpose IN ('frame', 'capture')) EXECUTE FUNCTION a_hold_beats_destruction();
CREATE TRIGGER held_key_deleted BEFORE DELETE ON vault_case_key FOR EACH ROW
    WHEN (OLD.purpose IN ('frame', 'capture')) EXECUTE FUNCTION a_hold_beats_destruction();
CREATE TRIGGER held_media_deleted BEFORE DELETE ON vault_sealed_media FOR EACH ROW
    WHEN (OLD.purpose IN ('frame', 'capture')) EXECUTE FUNCTION a_hold_beats_destruction();
CREATE TRIGGER active_hold_deleted BEFORE DELETE ON incidents_hold FOR EACH ROW
    WHEN (OLD.state IN ('asked', 'in_force')) EXECUTE FUNCTION a_hold_is_ended_and_not_deleted();
"""

UNGUARD = """
DROP TRIGGER active_hold_deleted ON incidents_hold;
DROP TRIGGER held_media_deleted ON vault_sealed_media;
DROP TRIGGER held_key_deleted ON vault_case_key;
DROP TRIGGER held_key_emptied ON vault_case_key;
DROP FUNCTION a_hold_is_ended_and_not_deleted();
DROP FUNCTION a_hold_beats_destruction();
"""


class Migration(migrations.Migration):
    dependencies = [("verification", "0008_wider_views_not_allowed")]

    operations = [
        migrations.AlterField(
            model_name="legalhold",
            name="state",
            field=models.CharField(
                choices=[
                    ("asked", "Asked"),
                    ("in_force", "In Force"),
                    ("refused", "Refused"),
                    ("renewed", "Renewed"),
                    ("released", "Released"),
                    ("expired", "Expired"),
                ],
                default="asked",
                max_length=8,
            ),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
