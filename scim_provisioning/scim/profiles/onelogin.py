"""OneLogin: sends ``emails`` as one object (OL-1)."""

from scim_provisioning.scim.profiles.base import Profile

PROFILE = Profile(ignore_unknown_paths=True, ignore_read_only=True, single_as_list=True)
