"""Local users and groups become an identity provider's when it writes them (decision 18)."""

from audit.services import Change
from scim_provisioning.directory.models import Resource
from scim_provisioning.providers import LOCAL

SOURCE = "source"


def adopt(resource: Resource, source: str | None) -> list[Change]:
    """Turn a local user or group into one of ``source``; return the change, if any."""
    if source is None or resource.source != LOCAL or source == LOCAL:
        return []
    resource.source = source
    return [Change(attribute=SOURCE, before=LOCAL, after=source)]


def adopted(changes: list[Change]) -> set[str]:
    """Return the column that is written for it, where the changes tell of it."""
    return {SOURCE} & {change["attribute"] for change in changes}
