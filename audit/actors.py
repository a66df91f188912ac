"""Who does something: an administrator, an identity provider's token, an operator, the system."""

from dataclasses import dataclass
from typing import Protocol, Self


class AdministratorLike(Protocol):
    """What the trail needs to know of an administrator."""

    pk: object

    def get_username(self) -> str:
        """Return the sign-in name."""


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who acts, as the trail will name them even after they are gone."""

    kind: str
    """``administrator``, ``token``, ``operator`` or ``system``."""
    id: str = ""
    name: str = ""
    provider: str = ""
    """Key of the identity provider that a token belongs to."""
    address: str = ""
    """Network address, if any."""
    request_id: str = ""

    @classmethod
    def administrator(
        cls, user: AdministratorLike, address: str = "", request_id: str = ""
    ) -> Self:
        """Return a signed-in administrator of the portal."""
        return cls("administrator", str(user.pk), user.get_username(), "", address, request_id)

    @classmethod
    def token(
        cls,
        token_id: object,
        name: str,
        provider: str,
        address: str = "",
        request_id: str = "",
    ) -> Self:
        """Return an identity provider, known by its SCIM token."""
        return cls("token", str(token_id), name, provider, address, request_id)

    @classmethod
    def operator(cls, name: str) -> Self:
        """Return a person at the command line of the server."""
        return cls("operator", "", name)

    @classmethod
    def system(cls) -> Self:
        """Return the system itself: jobs and housekeeping."""
        return cls("system")
