"""A client of each identity provider, connected with a fresh token."""

from collections.abc import Callable, Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from audit.actors import Actor
from scim_provisioning.activity.models import ScimRequest
from scim_provisioning.tokens import services
from tests.scim.client import ScimClient
from tests.scim.live import served

ConnectedClient = Callable[[str], ScimClient]


def operator() -> Actor:
    """Return who sets things up in these tests."""
    return Actor.operator("tests")


def connect(provider: str) -> ScimClient:
    """Return a client with a fresh token of this provider."""
    issued = services.generate(provider=provider, lifetime_days=30, actor=operator())
    return ScimClient(issued.secret)


@pytest.fixture
def connected(db: None) -> ConnectedClient:
    """Return the function that connects a client of any provider."""
    return connect


@pytest.fixture
def okta(db: None) -> ScimClient:
    """Return a client of Okta."""
    return connect("okta")


@pytest.fixture
def entra(db: None) -> ScimClient:
    """Return a client of Microsoft Entra ID."""
    return connect("entra")


@pytest.fixture
def other(db: None) -> ScimClient:
    """Return a client that follows the RFC to the letter."""
    return connect("other")


@pytest.fixture(scope="module")
def site(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """Return the target SCIM URL of a server that the tests of a module share."""
    with served(tmp_path_factory.mktemp("site") / "log") as url:
        yield url
    # A server that ends writes the rest of its log, after the last test was cleared away.
    with django_db_blocker.unblock():
        ScimRequest.objects.all().delete()
