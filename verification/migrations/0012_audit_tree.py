"""The tree takes the chain's place: each chained entry becomes the leaf of the same index."""

import django.utils.timezone
from django.db import migrations, models

GUARDED = ("audit_leaf", "audit_node", "audit_checkpoint")

GUARD = "".join(
    f"""
CREATE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER {table}_table BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
"""
    for table in GUARDED
)
UNGUARD = "".join(
    f"DROP TRIGGER {table}_table ON {table}; DROP TRIGGER {table}_rows ON {table};" for table in GUARDED
)

# The chain's digests go with it: they covered the same bodies in the same order, and nobody outside ever held one.
# An entry that is missing stays missing: its leaf keeps the digest, and the verifier names it.
CARRY_OVER = """
INSERT INTO audit_leaf (index, entry_id, hash)
SELECT link.index, link.entry_id,
       COALESCE(sha256('\\x00'::bytea || convert_to(entry.body, 'UTF8')), link.digest)
FROM audit_link AS link LEFT JOIN audit_entry AS entry ON entry.id = link.entry_id ORDER BY link.index
"""
CARRY_BACK = """
CREATE TABLE audit_link (index bigint PRIMARY KEY, entry_id bigint NOT NULL UNIQUE, digest bytea NOT NULL);
CREATE TRIGGER audit_link_rows BEFORE UPDATE OR DELETE ON audit_link
    FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_link_table BEFORE TRUNCATE ON audit_link
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("verification", "0011_kept_cases")]

    operations = [
        migrations.CreateModel(
            name="Leaf",
            fields=[
                ("index", models.BigIntegerField(primary_key=True, serialize=False)),
                ("entry_id", models.BigIntegerField(unique=True)),
                ("hash", models.BinaryField(max_length=32)),
            ],
            options={"db_table": "audit_leaf", "ordering": ["index"]},
        ),
        migrations.CreateModel(
            name="Node",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "level", "index", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("level", models.SmallIntegerField()),
                ("index", models.BigIntegerField()),
                ("hash", models.BinaryField(max_length=32)),
            ],
            options={"db_table": "audit_node"},
        ),
        migrations.CreateModel(
            name="SignedCheckpoint",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("origin", models.CharField(max_length=255)),
                ("size", models.BigIntegerField()),
                ("note", models.TextField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("witnessed_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "audit_checkpoint",
                "ordering": ["id"],
                "indexes": [models.Index(fields=["size"], name="audit_checkpoint_size")],
            },
        ),
        migrations.CreateModel(
            name="Watch",
            fields=[
                (
                    "part",
                    models.CharField(
                        choices=[
                            ("order", "Order"),
                            ("checkpoint", "Checkpoint"),
                            ("witness", "Witness"),
                            ("anchor", "Anchor"),
                            ("mail", "Mail"),
                        ],
                        max_length=16,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("problem", models.CharField(blank=True, max_length=32)),
                ("since", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={"db_table": "audit_watch"},
        ),
        migrations.CreateModel(
            name="Posting",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("checkpoint_id", models.BigIntegerField()),
                ("rung_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("sent_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "audit_posting"},
        ),
        migrations.RunSQL(GUARD, UNGUARD),
        migrations.RunSQL(CARRY_OVER, migrations.RunSQL.noop),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL("DROP TABLE audit_link", CARRY_BACK)],
            state_operations=[migrations.DeleteModel("Link")],
        ),
    ]
