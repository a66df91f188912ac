"""What the directory refuses, each with a sentence that an administrator understands."""

from collections.abc import Iterable

from django.utils.translation import gettext as _


class DirectoryError(Exception):
    """A refused change; nothing of it was applied."""


class NotFound(DirectoryError):
    """There is no such user or group, or it was deprovisioned."""


class UserNameTaken(DirectoryError):
    """Another live user has this userName, in some letter case."""

    def __init__(self, user_name: str) -> None:
        """Name the userName."""
        super().__init__(_("A user with the userName “%s” already exists.") % user_name)


class UserNameImmutable(DirectoryError):
    """The userName of a provisioned user cannot change (product decision 7)."""

    def __init__(self, user_name: str) -> None:
        """Name the userName that stays."""
        super().__init__(
            _(
                "The userName “%s” cannot be changed once the user is provisioned. "
                "Nothing of this request was applied."
            )
            % user_name
        )


class GroupNameTaken(DirectoryError):
    """Another group has this name, in some letter case (product decision 20)."""

    def __init__(self, name: str) -> None:
        """Name the group."""
        super().__init__(_("A group with the name “%s” already exists.") % name)


class OwnedByProvider(DirectoryError):
    """An identity provider brought the user or group, and alone may change it."""

    def __init__(self, owner: str) -> None:
        """Name the source as the Source column does."""
        super().__init__(_("Owned by %s: change it there.") % owner)


class UserDeleted(DirectoryError):
    """A deprovisioned user, of whom the portal keeps the row and the history alone."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(_("This user was deleted and cannot be changed any more."))


class UnknownMembers(DirectoryError):
    """Some members are no users of ours (product decision 21)."""

    def __init__(self, ids: Iterable[object], groups: Iterable[object] = ()) -> None:
        """Name the ids; groups among them are told apart, for nesting is not offered."""
        nested = ", ".join(sorted(map(str, groups)))
        missing = ", ".join(sorted(map(str, ids)))
        if nested:
            message = _("Groups cannot be members of groups; these are groups: %s") % nested
        else:
            message = _("These members are not known users: %s") % missing
        super().__init__(message)


class UnknownGroup(DirectoryError):
    """There is no such group any more."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(_("This user group is no longer there. Choose another one."))


class UnknownAttribute(DirectoryError):
    """No custom attribute of this name is registered."""

    def __init__(self, name: str) -> None:
        """Name it."""
        super().__init__(_("There is no custom attribute named “%s”.") % name)


class ValueMissing(DirectoryError):
    """A custom attribute is to be assigned without a value."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(_("Enter a value: an empty one is not assigned."))


class UnreadableFile(DirectoryError):
    """A file that is no CSV of users, with a sentence about the first thing that is wrong."""
