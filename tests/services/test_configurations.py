"""Configurations: what is stored, what is refused, what the trail tells, and who uses what."""

from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from audit.actors import Actor
from audit.models import Event
from scim_provisioning.configurations import preview, services
from scim_provisioning.configurations.checks import email_address, server, ssid
from scim_provisioning.configurations.drafts import Draft, Refused
from scim_provisioning.configurations.kinds import KINDS
from scim_provisioning.configurations.models import Configuration
from scim_provisioning.configurations.services import NotFound
from scim_provisioning.settings.models import CustomAttribute
from scim_provisioning.settings.services import (
    AttributeInUse,
    add_custom_attribute,
    delete_custom_attribute,
)
from scim_provisioning.settings.uses import uses_of
from tests.portal.people import person
from tests.services.parallel import in_parallel

ANA = Actor("administrator", "7", "ana")
SECRET = "correct horse battery"
WIFI = Draft("Office", (("ssid", "Corp"), ("identity", "${userUID}")), secrets={"password": SECRET})


def create(kind: str, name: str, *values: tuple[str, str], **secrets: str) -> Configuration:
    """Return a new configuration."""
    return services.create(kind=kind, draft=Draft(name, values, secrets), actor=ANA)


def change(row: Configuration, name: str, *values: tuple[str, str], **secrets: str) -> bool:
    """Change a configuration."""
    draft = Draft(name, values, secrets)
    return services.change(configuration_id=row.pk, draft=draft, actor=ANA)


def last_changes() -> list[Any]:
    """Return the changes of the newest event."""
    event = Event.objects.first()
    assert event
    return [(item["attribute"], item["before"], item["after"]) for item in event.changes]


@pytest.mark.django_db
def test_a_configuration_is_stored_with_the_variables_it_uses() -> None:
    add_custom_attribute(name="costCenter", actor=ANA)
    row = create("email", " Mail ", ("server", "mx.ex.org"), ("address", "${COSTCENTER}@ex.org"))
    row.refresh_from_db()
    assert (row.name, row.kind) == ("Mail", "email")
    assert row.values == [["address", "${COSTCENTER}@ex.org"], ["server", "mx.ex.org"]]
    assert row.variables == ["costCenter"]
    event = Event.objects.first()
    assert event
    assert (event.label, event.subject_name, event.details) == (
        "Configuration Added",
        "Mail",
        "E-mail",
    )
    assert last_changes()[0] == ("name", None, "Mail")


@pytest.mark.django_db
def test_a_secret_is_stored_and_told_nowhere() -> None:
    row = services.create(kind="wifi", draft=WIFI, actor=ANA)
    assert Configuration.objects.get().secrets == {"password": SECRET}
    assert ("passwordSet", False, True) in last_changes()
    values = (("ssid", "Corp"), ("identity", "${userUID}"))
    assert not change(row, "Office", *values), "a secret that is left out stays"
    assert change(row, "Office", *values, password="another one")
    assert last_changes() == [("passwordChanged", None, True)]
    assert Configuration.objects.get().secrets == {"password": "another one"}
    assert change(row, "Office", *values, password="")
    assert last_changes() == [("passwordSet", True, False)]
    assert Configuration.objects.get().secrets == {}
    services.delete(configuration_id=row.pk, actor=ANA)
    told = str(list(Event.objects.values()))
    assert SECRET not in told
    assert "another one" not in told
    assert SECRET not in repr(WIFI)


@pytest.mark.django_db
def test_a_change_tells_what_it_changed() -> None:
    row = create("custom", "Keys", ("a", "1"), ("b", "${department}"), ("", ""))
    assert change(row, "Keys", ("a", "2"), ("", ""), ("c", ""))
    assert last_changes() == [("a", "1", "2"), ("b", "${department}", None), ("c", None, "")]
    row.refresh_from_db()
    assert (row.values, row.variables) == ([["a", "2"], ["c", ""]], [])
    assert change(row, "Keys", ("c", ""), ("a", "2"))
    assert last_changes() == [("order", ["a", "c"], ["c", "a"])]
    before = Event.objects.count()
    assert not change(row, "Keys", ("c", ""), ("a", "2"))
    assert Event.objects.count() == before
    assert change(row, "keys", ("c", ""), ("a", "2")), "its own name in another letter case"


@pytest.mark.django_db
def test_what_is_gone_cannot_be_changed_or_deleted() -> None:
    row = create("custom", "Keys", ("a", "1"))
    assert services.delete(configuration_id=row.pk, actor=ANA).name == "Keys"
    event = Event.objects.first()
    assert event
    assert event.label == "Configuration Deleted"
    assert last_changes() == [("name", "Keys", None), ("a", "1", None)]
    with pytest.raises(NotFound):
        change(row, "Keys", ("a", "1"))
    with pytest.raises(NotFound):
        services.delete(configuration_id=uuid4(), actor=ANA)


