"""The tolerances of each identity provider, by the provider's key."""

from scim_provisioning.scim.profiles import (
    entra,
    generic,
    google,
    jumpcloud,
    okta,
    onelogin,
    pingone,
)
from scim_provisioning.scim.profiles.base import Profile

PROFILES: dict[str, Profile] = {
    "okta": okta.PROFILE,
    "entra": entra.PROFILE,
    "onelogin": onelogin.PROFILE,
    "pingone": pingone.PROFILE,
    "jumpcloud": jumpcloud.PROFILE,
    "google": google.PROFILE,
    "other": generic.PROFILE,
}
