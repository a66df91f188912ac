"""The docs say what the code does, where a machine can tell."""

from io import StringIO

from django.core.management import call_command

from mdm_portal.runtime import BASE


def test_the_scim_reference_ends_with_the_tables_of_the_code() -> None:
    printed = StringIO()
    call_command("scim_reference", stdout=printed)
    assert (BASE / "docs" / "scim.md").read_text("utf-8").endswith(printed.getvalue())
