"""The settings of invitations and the registration page in a browser: no barriers, on a phone."""

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from audit.actors import Actor
from scim_provisioning.directory.models import User
from scim_provisioning.invitations import links
from scim_provisioning.invitations.models import Invitation
from scim_provisioning.invitations.options.options import Options
from scim_provisioning.invitations.options.services import change
from tests.browser.accessibility import sideways, violations
from tests.browser.conftest import VIEWS, Open
from tests.portal.people import person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def path(transactional_db: None) -> str:
    """Return the path of an invitation's link, of somebody with a long name."""
    user: User = person("n" * 120, emails=({"value": f"{'n' * 60}@ex.org"},))
    now = timezone.now()
    invitation = Invitation.objects.create(user=user, due_at=now, sent_at=now, status="sent")
    address = f"https://enroll.example.org/{'x' * 200}"
    change(options=Options(enrolment_url=address), actor=Actor.operator("tests"))
    return links.link_to(invitation).removeprefix(links.base_url())


@pytest.mark.parametrize(("theme", "width"), VIEWS)
def test_the_way_to_the_next_step_has_no_barrier(
    visit: Open, path: str, theme: str, width: str
) -> None:
    page = visit(path, theme=theme, width=width, scripts=True)
    page.get_by_text("Continue on your phone").click()
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    assert (violations(page), sideways(page)) == ([], 0)
    page.get_by_role("button", name="Yes, accept the invitation").click()
    code = page.get_by_role("img", name="QR code")
    expect(code).to_be_visible()
    box = code.bounding_box()
    assert box and box["width"] > 150
    assert (violations(page), sideways(page)) == ([], 0)


@pytest.mark.parametrize(("theme", "width"), VIEWS)
def test_the_settings_have_no_barrier(visit: Open, portal: Client, theme: str, width: str) -> None:
    page = visit("/admin/identity/invitations/", client=portal, theme=theme, width=width)
    assert (violations(page), sideways(page)) == ([], 0)
