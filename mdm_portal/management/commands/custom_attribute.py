"""Custom attributes from the command line: the same services as Edit Settings."""

from typing import Any, ClassVar

from django.core.management.base import CommandParser

from mdm_portal.management.actions import ActionCommand
from scim_provisioning.directory.attribute_counts import users_by_attribute
from scim_provisioning.directory.text import fold
from scim_provisioning.settings import selectors, services
from scim_provisioning.settings.models import CustomAttribute


class Command(ActionCommand):
    """Adds, lists and deletes custom attributes."""

    help = "Manage the custom attributes that identity providers may fill."
    refusals: ClassVar = (services.CustomAttributeError,)

    def add_arguments(self, parser: CommandParser) -> None:
        """Add one sub-command for each operation."""
        super().add_arguments(parser)
        words = "the attribute's name"
        added = self.add_action("add", "register an attribute")
        added.add_argument("name", metavar="NAME", help=words)
        self.add_action("list", "list the attributes")
        deleted = self.add_action("delete", "delete an attribute with all its values")
        deleted.add_argument("name", metavar="NAME", help=words)
        deleted.add_argument("--yes", action="store_true", help="do not ask")

    def on_add(self, options: dict[str, Any]) -> None:
        """Register an attribute."""
        attribute = services.add_custom_attribute(name=options["name"], actor=self.actor)
        self.emit(_described(attribute), f"Added {attribute.name}: use it as {attribute.variable}")

    def on_list(self, _options: dict[str, Any]) -> None:
        """Print the registered attributes."""
        attributes = list(selectors.custom_attributes())
        lines = [attribute.variable for attribute in attributes]
        text = "\n".join(lines) or "No custom attribute is registered yet."
        self.emit([_described(attribute) for attribute in attributes], text)

    def on_delete(self, options: dict[str, Any]) -> None:
        """Delete an attribute, once that is confirmed."""
        attribute = selectors.custom_attributes().filter(name_key=fold(options["name"])).first()
        if attribute:
            self.confirm(_question(attribute), options)
        count = services.delete_custom_attribute(name=options["name"], actor=self.actor)
        name = attribute.name if attribute else options["name"]
        self.emit(
            {"deleted": name, "users_with_value": count},
            f"Deleted {name}; users that had a value: {count}",
        )


def _question(attribute: CustomAttribute) -> str:
    """Return what is asked before an attribute goes."""
    count = users_by_attribute()[attribute.name]
    return f"Delete {attribute.name}? Users with a value: {count}. This cannot be undone."


def _described(attribute: CustomAttribute) -> dict[str, object]:
    """Return an attribute for scripts."""
    return {
        "name": attribute.name,
        "variable": attribute.variable,
        "type": "IDP",
        "created_at": attribute.created_at,
        "created_by": attribute.created_by,
    }
