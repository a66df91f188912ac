"""A SCIM service to measure, with what it holds."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Target:
    """Where a service is, and whom it knows."""

    name: str
    url: str
    """The target SCIM URL."""
    users: int
    people: Sequence[tuple[str, str]]
    """The id and the userName of some active users, from all over the list."""
    outsiders: Sequence[str]
    """The ids of some users who are not in the group."""
    group: str
    """The id of the group of 5,000."""
    tokens: dict[str, str] = field(default_factory=dict)
    """The secret for each identity provider that we play."""
    removes_by_filter: bool = True
    """Whether one member is removed by a filter in the path, or by a list of values."""
    place: str = ""
    """Which page of the list: the parameters that lead there; the middle by index without any."""

    def token(self, idp: str) -> str:
        """Return the secret that an identity provider sends."""
        return self.tokens.get(idp, "none")
