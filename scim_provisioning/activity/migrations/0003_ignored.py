"""An index of the requests of which something was ignored: few, and looked for by the dashboard."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Built beside the writers."""

    atomic = False

    dependencies = [("activity", "0002_hours")]

    operations = [
        AddIndexConcurrently(
            model_name="scimrequest",
            index=models.Index(
                condition=~Q(ignored={}), fields=["-id"], name="activity_ignored"
            ),
        ),
    ]
