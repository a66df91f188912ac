"""Google Workspace: users only, suspended and later deleted (GW-1)."""

from scim_provisioning.scim.profiles.base import Profile

PROFILE = Profile(ignore_unknown_paths=True, ignore_read_only=True)
