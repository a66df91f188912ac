"""Microsoft Entra ID: both of its dialects, always (E-3, E-6, E-8, E-14, E-18 to E-21)."""

from scim_provisioning.scim.profiles.base import Profile

PROFILE = Profile(
    text_booleans=True,
    ignore_unknown_paths=True,
    ignore_read_only=True,
    add_on_no_match=True,
    unquoted_filter_values=True,
    text_as_complex=True,
    empty_operations=True,
    patch_group_without_body=True,
)
