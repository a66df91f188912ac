"""``attributes`` and ``excludedAttributes``: what an answer shows (RFC 7644 section 3.9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scim_provisioning.scim.attributes import ResourceType

Name = tuple[str, str, str]
"""Schema URN ("" for core and common attributes), attribute and sub-attribute, in lower case."""
ALWAYS = frozenset({"schemas", "id"})


@dataclass(frozen=True, slots=True)
class Projection:
    """Which attributes an answer shows."""

    included: frozenset[Name] | None = None
    """None for the default set."""
    excluded: frozenset[Name] = frozenset()

    @property
    def is_default(self) -> bool:
        """Tell whether the client asked for nothing special."""
        return self.included is None and not self.excluded

    def wants(self, attribute: str) -> bool:
        """Tell whether any part of a core attribute is shown, so that it must be loaded."""
        if ("", attribute, "") in self.excluded:
            return False
        return self.included is None or any(
            name[:2] in {("", attribute), ("", "")} for name in self.included
        )

    def names(self, attribute: str, sub: str) -> bool:
        """Tell whether a sub-attribute is asked for by name (returned "request")."""
        return self.included is not None and ("", attribute, sub) in self.included

    def apply(self, document: dict[str, Any]) -> dict[str, Any]:
        """Return the part of a document that is shown; ``id`` and ``schemas`` always are."""
        if self.is_default:
            return document
        shown: dict[str, Any] = {}
        for key, value in document.items():
            kept = value if key in ALWAYS else self._shown(key, value)
            if kept is not None:
                shown[key] = kept
        shown["schemas"] = [urn for urn in document["schemas"] if ":core:" in urn or urn in shown]
        return shown

    def _shown(self, key: str, value: Any) -> Any:
        """Return what is shown of one attribute or extension; None for nothing."""
        if ":" in key:
            urn = key.lower()
            parts = {
                name: found
                for name, item in value.items()
                if (found := self._shown_attribute(urn, name.lower(), item)) is not None
            }
            return parts or None
        return self._shown_attribute("", key.lower(), value)

    def _shown_attribute(self, urn: str, name: str, value: Any) -> Any:
        """Return what is shown of one attribute; None for nothing."""
        if (urn, name, "") in self.excluded or (urn, "", "") in self.excluded:
            return None
        subs = None
        if self.included is not None and not {(urn, name, ""), (urn, "", "")} & self.included:
            subs = {item[2] for item in self.included if item[:2] == (urn, name)}
            if not subs:
                return None
        hidden = {item[2] for item in self.excluded if item[:2] == (urn, name)}
        return _pruned(value, subs, hidden) if subs is not None or hidden else value


def read_projection(parameters: Mapping[str, Any], resource_type: ResourceType) -> Projection:
    """Return the projection that a query or search asks for; unknown names show nothing."""
    included = _names(parameters.get("attributes"), resource_type)
    excluded = _names(parameters.get("excludedAttributes"), resource_type)
    return Projection(included or None, excluded)


def _names(value: Any, resource_type: ResourceType) -> frozenset[Name]:
    """Return the names in a comma-separated text or a list of texts."""
    texts = value.split(",") if isinstance(value, str) else value
    if not isinstance(texts, list):
        return frozenset()
    cleaned = [str(text).strip() for text in texts]
    return frozenset(split_name(text, resource_type) for text in cleaned if text)


def split_name(text: str, resource_type: ResourceType) -> Name:
    """Return URN, attribute and sub-attribute of a name, URN-qualified or not."""
    lowered = text.lower()
    for schema in resource_type.schemas:
        urn = schema.urn.lower()
        shown = "" if schema is resource_type.core else urn
        if lowered == urn:
            return (shown, "", "")
        if lowered.startswith(f"{urn}:"):
            attribute, _dot, sub = lowered[len(urn) + 1 :].partition(".")
            return (shown, attribute, sub)
    attribute, _dot, sub = lowered.partition(".")
    return ("", attribute, sub)


def _pruned(value: Any, subs: set[str] | None, hidden: set[str]) -> Any:
    """Return a complex value with some of its sub-attributes; None when nothing is left."""
    if isinstance(value, list):
        pruned = [_pruned(item, subs, hidden) for item in value]
        return [item for item in pruned if item] or None
    if not isinstance(value, dict):
        return value
    return {
        name: item
        for name, item in value.items()
        if (subs is None or name.lower() in subs) and name.lower() not in hidden
    } or None
