"""A user's page: what happened to the user, and the invitations."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from audit.models import Event
from scim_provisioning.directory.services import deprovision_user, update_user
from scim_provisioning.invitations.models import Invitation
from tests.portal.people import OKTA, person

pytestmark = pytest.mark.django_db
MAIL = ({"value": "ana@ex.org", "primary": True},)


def test_the_history_tells_every_change_with_before_and_after(portal: Client) -> None:
    ana = person("Ana", department="Ventas")
    person("Somebody else")
    update_user(user_id=ana.pk, edit=lambda state: replace(state, department="Ops"), actor=OKTA)
    deprovision_user(user_id=ana.pk, actor=OKTA)
    page = portal.get(f"/users/{ana.pk}/history/").content.decode()
    for text in ("User Created", "User Updated", "User Deleted", "Ventas", "Ops", OKTA.name):
        assert text in page
    assert "Somebody else" not in page


def test_an_invitation_is_sent_by_hand_once(portal: Client) -> None:
    ana = person("Ana", emails=MAIL)
    tab, path = f"/users/{ana.pk}/invitations/", f"/users/{ana.pk}/invite/"
    page = portal.get(tab).content.decode()
    assert "This user was not invited yet." in page
    assert f'href="{path}"' in page
    page = portal.post(path, follow=True).content.decode()
    assert "The invitation to ana@ex.org is on its way." in page
    assert "Pending" in page
    again = portal.post(path, follow=True).content.decode()
    assert "An invitation of this user is under way." in again
    assert Invitation.objects.count() == 1
    assert Event.objects.get(event="invitation.requested").actor_name == "admin"


def test_after_one_that_expired_another_can_be_sent(portal: Client) -> None:
    ana = person("Ana", emails=MAIL)
    long_ago = timezone.now() - timedelta(days=31)
    Invitation.objects.create(user=ana, status="sent", sent_at=long_ago, due_at=long_ago)
    portal.post(f"/users/{ana.pk}/invite/")
    statuses = Invitation.objects.order_by("created_at").values_list("status", flat=True)
    assert list(statuses) == ["expired", "pending"]


@pytest.mark.parametrize(
    ("attributes", "sentence"),
    [
        ({}, "This user has no e-mail address."),
        ({"emails": MAIL, "active": False}, "Only an active user can be invited."),
    ],
)
def test_who_cannot_be_invited_is_told_why(
    portal: Client, attributes: dict[str, object], sentence: str
) -> None:
    ana = person("Ana", **attributes)
    page = portal.post(f"/users/{ana.pk}/invite/", follow=True).content.decode()
    assert sentence in page
    assert not Invitation.objects.exists()


def test_who_has_accepted_is_not_invited_again(portal: Client) -> None:
    ana = person("Ana", emails=MAIL)
    Invitation.objects.create(user=ana, status="completed", due_at=timezone.now())
    page = portal.post(f"/users/{ana.pk}/invite/", follow=True).content.decode()
    assert "This user has accepted an invitation." in page


@pytest.mark.parametrize("tab", ["history", "invitations"])
def test_nobody_is_404(portal: Client, tab: str) -> None:
    path = f"/users/01a1fd08-5946-771b-81cb-898318798590/{tab}/"
    assert portal.get(path).status_code == 404
