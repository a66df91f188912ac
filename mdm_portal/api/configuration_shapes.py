"""What the admin API shows and takes of configurations; their service checks what is taken."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from mdm_portal.api.serializers import UserSerializer
from scim_provisioning.configurations import preview
from scim_provisioning.configurations.drafts import LONGEST_NAME
from scim_provisioning.configurations.kinds import KINDS, LONGEST_VALUE, MAX_PAIRS
from scim_provisioning.configurations.models import Configuration
from scim_provisioning.directory.models import User
from scim_provisioning.settings.variables import variable

KIND_CHOICES = [(key, key) for key in KINDS]
VALUES = "The fields by their keys, with variables as they are written; secret fields are not here"
KEYS = "; ".join(
    f"{kind.key}: {', '.join(field.key for field in kind.fields if not field.secret)}"
    for kind in KINDS.values()
    if not kind.is_pairs
)
SECRETS = "Secret fields to set (wifi: password); null takes one away, one left out stays"


class ConfigurationSummarySerializer(serializers.ModelSerializer[Configuration]):
    """A configuration as the list shows it."""

    kind = serializers.ChoiceField(choices=KIND_CHOICES, read_only=True)
    variables = serializers.SerializerMethodField()

    class Meta:
        """All columns of the table."""

        model = Configuration
        fields: tuple[str, ...] = ("id", "name", "kind", "variables", "created_at", "modified_at")
        read_only_fields = fields

    def get_variables(self, row: Configuration) -> list[str]:
        """Return the variables in the values, as they are written."""
        return [variable(name) for name in row.variables]


class ConfigurationSerializer(ConfigurationSummarySerializer):
    """A configuration with its fields; of secret fields only which are set."""

    values = serializers.SerializerMethodField(help_text=VALUES)
    secrets_set = serializers.SerializerMethodField(help_text="The secret fields that have a value")

    class Meta(ConfigurationSummarySerializer.Meta):
        """All that the configuration's page shows."""

        fields = (*ConfigurationSummarySerializer.Meta.fields, "values", "secrets_set")
        read_only_fields = fields

    def get_values(self, row: Configuration) -> dict[str, str]:
        """Return the fields in their order."""
        return dict(row.values)

    def get_secrets_set(self, row: Configuration) -> list[str]:
        """Return the keys of the secrets, not the secrets."""
        return sorted(row.secrets)


class _Values(serializers.DictField):
    """Fields by their keys, as many as a configuration may have."""

    def run_child_validation(self, data: dict[str, Any]) -> Any:
        """Return the checked texts; refuse more of them than there may be."""
        if len(data) > MAX_PAIRS:
            raise serializers.ValidationError(_("There can be at most %d pairs.") % MAX_PAIRS)
        return super().run_child_validation(data)


def _secrets() -> serializers.DictField:
    child = serializers.CharField(
        allow_blank=True, allow_null=True, trim_whitespace=False, max_length=LONGEST_VALUE
    )
    return _Values(child=child, required=False, help_text=SECRETS)


class ConfigurationPutSerializer(serializers.Serializer[Any]):
    """What a configuration is to be: fields that are left out are emptied, secrets stay."""

    name = serializers.CharField(max_length=LONGEST_NAME)
    values = _Values(
        child=serializers.CharField(allow_blank=True, max_length=LONGEST_VALUE),
        help_text=f"The fields by their keys ({KEYS}; custom: keys of your own)",
    )
    secrets = _secrets()


class NewConfigurationSerializer(ConfigurationPutSerializer):
    """A new configuration."""

    kind = serializers.ChoiceField(choices=KIND_CHOICES)


class ConfigurationPatchSerializer(ConfigurationPutSerializer):
    """What is to change: what is left out stays."""

    name = serializers.CharField(max_length=LONGEST_NAME, required=False)
    values = _Values(
        child=serializers.CharField(allow_blank=True, allow_null=True, max_length=LONGEST_VALUE),
        required=False,
        help_text="The fields to change by their keys; null empties one, and removes a pair",
    )


class RenderedFieldSerializer(serializers.Serializer[preview.Row]):
    """A field as it is written, and as the user gets it."""

    key = serializers.CharField()
    written = serializers.CharField(help_text="With variables; empty for a secret field")
    value = serializers.CharField(
        source="filled", help_text="With the user's values; empty for a secret field"
    )
    empty_variables = serializers.ListField(
        source="empty",
        child=serializers.CharField(),
        help_text="The variables in it for which the user has no value",
    )
    is_secret = serializers.BooleanField()
    is_set = serializers.SerializerMethodField(help_text="Whether the field has a value")

    def get_is_set(self, row: preview.Row) -> bool:
        """Tell whether anything is written, or stored as a secret."""
        return row.is_set or bool(row.written)


class RenderedSerializer(serializers.Serializer[Any]):
    """A configuration as one user gets it; secrets are not shown."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=KIND_CHOICES)
    user = serializers.UUIDField()
    user_name = serializers.CharField()
    rendered = RenderedFieldSerializer(many=True)
    empty_variables = serializers.ListField(
        child=serializers.CharField(), help_text="All variables for which the user has no value"
    )


class UserWithEmptyValuesSerializer(UserSerializer):
    """A user, and which variables of a configuration are empty for them."""

    empty_variables = serializers.SerializerMethodField(help_text="As they are written")

    class Meta(UserSerializer.Meta):
        """What the configuration's tab of that name shows, and all else that is known."""

        fields = (*UserSerializer.Meta.fields, "empty_variables")
        read_only_fields = fields

    def get_empty_variables(self, user: User) -> list[str]:
        """Return the variables for which the user has no value."""
        return preview.empty_variables(self.context["configuration"], user)
