"""Cases stand in the log under a name that can be cut from them.

The log is append-only, so what was written until now keeps the ids that it was written with. A case that is there keeps
its own id for its name, so that its entries stay together; it has no key. What is left of cases that were erased before
is cut and coarsened by the sweeper, as far as the entries of that time let it.
"""

from django.db import migrations, models

GUARD = """
ALTER TABLE audit_pseudonym ADD CONSTRAINT a_name_is_that_of_its_case CHECK (
    key IS NULL OR
    case_id IS NOT NULL AND uuid_send(name) = substring(sha256(key || uuid_send(case_id)) FROM 1 FOR 16));

CREATE FUNCTION a_name_is_cut_and_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.name, NEW.programme_id, NEW.counted) IS DISTINCT FROM (OLD.name, OLD.programme_id, OLD.counted)
       OR (NEW.case_id IS NOT NULL AND NEW.case_id IS DISTINCT FROM OLD.case_id)
       OR (NEW.key IS NOT NULL AND NEW.key IS DISTINCT FROM OLD.key) THEN
        RAISE EXCEPTION 'a name in the audit log can be cut from its case, and nothing else'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER audit_pseudonym_changed BEFORE UPDATE ON audit_pseudonym
    FOR EACH ROW EXECUTE FUNCTION a_name_is_cut_and_never_changed();
CREATE TRIGGER audit_pseudonym_rows BEFORE DELETE ON audit_pseudonym
    FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_pseudonym_table BEFORE TRUNCATE ON audit_pseudonym
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
"""

UNGUARD = """
DROP TRIGGER audit_pseudonym_table ON audit_pseudonym;
DROP TRIGGER audit_pseudonym_rows ON audit_pseudonym;
DROP TRIGGER audit_pseudonym_changed ON audit_pseudonym;
DROP FUNCTION a_name_is_cut_and_never_changed();
"""

NAME_WHAT_IS_THERE = """
INSERT INTO audit_pseudonym (name, key, case_id, programme_id, counted, leaving)
SELECT id, NULL, id, programme_id, NOT known, status = 'erased' FROM cases_case
"""


class Migration(migrations.Migration):
    dependencies = [("verification", "0015_refused_attempts")]

    operations = [
        migrations.CreateModel(
            name="Pseudonym",
            fields=[
                ("name", models.UUIDField(primary_key=True, serialize=False)),
                ("key", models.BinaryField(max_length=32, null=True)),
                ("case_id", models.UUIDField(null=True, unique=True)),
                ("programme_id", models.UUIDField(null=True)),
                ("counted", models.BooleanField(default=True)),
                ("leaving", models.BooleanField(default=False)),
            ],
            options={
                "db_table": "audit_pseudonym",
                "indexes": [
                    models.Index(fields=["programme_id"], name="audit_pseudonym_programme"),
                    models.Index(
                        condition=models.Q(("counted", False)), fields=["name"], name="audit_pseudonym_uncounted"
                    ),
                    models.Index(
                        condition=models.Q(("leaving", True)), fields=["name"], name="audit_pseudonym_leaving"
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARD, UNGUARD),
        migrations.RunSQL(NAME_WHAT_IS_THERE, migrations.RunSQL.noop),
    ]
