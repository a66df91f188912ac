"""What the admin API shows and takes; the services check what is taken."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from audit.models import Event
from scim_provisioning.activity.models import ScimRequest
from scim_provisioning.directory.forms import LONGEST_NAME
from scim_provisioning.directory.models import Group, User
from scim_provisioning.providers import CHOICES
from scim_provisioning.settings.models import CustomAttribute
from scim_provisioning.tokens.models import ScimToken
from scim_provisioning.tokens.services import DEFAULT_LIFETIME, DEFAULT_OVERLAP, OVERLAP_HOURS

MOST_MEMBERS = 5000
"""Users that one call adds or removes."""


class TokenSerializer(serializers.ModelSerializer[ScimToken]):
    """A SCIM token, without its secret."""

    class Meta:
        """All that the Token Status table shows."""

        model = ScimToken
        fields = (
            "id",
            "prefix",
            "provider",
            "status",
            "lifetime_days",
            "created_at",
            "renewed_at",
            "expires_at",
            "last_used_at",
            "last_used_address",
        )
        read_only_fields = fields


class IssuedTokenSerializer(serializers.Serializer[Any]):
    """A SCIM token with its secret, shown this once."""

    token = TokenSerializer()
    secret = serializers.CharField()
    scim_url = serializers.CharField()


class GenerateSerializer(serializers.Serializer[Any]):
    """What Generate asks for."""

    provider = serializers.ChoiceField(choices=CHOICES)
    lifetime_days = serializers.IntegerField(
        allow_null=True, default=DEFAULT_LIFETIME, help_text="30, 90, 180, 365 or null for never"
    )


class RenewSerializer(serializers.Serializer[Any]):
    """What Renew asks for."""

    overlap_hours = serializers.ChoiceField(choices=OVERLAP_HOURS, default=DEFAULT_OVERLAP)


class SettingsSerializer(serializers.Serializer[Any]):
    """The settings of one identity provider."""

    provider = serializers.CharField(read_only=True)
    auto_invite = serializers.BooleanField()


class CustomAttributeSerializer(serializers.ModelSerializer[CustomAttribute]):
    """A registered custom attribute."""

    class Meta:
        """All columns of the table."""

        model = CustomAttribute
        fields = ("name", "variable", "created_at", "created_by")
        read_only_fields = ("variable", "created_at", "created_by")


class UserSerializer(serializers.ModelSerializer[User]):
    """A provisioned user."""

    class Meta:
        """What the Users page knows."""

        model = User
        fields: tuple[str, ...] = (
            "id",
            "user_name",
            "display_name",
            "given_name",
            "family_name",
            "formatted_name",
            "department",
            "emails",
            "custom",
            "active",
            "status",
            "source",
            "external_id",
            "created_at",
            "modified_at",
        )
        read_only_fields = fields


class LocalUserSerializer(serializers.Serializer[Any]):
    """What may be set of a local user."""

    user_name = serializers.CharField(max_length=256)
    display_name = serializers.CharField(max_length=256, required=False, allow_blank=True)
    given_name = serializers.CharField(max_length=1024, required=False, allow_blank=True)
    family_name = serializers.CharField(max_length=1024, required=False, allow_blank=True)
    department = serializers.CharField(max_length=256, required=False, allow_blank=True)
    email = serializers.EmailField(max_length=320, required=False, allow_blank=True)
    active = serializers.BooleanField(required=False)


class LocalUserChangeSerializer(LocalUserSerializer):
    """The same for a change: the userName stays."""

    user_name = None


class GroupSerializer(serializers.ModelSerializer[Group]):
    """A user group."""

    class Meta:
        """What the User Groups page knows."""

        model = Group
        fields = ("id", "display_name", "source", "external_id", "created_at", "modified_at")
        read_only_fields = fields


class Members(serializers.ListField):
    """Users by their ids; some may be named twice."""

    child = serializers.UUIDField()

    def __init__(self, **options: Any) -> None:
        """Take so many at most, none unless told."""
        super().__init__(required=False, max_length=MOST_MEMBERS, **options)


class LocalGroupSerializer(serializers.Serializer[Any]):
    """A local group as it is made."""

    display_name = serializers.CharField(max_length=LONGEST_NAME)
    members = Members()


class LocalGroupChangeSerializer(serializers.Serializer[Any]):
    """A change of a local group; what is left out stays."""

    display_name = serializers.CharField(max_length=LONGEST_NAME, required=False)
    add_members = Members()
    remove_members = Members()


class EventSerializer(serializers.ModelSerializer[Event]):
    """An event of the audit trail."""

    joined = serializers.BooleanField(
        read_only=True,
        allow_null=True,
        default=None,
        help_text=_("Of an event of a group, in a user's history: whether the user joined or left"),
    )

    class Meta:
        """Everything."""

        model = Event
        fields = "__all__"


class ScimRequestSerializer(serializers.ModelSerializer[ScimRequest]):
    """A request of the request log; bodies are masked JSON."""

    class Meta:
        """Everything."""

        model = ScimRequest
        fields = "__all__"
