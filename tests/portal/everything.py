"""A portal that has something on each of its pages, and an administrator of each role."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group as Role
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from audit.actors import Actor
from mdm_portal.api.urls import router
from scim_provisioning.activity.models import ScimRequest
from scim_provisioning.activity.reasons import UNREGISTERED
from scim_provisioning.configurations import services as configurations
from scim_provisioning.configurations.drafts import Draft
from scim_provisioning.directory import imports
from scim_provisioning.directory.groups import create_group
from scim_provisioning.directory.models import User
from scim_provisioning.directory.services import create_user, deprovision_user
from scim_provisioning.directory.state import GroupState, UserState
from scim_provisioning.invitations import links
from scim_provisioning.invitations.mail_templates import services as mail_templates
from scim_provisioning.invitations.mail_templates.wording import Wording
from scim_provisioning.invitations.models import Invitation
from scim_provisioning.settings.services import add_custom_attribute
from scim_provisioning.tokens import services as tokens
from scim_provisioning.tokens.nonces import new_nonce
from tests.portal.people import group, person
from tests.portal.rights import READS, Page

OPERATOR = Actor.operator("tests")
SUPERUSER = "superuser"
IVANTI = "urn:ietf:params:scim:schemas:extension:ivanti:2.0:User"
FILE = b"userName,email\nnew@ex.org,\nbad@ex.org,none\n"


@dataclass(frozen=True)
class Everything:
    """What is there, and who may look at it."""

    place: dict[str, str]
    administrators: dict[str, Any]

    def place_of(self, page: Page, role: str) -> dict[str, str]:
        """Return what stands for the braces of a page and of its address."""
        user = self.administrators[role]
        mine = imports.UserImport.objects.get(owner=str(user.pk))
        known = self.place | {"import_id": str(mine.pk), "nonce": new_nonce(user.pk)}
        return known | {name: value.format_map(known) for name, value in page.place.items()}

    def address(self, page: Page, role: str) -> str:
        """Return the address of a page for an administrator."""
        place = self.place_of(page, role)
        kwargs = {name: place[name] for name in addresses()[page.name]}
        return reverse(page.name, kwargs=kwargs) + page.query.format_map(place)

    def browser(self, role: str) -> Client:
        """Return the browser of an administrator."""
        client = Client()
        backend = "django.contrib.auth.backends.ModelBackend"
        client.force_login(self.administrators[role], backend)
        return client


def everything() -> Everything:
    """Return a portal with something on each page."""
    add_custom_attribute(name="costCenter", actor=OPERATOR)
    administrators = {name: _administrator(name) for name in (*READS, SUPERUSER)}
    for user in administrators.values():
        imports.upload(file_name="people.csv", content=FILE, owner=str(user.pk))
    return Everything(_people() | _system(), administrators)


def addresses() -> dict[str, tuple[str, ...]]:
    """Return the name of every address of the portal, with the names of its parts."""
    of_the_api = {pattern.name for pattern in router.urls} | {"api-elsewhere"}
    return {name: parts for name, parts in _walk(get_resolver(), ()) if name not in of_the_api}


def _walk(resolver: URLResolver, parts: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the addresses below a resolver; those of SCIM have a name space of their own."""
    for entry in resolver.url_patterns:
        below = (*parts, *entry.pattern.regex.groupindex)
        if isinstance(entry, URLPattern):
            assert entry.name, f"{entry.pattern} has no name, so that no table can hold it"
            yield entry.name, below
        elif entry.namespace != "scim":
            yield from _walk(entry, below)


def _administrator(name: str) -> Any:
    """Return an administrator of a role."""
    made = get_user_model().objects.create(username=name, is_superuser=name == SUPERUSER)
    if name != SUPERUSER:
        made.groups.add(Role.objects.get_or_create(name=name)[0])
    return made


def _local(name: str, **attributes: Any) -> User:
    """Return a new local user."""
    emails = ({"value": f"{name}@ex.org", "primary": True},)
    state = UserState(user_name=f"{name}@ex.org", emails=emails, **attributes)
    return create_user(state=state, actor=OPERATOR)


def _people() -> dict[str, str]:
    """Make local users and groups, and an identity provider's."""
    ana, sleeper = _local("ana", custom={"costCenter": "7"}), _local("sleeper", active=False)
    owned = person("okta", department="Sales")
    gone = _local("gone")
    deprovision_user(user_id=gone.pk, actor=OPERATOR)
    state = GroupState(display_name="Ops")
    ops = create_group(state=state, members=frozenset({ana.pk}), actor=OPERATOR)
    now = timezone.now()
    invitation = Invitation.objects.create(
        user=owned, provider="okta", due_at=now, sent_at=now, status=Invitation.SENT
    )
    return {
        "user_id": str(ana.pk),
        "sleeper": str(sleeper.pk),
        "owned": str(owned.pk),
        "gone": str(gone.pk),
        "group_id": str(ops.pk),
        "owned_group": str(group("Sales", owned).pk),
        "token": links.link_to(invitation).rpartition("/register/")[2].strip("/"),
    }


def _system() -> dict[str, str]:
    """Make a token, a request of the log and a configuration."""
    issued = tokens.generate(provider="okta", lifetime_days=90, actor=OPERATOR)
    asked = ScimRequest.objects.create(
        occurred_at=datetime.now(tz=UTC),
        request_id=uuid4().hex,
        provider="okta",
        method="POST",
        path="/Users",
        resource="User",
        status=201,
        duration_us=1,
        ignored={f"{IVANTI}:badgePin": UNREGISTERED},
    )
    words = Wording("Hola", "<p>${userActivationUrl}</p>")
    mail_templates.save(kind="invitation", language="es", wording=words, actor=OPERATOR)
    draft = Draft("Áccess", (("team", "${department}"),))
    made = configurations.create(kind="custom", draft=draft, actor=OPERATOR)
    return {
        "provider": "okta",
        "kind": "wifi",
        "name": "costCenter",
        "token_id": str(issued.token.pk),
        "request_id": str(asked.pk),
        "configuration_id": str(made.pk),
    }
