"""What the directory announces, heard inside its transaction; loaded by AppConfig.ready."""

from collections.abc import Sequence
from typing import Any

from django.dispatch import receiver

from audit.actors import Actor
from scim_provisioning.directory.models import User
from scim_provisioning.directory.signals import users_left, users_provisioned
from scim_provisioning.invitations import services
from scim_provisioning.settings.switches import invites_automatically


@receiver(users_provisioned)
def invite(users: Sequence[User], actor: Actor, **_signal: Any) -> None:
    """Invite users whom an identity provider brings, if its switch is on."""
    if actor.provider and invites_automatically(actor.provider):
        services.invite_automatically(users=users, actor=actor)


@receiver(users_left)
def cancel(users: Sequence[User], actor: Actor, **_signal: Any) -> None:
    """Take back the invitations that are not sent yet."""
    services.cancel(users=users, actor=actor)