LONG = "x" * 1001


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "name", "values", "reasons"),
    [
        ("wifi", "", [("ssid", "")], {"name": "is required", "ssid": "is required"}),
        ("wifi", "x" * 101, [("ssid", "x")], {"name": "Use 100 characters at most."}),
        ("wifi", "N", [("ssid", "é" * 17)], {"ssid": "32 bytes"}),
        ("wifi", "N", [("ssid", "${department}")], {"ssid": "not filled in here"}),
        ("wifi", "N", [("ssid", "x"), ("identity", "${usrUID}")], {"identity": "${userUID}?"}),
        ("wifi", "N", [("ssid", "x"), ("identity", "${userUID")], {"identity": "must end"}),
        ("wifi", "N", [("ssid", "x"), ("identity", LONG)], {"identity": "1000 characters"}),
        ("wifi", "N\0", [("ssid", "x\0")], {"name": "Null", "ssid": "Null"}),
        ("email", "N", [("address", "ana")], {"address": "an e-mail", "server": "required"}),
        ("email", "N", [("address", "$$@ex"), ("server", "a b")], {"address": "", "server": ""}),
        ("vpn", "N", [("server", "${userUID}")], {"server": "not filled in here"}),
        ("vpn", "N", [("server", "x"), ("user_name", "${tier}")], {"user_name": "no variable"}),
        ("custom", "N", [], {"key-0": "at least one"}),
        ("custom", "N", [("", ""), ("", "v")], {"key-1": "is required"}),
        ("custom", "N", [("a", "1"), ("", ""), ("a", "2")], {"key-2": "there twice"}),
        ("custom", "N", [("a", "${x${"), ("b", LONG)], {"value-0": "must", "value-1": "1000"}),
        ("custom", "N", [("${a}", ""), ("b" * 201, "")], {"key-0": "not filled", "key-1": "200"}),
        ("custom", "N", [(str(n), "") for n in range(51)], {"name": "at most 50"}),
        ("custom", "OFFICE", [("a", "")], {"name": "“OFFICE” already exists"}),
    ],
)
def test_a_bad_draft_is_refused_field_by_field(
    kind: str, name: str, values: list[tuple[str, str]], reasons: dict[str, str]
) -> None:
    services.create(kind="wifi", draft=WIFI, actor=ANA)
    with pytest.raises(Refused) as refusal:
        create(kind, name, *values)
    assert refusal.value.reasons.keys() == reasons.keys()
    assert all(reason in refusal.value.reasons[place] for place, reason in reasons.items())
    assert Configuration.objects.count() == Event.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("mail.example.com", True),
        ("mail", True),
        ("mail.example.com:993", True),
        ("10.0.0.1:65535", True),
        ("[2001:db8::1]", True),
        ("[2001:db8::1]:443", True),
        ("büro.example", True),
        ("2001:db8::1", False),
        ("[10.0.0.1]", False),
        ("mail:0", False),
        ("mail:65536", False),
        ("mail:", False),
        ("-mail", False),
        ("mail..example", False),
        ("https://mail", False),
        ("user@mail", False),
        ("mail\n", False),
        ("a." * 130, False),
    ],
)
def test_what_a_server_is(text: str, fits: bool) -> None:
    assert (server(text) == "") == fits


def test_what_the_other_fields_take() -> None:
    assert email_address("ana@ex.org") == ssid("x" * 32) == ""
    assert email_address("ana@@ex.org") and ssid("x" * 33)
    assert [field.key for field in KINDS["wifi"].fields if field.secret] == ["password"]


@pytest.mark.django_db
def test_an_attribute_that_is_used_stays_until_nothing_uses_it() -> None:
    add_custom_attribute(name="tier", actor=ANA)
    row = create("custom", "Keys", ("a", "${TIER}"))
    create("custom", "Escaped", ("a", "$${tier}"))
    assert [use.name for use in uses_of(["tier"])["tier"]] == ["Keys"]
    with pytest.raises(AttributeInUse, match="Keys"):
        delete_custom_attribute(name="tier", actor=ANA)
    change(row, "Keys", ("a", "${userUID}"))
    assert delete_custom_attribute(name="tier", actor=ANA) == 0


@pytest.mark.django_db(transaction=True)
def test_nobody_can_begin_to_use_an_attribute_while_it_goes() -> None:
    for number in range(10):
        name = f"tier{number}"
        add_custom_attribute(name=name, actor=ANA)
        works: list[Any] = [
            partial(create, "custom", name, ("a", f"${{{name}}}")),
            partial(delete_custom_attribute, name=name, actor=ANA),
        ]
        made, gone = in_parallel(works)
        assert isinstance(made, Refused) != isinstance(gone, AttributeInUse)
        registered = CustomAttribute.objects.filter(name=name).exists()
        assert registered == Configuration.objects.filter(name=name).exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_take_one_name_at_once_make_one() -> None:
    works = [partial(create, "custom", name, ("a", "1")) for name in ("Keys", "KEYS", "keys")]
    outcomes = in_parallel(works)
    assert sum(isinstance(outcome, Configuration) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 2


@pytest.mark.django_db
def test_a_preview_fills_in_what_a_user_has_and_says_what_is_empty() -> None:
    add_custom_attribute(name="tier", actor=ANA)
    values = (("who", "${userUID}/${TIER}/$$"), ("where", "${department}${tier}"))
    row = create("custom", "Keys", *values)
    ana = person("ana", department="D" * 600)
    who, where = preview.rows(row, preview.values_for(row, ana))
    assert (who.label, who.written) == ("who", "${userUID}/${TIER}/$$")
    assert (who.filled, who.empty) == ("ana@ex.org//$", ("${tier}",))
    assert where.filled == "D" * 499 + "…"
    assert preview.empty_variables(row, ana) == ["${tier}"]
