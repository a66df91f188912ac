"""What the directory announces, and what is to be stored with it; loaded by AppConfig.ready."""

from collections.abc import Sequence
from typing import Any

from django.dispatch import receiver

from audit.actors import Actor
from scim_provisioning.directory.models import User
from scim_provisioning.directory.signals import Consequences, users_left, users_provisioned
from scim_provisioning.invitations import services
from scim_provisioning.settings.switches import invites_automatically


@receiver(users_provisioned)
def invite(users: Sequence[User], actor: Actor, **_signal: Any) -> Consequences | None:
    """Have users invited whom an identity provider brings, if its switch is on."""
    if actor.provider and invites_automatically(actor.provider):
        return services.inviting_automatically(users=users, actor=actor)
    return None


@receiver(users_left)
def cancel(users: Sequence[User], actor: Actor, **_signal: Any) -> Consequences:
    """Have the invitations taken back that are not sent yet."""
    return services.cancelling(users=users, actor=actor)
