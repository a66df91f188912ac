"""``manage.py scim_reference``: the tables of docs/scim.md, from the code that obeys them."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from mdm_portal.management.base import PortalCommand
from scim_provisioning.providers import PROVIDERS
from scim_provisioning.scim.attributes import GROUP_TYPE, Attribute, Schema, user_type
from scim_provisioning.scim.profiles import PROFILES
from scim_provisioning.scim.profiles.base import Profile


class Command(PortalCommand):
    """Prints the attribute table and the profiles as Markdown."""

    help = "Print the tables of docs/scim.md."

    def run(self, **_options: Any) -> None:
        """Print the tables."""
        text = "\n".join([*attribute_table(), "", *profile_table()])
        self.emit({"markdown": text}, text)


def attribute_table() -> Iterator[str]:
    """Yield the lines of the attribute table."""
    yield "| Attribute | Type | Required | Mutability | Returned | Case-exact | Longest |"
    yield "|---|---|---|---|---|---|---|"
    for schema in (*user_type(()).schemas, *GROUP_TYPE.schemas):
        for attribute in schema.attributes:
            yield _row(schema, attribute, attribute.name)
            for sub in attribute.sub_attributes:
                yield _row(schema, sub, f"{attribute.name}.{sub.name}")


def _row(schema: Schema, attribute: Attribute, name: str) -> str:
    kind = attribute.type + ("[]" if attribute.multi_valued else "")
    is_core = ":core:" in schema.urn
    text = attribute.type == "string" and attribute.mutability != "readOnly"
    cells = [
        f"`{schema.name}: {name}`" if is_core else f"`{schema.urn}:{name}`",
        kind,
        "yes" if attribute.required else "",
        attribute.mutability,
        attribute.returned,
        "yes" if attribute.case_exact else "",
        str(attribute.max_length) if text else "",
    ]
    return f"| {' | '.join(cells)} |"


def profile_table() -> Iterator[str]:
    """Yield the lines of the table of tolerances."""
    toggles = [item.name for item in fields(Profile)]
    yield f"| Provider | {' | '.join(f'`{name}`' for name in toggles)} |"
    yield "|---" * (len(toggles) + 1) + "|"
    for key, profile in PROFILES.items():
        marks = ["yes" if getattr(profile, name) else "" for name in toggles]
        yield f"| {PROVIDERS[key].full_name} | {' | '.join(marks)} |"
