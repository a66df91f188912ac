"""What an identity provider's dialect is allowed beyond the RFC: one toggle a deviation.

The decision table of the IdP conversations, section 2.4. A profile is chosen by the token's
provider, never by a User-Agent.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """The strict reading; each IdP's own file switches on what that IdP needs."""

    text_booleans: bool = False
    """``"True"`` and ``"False"`` count as booleans where the attribute is a boolean."""
    ignore_unknown_paths: bool = False
    """A PATCH of an attribute that nobody knows is noted as ignored; else 400 invalidPath."""
    ignore_read_only: bool = False
    """A PATCH of a read-only attribute is noted as ignored; else 400 mutability."""
    add_on_no_match: bool = False
    """A replace whose value path matches nothing adds the value; else 400 noTarget."""
    unquoted_filter_values: bool = False
    """``externalId eq jyoung`` is read as if the value were quoted."""
    single_as_list: bool = False
    """One object in place of a list counts as a list of one."""
    text_as_complex: bool = False
    """A plain text in place of a complex value counts as its ``value``."""
    empty_operations: bool = False
    """A PATCH without operations changes nothing; else 400 invalidSyntax."""
    patch_group_without_body: bool = False
    """A successful PATCH of a group answers 204; else 200 with the resource."""
