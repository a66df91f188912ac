"""The command palette: pages, actions, users and groups by a few letters."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mdm_portal.portal.finding import first_found
from mdm_portal.portal.navigation import Node, navigation
from mdm_portal.roles import SYSTEM, USERS, may
from scim_provisioning.configurations.filters import ConfigurationFilter
from scim_provisioning.configurations.selectors import configurations
from scim_provisioning.directory import selectors
from scim_provisioning.directory.filters import GroupFilter, UserFilter
from scim_provisioning.directory.text import fold_for_search
from scim_provisioning.providers import PROVIDERS

SHORTEST_NAME = 2
MOST_OF_A_KIND = 6
LONGEST_QUESTION = 100


@dataclass(frozen=True, slots=True)
class Hit:
    """Something to go to."""

    kind: str
    label: str
    address: str
    under: str = ""


@require_safe
def palette(request: HttpRequest) -> HttpResponse:
    """Return what the question finds, as the list that the dialog shows."""
    question = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_QUESTION]
    hits = [
        *_matching(question, _places(request)),
        *_people(request, question),
        *_configurations(request, question),
    ]
    return render(request, "palette/results.html", {"hits": hits, "question": question})


def _places(request: HttpRequest) -> Iterator[Hit]:
    """Yield the pages and actions that the administrator's role opens."""
    yield from _pages(navigation(request))
    if may(request.user, USERS, write=True):
        yield Hit(_("Action"), _("Add User"), reverse("user-add"))
        yield Hit(_("Action"), _("Multiple Users"), reverse("user-import"))
        yield Hit(_("Action"), _("Add User Group"), reverse("user-group-add"))
    if may(request.user, SYSTEM, write=True):
        yield Hit(_("Action"), _("Add Configuration"), reverse("configuration-choose"))
        yield from _actions_of_providers()


def _actions_of_providers() -> Iterator[Hit]:
    """Yield what can be done for each identity provider."""
    actions = (
        (_("Generate Token"), "token-generate"),
        (_("Edit Settings"), "provisioning-settings"),
        (_("Test Connection"), "connection-test"),
    )
    for provider in PROVIDERS.values():
        for words, name in actions:
            address = reverse(name, args=[provider.key])
            yield Hit(_("Action"), f"{words} · {provider.name}", address)


def _pages(nodes: Iterable[Node]) -> Iterator[Hit]:
    """Yield the pages of the navigation."""
    for node in nodes:
        if node.address:
            yield Hit(_("Page"), str(node.label), node.address)
        yield from _pages(node.children)


def _matching(question: str, hits: Iterable[Hit]) -> list[Hit]:
    """Return what has all words of the question in its label."""
    words = fold_for_search(question).split()
    found = [hit for hit in hits if all(word in fold_for_search(hit.label) for word in words)]
    return found if question else [hit for hit in found if hit.kind == _("Page")]


def _people(request: HttpRequest, question: str) -> Iterator[Hit]:
    """Yield users and groups by name."""
    if len(question) < SHORTEST_NAME or not may(request.user, USERS, write=False):
        return
    users = UserFilter({"q": question}, selectors.live_users()).qs.order_by("sort_name", "id")
    for user in first_found(users, MOST_OF_A_KIND):
        address = reverse("user", args=[user.pk])
        yield Hit(_("User"), user.title, address, user.email or user.user_name)
    groups = GroupFilter({"q": question}, selectors.groups()).qs.order_by("display_name_key")
    for group in groups[:MOST_OF_A_KIND]:
        address = reverse("user-group", args=[group.pk])
        yield Hit(_("User Group"), group.display_name, address, group.source_label)


def _configurations(request: HttpRequest, question: str) -> Iterator[Hit]:
    """Yield configurations by name."""
    if len(question) < SHORTEST_NAME or not may(request.user, SYSTEM, write=False):
        return
    found = ConfigurationFilter({"q": question}, configurations()).qs.order_by("name_key")
    for configuration in found[:MOST_OF_A_KIND]:
        address = reverse("configuration", args=[configuration.pk])
        yield Hit(
            _("Configuration"), configuration.name, address, str(configuration.declaration.label)
        )
