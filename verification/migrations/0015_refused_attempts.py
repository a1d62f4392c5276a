"""How many attempts of one kind were refused in one minute, so that nobody can fill the log with them."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("verification", "0014_log_counted")]

    operations = [
        migrations.CreateModel(
            name="Attempts",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("minute", models.DateTimeField()),
                ("event", models.CharField(max_length=64)),
                ("actor_kind", models.CharField(max_length=16)),
                ("actor_id", models.CharField(max_length=64)),
                ("reason", models.CharField(max_length=64)),
                ("times", models.PositiveIntegerField()),
                (
                    "routes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
            ],
            options={
                "db_table": "audit_attempts",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("minute", "event", "actor_kind", "actor_id", "reason"),
                        name="one_count_per_minute_and_kind",
                    )
                ],
            },
        ),
    ]
