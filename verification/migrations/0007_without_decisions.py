from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("verification", "0006_decisions_become_votes")]
    operations = [migrations.DeleteModel(name="Decision")]
