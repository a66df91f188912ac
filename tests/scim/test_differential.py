"""Each conversation and request of the RFC gets scim2-server's answer, or a difference explained.

What is explained stands in ``differences.json``; ``docs/differences.md`` is made of it.
"""

import json
from dataclasses import asdict

import pytest

from scim_provisioning.settings import services as settings_services
from tests.conversations.runner import conversations, load
from tests.scim.conftest import ConnectedClient, operator
from tests.scim.differences import PAGE, explained, rendered
from tests.scim.differential import Difference, play, play_everywhere, rfc_files, rfc_steps

pytestmark = pytest.mark.django_db


def check(where: str, found: list[Difference]) -> None:
    """Fail where an answer differs unexplained, or an explained one no longer does."""
    wanted = {difference for difference in explained() if difference.where == where}
    new = [asdict(difference) for difference in sorted(set(found) - wanted)]
    gone = [asdict(difference) for difference in sorted(wanted - set(found))]
    assert not new and not gone, json.dumps({"new": new, "gone": gone}, indent=1)


@pytest.mark.parametrize("name", conversations())
def test_a_conversation(name: str, connected: ConnectedClient) -> None:
    """An identity provider's conversation, step by step."""
    conversation = load(name)
    for attribute in conversation.get("custom_attributes", []):
        settings_services.add_custom_attribute(name=attribute, actor=operator())
    check(name, play(name, conversation["steps"], connected(conversation["idp"])))


@pytest.mark.parametrize("name", rfc_files())
def test_requests_of_the_rfc(name: str, connected: ConnectedClient) -> None:
    """Requests over all of RFC 7644, from a client that follows it to the letter."""
    settings_services.add_custom_attribute(name="costCode", actor=operator())
    check(name, play(name, rfc_steps(name), connected("other")))


def test_what_differs_everywhere(connected: ConnectedClient) -> None:
    """What the comparison leaves out of each answer."""
    check("everywhere", play_everywhere(connected("other")))


def test_every_explained_difference_is_of_something_that_is_played() -> None:
    """None is left behind when a conversation goes."""
    played = {*conversations(), *rfc_files(), "everywhere"}
    assert {difference.where for difference in explained()} <= played


def test_the_page_shows_the_explained_differences() -> None:
    """``python -m tests.scim.differences`` writes it."""
    assert PAGE.read_text("utf-8") == rendered()
