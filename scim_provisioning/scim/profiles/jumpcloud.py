"""JumpCloud: removes members by a list of values, which every profile reads alike (JC-2)."""

from scim_provisioning.scim.profiles.base import Profile

PROFILE = Profile(ignore_unknown_paths=True, ignore_read_only=True)
