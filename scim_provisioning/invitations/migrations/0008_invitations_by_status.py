"""The invitations of a status, of which the list of users shows whose they are."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Built beside the writers."""

    atomic = False

    dependencies = [("invitations", "0007_newest_by_index")]

    operations = [
        AddIndexConcurrently(
            model_name="invitation",
            index=models.Index(fields=["status", "user"], name="invitation_status"),
        ),
    ]
