"""The users of a source or a department, in the order of their names."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The new indexes first: meanwhile the old ones serve."""

    atomic = False

    dependencies = [("directory", "0006_totals")]

    operations = [
        AddIndexConcurrently(
            model_name="user",
            index=models.Index(
                fields=["department_key", "sort_name", "id"], name="directory_department"
            ),
        ),
        AddIndexConcurrently(
            model_name="user",
            index=models.Index(fields=["source", "sort_name", "id"], name="directory_source"),
        ),
        RemoveIndexConcurrently(model_name="user", name="directory_user_department"),
        RemoveIndexConcurrently(model_name="user", name="directory_user_source"),
    ]
