from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("verification", "0007_without_decisions")]
    operations = [
        migrations.AlterField(
            model_name="widerview",
            name="end",
            field=models.CharField(
                blank=True,
                choices=[
                    ("refused", "Refused"),
                    ("unanswered", "Unanswered"),
                    ("withdrawn", "Withdrawn"),
                    ("claim_ended", "Claim Ended"),
                    ("minute_over", "Minute Over"),
                    ("not_rendered", "Not Rendered"),
                    ("nothing_wider", "Nothing Wider"),
                    ("not_allowed", "Not Allowed"),
                ],
                max_length=16,
            ),
        )
    ]
