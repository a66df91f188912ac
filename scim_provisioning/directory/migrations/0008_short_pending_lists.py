"""GIN indexes are put in order often and briefly; no index is built anew."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import migrations
from django.db.models import F

PENDING_KB = 1024
INDEXES = (
    GinIndex(
        fields=["emails_key"],
        opclasses=["jsonb_path_ops"],
        name="directory_emails",
        gin_pending_list_limit=PENDING_KB,
    ),
    GinIndex(
        fields=["custom_key"],
        opclasses=["jsonb_path_ops"],
        name="directory_custom",
        gin_pending_list_limit=PENDING_KB,
    ),
    GinIndex(
        OpClass(F("search_text"), name="gin_trgm_ops"),
        name="directory_user_search",
        gin_pending_list_limit=PENDING_KB,
    ),
)


def shortened(index: GinIndex) -> migrations.SeparateDatabaseAndState:
    """Return what changes an index that exists."""
    return migrations.SeparateDatabaseAndState(
        [
            migrations.RunSQL(
                f"ALTER INDEX {index.name} SET (gin_pending_list_limit = {PENDING_KB})",
                f"ALTER INDEX {index.name} RESET (gin_pending_list_limit)",
            )
        ],
        [
            migrations.RemoveIndex(model_name="user", name=index.name),
            migrations.AddIndex(model_name="user", index=index),
        ],
    )


class Migration(migrations.Migration):
    """Django knows no change of an index: its state forgets the former and learns the new one."""

    dependencies = [("directory", "0007_users_by_source_and_department")]

    operations = [shortened(index) for index in INDEXES]
