"""``manage.py scim_openapi``: the SCIM service as an OpenAPI document."""

import json
from typing import Any

from mdm_portal.management.base import PortalCommand
from scim_provisioning.scim.attributes import GROUP_TYPE, user_type
from scim_provisioning.scim.locations import scim_base
from scim_provisioning.scim.openapi import openapi_document
from scim_provisioning.settings.registry import custom_attribute_names


class Command(PortalCommand):
    """Prints the document, custom attributes as registered now."""

    help = "Print the SCIM service as an OpenAPI 3.1 document, in JSON."

    def run(self, **_options: Any) -> None:
        """Print the document."""
        document = openapi_document(user_type(custom_attribute_names()), GROUP_TYPE, scim_base())
        self.stdout.write(json.dumps(document, ensure_ascii=False, indent=2))
