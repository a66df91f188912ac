"""JSON values checked and coerced against the attribute table; null and "" mean "not set"."""

from typing import Any

from scim_provisioning.activity.reasons import UNKNOWN
from scim_provisioning.scim.attributes import Attribute
from scim_provisioning.scim.context import Context
from scim_provisioning.scim.errors import InvalidValue
from scim_provisioning.scim.profiles.base import Profile

MAX_EMAILS = 20
_TEXT_BOOLEANS = {"true": True, "false": False}


def text(attribute: Attribute, value: Any) -> str:
    """Return a text, unchanged; "" for null. Raises InvalidValue for any other type."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidValue(f"“{attribute.name}” must be a text.")
    return _storable(attribute, value)


def custom_text(attribute: Attribute, value: Any) -> str:
    """Return a custom attribute's text; numbers and booleans as their JSON (decision 11)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _storable(attribute, getattr(value, "text", str(value)))
    return text(attribute, value)


def boolean(attribute: Attribute, value: Any, profile: Profile) -> bool | None:
    """Return a boolean, or None for null; texts count where the profile says so."""
    if value is None or isinstance(value, bool):
        return value
    if profile.text_booleans and isinstance(value, str) and value.lower() in _TEXT_BOOLEANS:
        return _TEXT_BOOLEANS[value.lower()]
    raise InvalidValue(f"“{attribute.name}” must be true or false.")


def elements(attribute: Attribute, value: Any, context: Context) -> list[dict[str, Any]]:
    """Return the elements of a multi-valued complex attribute, their names in our spelling."""
    if value is None:
        return []
    if isinstance(value, dict) and context.profile.single_as_list:
        value = [value]
    if not isinstance(value, list):
        raise InvalidValue(f"“{attribute.name}” must be a list.")
    return [found for item in value if (found := element(attribute, item, context))]


def element(attribute: Attribute, item: Any, context: Context) -> dict[str, Any]:
    """Return one element with known sub-attributes only; blank ones left out."""
    found = parts(attribute, item, context)
    return {name: value for name, value in found.items() if value not in (None, "")}


def parts(attribute: Attribute, item: Any, context: Context) -> dict[str, Any]:
    """Return the known sub-attributes that one element names; blank ones as None or ""."""
    if isinstance(item, str) and context.profile.text_as_complex:
        item = {"value": item}
    if not isinstance(item, dict):
        raise InvalidValue(f"Each value of “{attribute.name}” must be an object.")
    found: dict[str, Any] = {}
    for name, value in item.items():
        sub = attribute.sub(name)
        if sub is not None:
            found[sub.name] = scalar(sub, value, context.profile)
        elif value not in (None, ""):
            context.ignore(f"{attribute.name}.{name}", UNKNOWN)
    return found


def simple(attribute: Attribute, value: Any, profile: Profile) -> Any:
    """Return a value of a simple attribute, custom ones too; None or "" when it is not set."""
    if attribute.state.startswith("custom."):
        return custom_text(attribute, value)
    return scalar(attribute, value, profile)


def scalar(attribute: Attribute, value: Any, profile: Profile) -> Any:
    """Return a simple value of the attribute's type; None or "" when it is not set."""
    if attribute.type == "boolean":
        return boolean(attribute, value, profile)
    return text(attribute, value)


def check_emails(emails: list[dict[str, Any]]) -> None:
    """Refuse too many addresses, addresses without a value, and two primary ones."""
    if len(emails) > MAX_EMAILS:
        raise InvalidValue(f"A user may have {MAX_EMAILS} e-mail addresses at most.")
    if any("value" not in email for email in emails):
        raise InvalidValue("Each of “emails” needs a value.")
    if sum(email.get("primary") is True for email in emails) > 1:
        raise InvalidValue("Only one of “emails” may be primary.")


def _storable(attribute: Attribute, value: str) -> str:
    """Return the text if the database can hold it."""
    if "\0" in value:
        raise InvalidValue(f"“{attribute.name}” contains a NUL character.")
    if len(value) > attribute.max_length:
        raise InvalidValue(
            f"“{attribute.name}” may have {attribute.max_length} characters at most."
        )
    return value
