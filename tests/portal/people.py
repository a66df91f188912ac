"""People and groups that hurt, made as an identity provider makes them."""

from audit.actors import Actor
from scim_provisioning.directory.groups import create_group
from scim_provisioning.directory.models import Group, User
from scim_provisioning.directory.services import create_user
from scim_provisioning.directory.state import GroupState, UserState

OKTA = Actor.token("1", "scim_Ab3dEf9h…", "okta", "203.0.113.7")
ENTRA = Actor.token("2", "scim_Zz9yXw8v…", "entra", "203.0.113.8")


def person(name: str, actor: Actor = OKTA, **attributes: object) -> User:
    """Return a new user whose userName is ``name``@ex.org."""
    state = UserState(user_name=f"{name}@ex.org", display_name=name, **attributes)  # type: ignore[arg-type]
    return create_user(state=state, actor=actor, source=actor.provider)


def group(name: str, *members: User, actor: Actor = OKTA) -> Group:
    """Return a new group."""
    ids = frozenset(member.pk for member in members)
    state = GroupState(display_name=name)
    return create_group(state=state, members=ids, actor=actor, source=actor.provider)
