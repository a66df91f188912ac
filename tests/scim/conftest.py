"""A client of each identity provider, connected with a fresh token."""

from collections.abc import Callable

import pytest

from audit.actors import Actor
from scim_provisioning.tokens import services
from tests.scim.client import ScimClient

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
