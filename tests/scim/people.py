"""People and groups chosen to hurt: what filters, sorting and paging are tried on."""

from datetime import UTC, datetime
from typing import Any

from scim_provisioning.directory.models import Group, Membership, User
from scim_provisioning.scim.attributes import ResourceType, user_type

USER_TYPE: ResourceType = user_type(("costCode", "badge"))

PEOPLE: tuple[dict[str, Any], ...] = (
    {
        "user_name": "Ana.Ruiz@Example.org",
        "external_id": "Ext-1",
        "display_name": "Ana Ruiz",
        "given_name": "Ana",
        "family_name": "Ruiz",
        "formatted_name": "Ms. Ana Ruiz",
        "department": "Sales",
        "emails": [
            {"value": "Ana@Example.org", "type": "work", "primary": True},
            {"value": "ana@home.example", "type": "home", "display": "Ana at home"},
        ],
        "custom": {"costCode": "C-100"},
    },
    {
        "user_name": "dave_%",
        "external_id": "ext-1",
        "display_name": "50% off_",
        "active": False,
        "emails": [{"value": "dave@home.example", "type": "work"}],
        "custom": {"costCode": "c-100", "badge": "7"},
    },
    {"user_name": "davexy", "display_name": "500 offx", "department": "SALES"},
    {
        "user_name": 'quote"back\\slash',
        "display_name": 'say "hi" \\ bye',
        "emails": [{"value": "q@home.example", "type": "home", "primary": False}],
    },
    {"user_name": "İstanbul", "display_name": "ISTANBUL ı", "given_name": "I"},
    {"user_name": "straße", "display_name": "STRASSE", "family_name": "Groß"},
    {
        "user_name": "nfc-é",
        "display_name": "re\N{COMBINING ACUTE ACCENT}sume\N{COMBINING ACUTE ACCENT}",
    },
    {"user_name": "emoji", "display_name": "Zoe \N{PARTY POPPER}\N{CJK UNIFIED IDEOGRAPH-20000}"},
    {"user_name": "rtl", "display_name": "שלום عالم", "external_id": "2"},
    {"user_name": "bare", "external_id": "100"},
)


def create_people() -> list[User]:
    """Store the people, one a minute; the first two are in the group Sales."""
    users = [
        User(**person, created_at=moment, modified_at=moment, version=number)
        for number, person in enumerate(PEOPLE, start=1)
        for moment in [datetime(2026, 1, 1, 12, number, 0, 123456, tzinfo=UTC)]
    ]
    return User.objects.bulk_create(users)


def create_groups(users: list[User]) -> list[Group]:
    """Store the groups Sales, of the first two, Straße, of the second, and an empty one."""
    groups = Group.objects.bulk_create(
        [
            Group(display_name="Sales", external_id="G-1"),
            Group(display_name="Straße 50%"),
            Group(display_name="Empty"),
        ]
    )
    pairs = [(0, 0), (0, 1), (1, 1)]
    Membership.objects.bulk_create(
        [Membership(group=groups[group], user=users[user]) for group, user in pairs]
    )
    return groups
