"""The names of all audit events: declared once, used by services, pages, filters and exports."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class EventType:
    """One kind of event, with the words the Audit Trails page shows for it."""

    key: str
    """What is stored; never changes."""
    label: Promise
    category: str
    """Key of CATEGORIES."""
    type: str
    """Key of TYPES."""
    tone: str = "neutral"
    """``good``, ``bad``, ``warning`` or ``neutral``: the colour of its badge."""


CATEGORIES: dict[str, Promise] = {
    "user": _("User Management"),
    "user_setting": _("User Setting Management"),
    "access": _("Admin Portal Access"),
}
TYPES: dict[str, Promise] = {
    "token": _("SCIM Token"),
    "settings": _("Provisioning Settings"),
    "attribute": _("Custom Attribute"),
    "configuration": _("Configuration"),
    "mail_template": _("Email Template"),
    "account": _("Account"),
    "group": _("User Group"),
    "invitation": _("Invitation"),
    "administrator": _("Administrator"),
    "api_token": _("API Token"),
    "trail": _("Audit Trails"),
}

SCIM_TOKEN_CREATED = EventType(
    "scim_token.created", _("SCIM Token Created"), "user_setting", "token", "good"
)
SCIM_TOKEN_ENABLED = EventType(
    "scim_token.enabled", _("SCIM Token Enabled"), "user_setting", "token", "good"
)
SCIM_TOKEN_DISABLED = EventType(
    "scim_token.disabled", _("SCIM Token Disabled"), "user_setting", "token", "warning"
)
SCIM_TOKEN_RENEWED = EventType(
    "scim_token.renewed", _("SCIM Token Renewed"), "user_setting", "token", "good"
)
SCIM_TOKEN_DELETED = EventType(
    "scim_token.deleted", _("SCIM Token Deleted"), "user_setting", "token", "bad"
)
SCIM_TOKEN_REKEYED = EventType(
    "scim_token.rekeyed", _("SCIM Token Re-keyed"), "user_setting", "token"
)
SCIM_TOKEN_EXPIRED = EventType(
    "scim_token.expired", _("SCIM Token Expired"), "user_setting", "token", "bad"
)
SETTINGS_CHANGED = EventType(
    "settings.changed", _("Provisioning Settings Changed"), "user_setting", "settings"
)
INVITATION_SETTINGS_CHANGED = EventType(
    "invitation_settings.changed", _("Invitation Settings Changed"), "user_setting", "settings"
)
CUSTOM_ATTRIBUTE_ADDED = EventType(
    "custom_attribute.added",
    _("Custom Attribute Added"),
    "user_setting",
    "attribute",
    "good",
)
CUSTOM_ATTRIBUTE_DELETED = EventType(
    "custom_attribute.deleted",
    _("Custom Attribute Deleted"),
    "user_setting",
    "attribute",
    "bad",
)
CONFIGURATION_ADDED = EventType(
    "configuration.added", _("Configuration Added"), "user_setting", "configuration", "good"
)
CONFIGURATION_CHANGED = EventType(
    "configuration.changed", _("Configuration Changed"), "user_setting", "configuration"
)
CONFIGURATION_DELETED = EventType(
    "configuration.deleted", _("Configuration Deleted"), "user_setting", "configuration", "bad"
)
MAIL_TEMPLATE_CHANGED = EventType(
    "mail_template.changed", _("Email Template Changed"), "user_setting", "mail_template"
)
MAIL_TEMPLATE_REVERTED = EventType(
    "mail_template.reverted",
    _("Email Template Reverted"),
    "user_setting",
    "mail_template",
    "warning",
)
MAIL_TEMPLATE_TESTED = EventType(
    "mail_template.tested", _("Email Template Tested"), "user_setting", "mail_template"
)
USER_CREATED = EventType("user.created", _("User Created"), "user", "account", "good")
USER_UPDATED = EventType("user.updated", _("User Updated"), "user", "account")
USER_ENABLED = EventType("user.enabled", _("User Enabled"), "user", "account", "good")
USER_DISABLED = EventType("user.disabled", _("User Disabled"), "user", "account", "warning")
USER_DELETED = EventType("user.deleted", _("User Deleted"), "user", "account", "bad")
USER_ERASED = EventType("user.erased", _("Deprovisioned User Deleted"), "user", "account", "bad")
GROUP_CREATED = EventType("group.created", _("User Group Created"), "user", "group", "good")
GROUP_UPDATED = EventType("group.updated", _("User Group Updated"), "user", "group")
GROUP_DELETED = EventType("group.deleted", _("User Group Deleted"), "user", "group", "bad")
INVITATION_REQUESTED = EventType(
    "invitation.requested", _("Invitation Requested"), "user", "invitation"
)
INVITATION_SENT = EventType("invitation.sent", _("Invitation Sent"), "user", "invitation", "good")
INVITATION_FAILED = EventType(
    "invitation.failed", _("Invitation Failed"), "user", "invitation", "bad"
)
INVITATION_CANCELLED = EventType(
    "invitation.cancelled", _("Invitation Cancelled"), "user", "invitation", "warning"
)
INVITATION_COMPLETED = EventType(
    "invitation.completed", _("Invitation Completed"), "user", "invitation", "good"
)
INVITATION_EXPIRED = EventType(
    "invitation.expired", _("Invitation Expired"), "user", "invitation", "warning"
)
INVITATION_REMINDED = EventType(
    "invitation.reminded", _("Invitation Reminder Sent"), "user", "invitation", "good"
)
INVITATION_REMINDER_FAILED = EventType(
    "invitation.reminder_failed", _("Invitation Reminder Failed"), "user", "invitation", "bad"
)
CONFIRMATION_SENT = EventType(
    "invitation.confirmed", _("Registration Confirmation Sent"), "user", "invitation", "good"
)
CONFIRMATION_FAILED = EventType(
    "invitation.confirmation_failed",
    _("Registration Confirmation Failed"),
    "user",
    "invitation",
    "bad",
)
ADMINISTRATOR_CREATED = EventType(
    "administrator.created",
    _("Administrator Created"),
    "access",
    "administrator",
    "good",
)
ADMINISTRATOR_UPDATED = EventType(
    "administrator.updated", _("Administrator Updated"), "access", "administrator"
)
PASSWORD_CHANGED = EventType(
    "administrator.password_changed", _("Password Changed"), "access", "administrator", "warning"
)
API_TOKEN_CREATED = EventType(
    "api_token.created", _("API Token Created"), "access", "api_token", "good"
)
API_TOKEN_DELETED = EventType(
    "api_token.deleted", _("API Token Deleted"), "access", "api_token", "bad"
)
API_TOKEN_REKEYED = EventType("api_token.rekeyed", _("API Token Re-keyed"), "access", "api_token")
SIGNED_IN = EventType("administrator.signed_in", _("Signed In"), "access", "administrator")
SIGN_IN_FAILED = EventType(
    "administrator.sign_in_failed",
    _("Sign-in Failed"),
    "access",
    "administrator",
    "bad",
)
SIGNED_OUT = EventType("administrator.signed_out", _("Signed Out"), "access", "administrator")
SAVED_QUERY_CREATED = EventType(
    "saved_query.created", _("Saved Query Created"), "access", "trail", "good"
)
SAVED_QUERY_DELETED = EventType(
    "saved_query.deleted", _("Saved Query Deleted"), "access", "trail", "bad"
)
TRAIL_PRUNED = EventType("trail.pruned", _("Audit Trails Pruned"), "access", "trail", "warning")
COLUMNS_CUSTOMIZED = EventType("columns.customized", _("Columns Customized"), "access", "trail")

EVENTS: dict[str, EventType] = {
    value.key: value for value in list(vars().values()) if isinstance(value, EventType)
}
"""What is stored."""

GROUP_JOINED = EventType("group.joined", _("Added to User Group"), "user", "group", "good")
GROUP_LEFT = EventType("group.left", _("Removed from User Group"), "user", "group", "warning")
"""How a user's history tells GROUP_UPDATED and the like; never stored."""
