"""PingOne: echoes attributes that the service does not know (PO-1)."""

from scim_provisioning.scim.profiles.base import Profile

PROFILE = Profile(ignore_unknown_paths=True, ignore_read_only=True)
