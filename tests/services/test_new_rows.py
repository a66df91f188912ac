"""Rows that are stored many at once: the very same as those that are stored alone."""

from typing import Any

import pytest
from django.db import models

from audit.actors import Actor
from audit.models import Event
from mdm_portal.database.rows import NewRow
from scim_provisioning.directory.errors import UserNameTaken
from scim_provisioning.directory.models import User
from scim_provisioning.directory.selectors import totals_of
from scim_provisioning.directory.services import create_user, create_users
from scim_provisioning.directory.state import UserState
from scim_provisioning.directory.tables import USERS
from scim_provisioning.invitations.models import Invitation
from scim_provisioning.settings.services import set_auto_invite

pytestmark = pytest.mark.django_db

OKTA = Actor.token("1", "scim_okta", "okta", "192.0.2.7", "4711")
TEXTS = [
    "",
    "plain",
    "\\N",
    "a\\b\\\\c\\t",
    "tab\there",
    "line\nbreak\r\nand \v\f\b",
    "\\.",
    "“50% off_” ÅSA Straße 🦊 שלום",
    "Ano\u0308nym",
    "'; --\"{}[],$1 %s",
    "\x01\x7f\u2028",
]
OWN = {"id", "created_at", "modified_at", "occurred_at", "subject", "nonce", "due_at", "user"}
"""Columns in which no two rows are alike."""


def state(text: str) -> UserState:
    """Return a user all of whose attributes are one text."""
    emails = {"value": f"{text}@ex.org", "type": text, "primary": True, "display": text}
    texts = dict.fromkeys(("external_id", "display_name", "given_name", "department"), text)
    return UserState(
        user_name=f"{text}-Ana",
        family_name=text,
        formatted_name=text,
        emails=({key: value for key, value in emails.items() if value != ""},),
        custom={"Badge": text} if text else {},
        **texts,
    )


def rows(model: type[models.Model]) -> list[dict[str, Any]]:
    """Return what the rows of a table have in common with others; the rows go."""
    found = [
        {name: value for name, value in row.items() if name.removesuffix("_id") not in OWN}
        for row in model._default_manager.order_by("pk").values()
    ]
    if model is User:
        model._default_manager.all().delete()
    return found


def test_users_stored_together_are_as_if_stored_alone() -> None:
    """Every column of users, events and invitations, whatever the texts."""
    set_auto_invite(provider="okta", enabled=True, actor=OKTA)
    states = [state(text) for text in TEXTS]
    for one in states:
        create_user(state=one, actor=OKTA, source="okta")
    invitations = rows(Invitation)
    Invitation.objects.all().delete()
    alone = rows(User)
    together = create_users(states=states, actor=OKTA, source="okta")
    assert [UserState.of(user) for user in User.objects.order_by("id")] == states
    assert [user.user_name_key for user in together] == [user["user_name_key"] for user in alone]
    assert rows(Invitation) == invitations
    Invitation.objects.all().delete()
    assert rows(User) == alone
    events = [event for event in rows(Event) if event["event"] == "user.created"]
    assert events[len(TEXTS) :] == events[: len(TEXTS)]
    assert len(events) == 2 * len(TEXTS)


def test_a_taken_name_among_many_leaves_nothing_behind() -> None:
    """Neither users nor events, nor a broken transaction."""
    create_user(state=UserState(user_name="TAKEN"), actor=OKTA)
    events = Event.objects.count()
    states = [UserState(user_name=name) for name in ("ana", "taken", "bob")]
    with pytest.raises(UserNameTaken):
        create_users(states=states, actor=OKTA)
    assert list(User.objects.values_list("user_name", flat=True)) == ["TAKEN"]
    assert (Event.objects.count(), totals_of("user")) == (events, (1, 0))


@pytest.mark.parametrize("model", [User, Event])
def test_a_new_row_is_what_the_model_makes(model: type[models.Model]) -> None:
    """The same defaults, each row with lists and ids of its own."""
    make = NewRow(model)
    first, second, expected = make(), make(), model()
    for field in model._meta.concrete_fields:
        ours, theirs = (getattr(row, field.attname) for row in (first, expected))
        if field.attname not in OWN:
            assert ours == theirs
        assert type(ours) is type(theirs)
        if isinstance(ours, list | dict):
            assert ours is not getattr(second, field.attname)
    assert first._state.adding
    assert first.pk is None or first.pk != second.pk


def test_no_rows_are_stored_as_none() -> None:
    """Nothing to store is no error."""
    USERS.copy([])
    assert create_users(states=[], actor=OKTA) == []
    assert not User.objects.exists()
