"""What one SCIM request knows of its caller, and what it notes on the way."""

from dataclasses import dataclass, field

from audit.actors import Actor
from scim_provisioning.scim.attributes import GROUP_TYPE, ResourceType, user_type
from scim_provisioning.scim.profiles import PROFILES
from scim_provisioning.scim.profiles.base import Profile
from scim_provisioning.settings.registry import custom_attribute_names

IGNORED_AT_MOST = 100
NAME_AT_MOST = 256
"""The log names so many ignored attributes of a request, and so much of each name."""


@dataclass(frozen=True, slots=True)
class Context:
    """The caller of one request."""

    actor: Actor
    base: str
    """The target SCIM URL, as this caller addresses it."""
    ignored: dict[str, str] = field(default_factory=dict)
    """What was accepted and not stored, and why (activity.reasons): never a silent success."""

    @property
    def provider(self) -> str:
        """Return the key of the caller's identity provider."""
        return self.actor.provider

    @property
    def profile(self) -> Profile:
        """Return the tolerances of the caller's identity provider."""
        return PROFILES[self.actor.provider]

    @property
    def user_type(self) -> ResourceType:
        """Return the User resource type, custom attributes as registered now."""
        return user_type(custom_attribute_names())

    @property
    def group_type(self) -> ResourceType:
        """Return the Group resource type."""
        return GROUP_TYPE

    def ignore(self, name: str, reason: str) -> None:
        """Note an attribute as ignored, for one of the reasons that the log knows."""
        if len(self.ignored) < IGNORED_AT_MOST:
            self.ignored.setdefault(name[:NAME_AT_MOST].replace("\0", "␀"), reason)
