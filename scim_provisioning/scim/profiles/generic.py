"""Any other SCIM 2.0 client: the RFC to the letter."""

from scim_provisioning.scim.profiles.base import Profile

PROFILE = Profile()
