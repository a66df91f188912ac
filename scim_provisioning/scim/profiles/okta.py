"""Okta: sends ``id`` inside PATCH values and echoes whole resources in PUT (O-10, O-17)."""

from scim_provisioning.scim.profiles.base import Profile

PROFILE = Profile(ignore_unknown_paths=True, ignore_read_only=True)
