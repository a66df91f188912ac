"""Migrations run while identity providers push to code that does not know them yet."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddField, AddIndex, CreateModel
from django.db.models import NOT_PROVIDED

FIRST_RELEASE = {
    ("invitations", "0002_invitation_provider"),
    ("audit", "0003_few_indexes"),
}
"""Migrations from before anybody ran the portal."""


def operations() -> Iterator[tuple[str, Any, set[str]]]:
    """Yield each operation of our migrations, with the models that its migration makes."""
    loader = MigrationLoader(None)
    for (app, name), migration in loader.disk_migrations.items():
        ours = apps.get_app_config(app).name.startswith(("scim_provisioning", "audit", "mdm_"))
        if not ours or (app, name) in FIRST_RELEASE:
            continue
        made = {one.name.lower() for one in migration.operations if isinstance(one, CreateModel)}
        for operation in migration.operations:
            yield f"{app}.{name}", operation, made


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_a_new_column_can_be_left_out_by_older_code() -> None:
    for where, operation, _made in operations():
        if isinstance(operation, AddField):
            field: Any = operation.field
            assert field.null or field.db_default is not NOT_PROVIDED, (where, operation.name)


def test_an_index_is_built_beside_the_writers() -> None:
    for where, operation, made in operations():
        if type(operation) is AddIndex:
            assert operation.model_name in made, where
