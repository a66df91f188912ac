"""``manage.py custom_attribute``: the same services as Edit Settings."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from audit.actors import Actor
from audit.models import Event
from scim_provisioning.directory.services import create_user
from scim_provisioning.directory.state import UserState
from scim_provisioning.settings.models import CustomAttribute

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    """Return what the command prints."""
    out = StringIO()
    call_command("custom_attribute", *arguments, stdout=out)
    return out.getvalue().strip()


def test_add_list_delete() -> None:
    assert run("list") == "No custom attribute is registered yet."
    assert run("add", "costCenter") == "Added costCenter: use it as ${costCenter}"
    assert run("list") == "${costCenter}"
    user = UserState(user_name="a@example.org", custom={"costCenter": "CC-7"})
    create_user(state=user, actor=Actor.operator("tests"))
    assert run("delete", "COSTCENTER", "--yes") == "Deleted costCenter; users that had a value: 1"
    assert not CustomAttribute.objects.exists()
    kinds = Event.objects.filter(type="attribute").values_list("actor_kind", flat=True)
    assert list(kinds) == ["operator", "operator"]


def test_json_for_scripts() -> None:
    added = json.loads(run("add", "costCenter", "--json"))
    assert (added["name"], added["type"]) == ("costCenter", "IDP")
    assert json.loads(run("list", "--json")) == [added]
    assert json.loads(run("delete", "costCenter", "--yes", "--json")) == {
        "deleted": "costCenter",
        "users_with_value": 0,
    }


def test_a_bad_name_is_one_line() -> None:
    with pytest.raises(CommandError, match=r"^Start with a letter[^\n]+$"):
        run("add", "cost center")
    run("add", "tier")
    with pytest.raises(CommandError, match="already exists"):
        run("add", "TIER")


def test_delete_asks_with_the_number_of_values(monkeypatch: pytest.MonkeyPatch) -> None:
    run("add", "tier")
    monkeypatch.setattr("sys.stdin", StringIO())
    with pytest.raises(CommandError, match=r"Users with a value: 0\..*add --yes"):
        run("delete", "tier")
    assert CustomAttribute.objects.exists()


def test_deleting_an_unknown_one_is_one_line() -> None:
    with pytest.raises(CommandError, match="no custom attribute named “tier”"):
        run("delete", "tier", "--yes")
