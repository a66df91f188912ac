"""What one SCIM request knows of its caller, and what it notes on the way."""

from dataclasses import dataclass, field

from audit.actors import Actor
from scim_provisioning.scim.attributes import GROUP_TYPE, ResourceType, user_type
from scim_provisioning.scim.profiles import PROFILES
from scim_provisioning.scim.profiles.base import Profile
from scim_provisioning.settings.registry import custom_attribute_names


@dataclass(frozen=True, slots=True)
class Context:
    """The caller of one request."""

    actor: Actor
    base: str
    """The target SCIM URL, as this caller addresses it."""
    ignored: list[str] = field(default_factory=list)
    """Attributes that were accepted and not stored: never a silent success."""

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

    def ignore(self, name: str) -> None:
        """Note an attribute as ignored."""
        if name not in self.ignored:
            self.ignored.append(name)
