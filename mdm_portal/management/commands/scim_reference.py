"""``manage.py scim_reference``: the tables of docs/scim.md, from the code that obeys them."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from django.conf import settings

from mdm_portal.management.base import PortalCommand
from scim_provisioning.providers import PROVIDERS
from scim_provisioning.scim import (
    body,
    bulk,
    bulk_plan,
    cursors,
    grammar,
    members,
    operations,
    paging,
    values,
)
from scim_provisioning.scim.attributes import GROUP_TYPE, Attribute, Schema, user_type
from scim_provisioning.scim.profiles import PROFILES
from scim_provisioning.scim.profiles.base import Profile
from scim_provisioning.settings import services as settings_services

LIMITS: tuple[tuple[str, int, str], ...] = (
    ("Bytes of a body", settings.SCIM_MAX_BODY, "413"),
    ("Bytes of a bulk request", bulk.MAX_PAYLOAD, "413"),
    ("Operations of a bulk request", bulk_plan.MAX_OPERATIONS, "413"),
    ("Levels of lists and objects in a body", body.MAX_DEPTH, "400 `invalidSyntax`"),
    ("Operations of a PATCH", operations.MAX_OPERATIONS, "400 `tooMany`"),
    ("Members named in a request", members.MAX_MEMBERS, "400 `tooMany`"),
    ("E-mail addresses of a user", values.MAX_EMAILS, "400 `invalidValue`"),
    ("Characters of a filter", grammar.MAX_LENGTH, "400 `invalidFilter`"),
    ("Parameters of an address", settings.DATA_UPLOAD_MAX_NUMBER_FIELDS, "400 `tooMany`"),
    ("Resources on a page", paging.MAX_RESULTS, "the page is that long"),
    ("Resources on a page that asks for no count", paging.DEFAULT_COUNT, ""),
    ("Seconds that a cursor lives", cursors.LIFETIME, "400 `expiredCursor`"),
    ("Custom attributes", settings_services.MAX_CUSTOM_ATTRIBUTES, "refused by the portal"),
)
"""What a request may ask for, from where the code obeys it."""


class Command(PortalCommand):
    """Prints the limits, the attribute table and the profiles as Markdown."""

    help = "Print the tables of docs/scim.md."

    def run(self, **_options: Any) -> None:
        """Print the tables."""
        text = "\n".join([*limit_table(), "", *attribute_table(), "", *profile_table()])
        self.emit({"markdown": text}, text)


def limit_table() -> Iterator[str]:
    """Yield the lines of the table of limits."""
    yield "| Limit | Value | Beyond it |"
    yield "|---|---|---|"
    for name, value, answer in LIMITS:
        yield f"| {name} | {value:,} | {answer} |"


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
