"""Every conversation of every identity provider, from its first request to its last."""

import pytest

from scim_provisioning.settings import services as settings_services
from tests.conversations.runner import conversations, load, play
from tests.scim.conftest import ConnectedClient, operator

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", conversations())
def test_conversation(name: str, connected: ConnectedClient) -> None:
    """Each answer is the expected one, whole."""
    conversation = load(name)
    for attribute in conversation.get("custom_attributes", []):
        settings_services.add_custom_attribute(name=attribute, actor=operator())
    play(conversation, connected(conversation["idp"]))
