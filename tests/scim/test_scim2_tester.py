"""scim2-tester on every advertised attribute, in process: nothing but success."""

import pytest
from django.core.wsgi import get_wsgi_application
from scim2_client.engines.wsgi import WSGISCIMClient
from scim2_tester import Status, check_server

from scim_provisioning.settings import services as settings_services
from tests.scim.conftest import connect, operator


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("provider", ["other", "okta", "entra", "onelogin", "jumpcloud"])
def test_nothing_but_success(provider: str) -> None:
    """The RFC as scim2-tester reads it, custom attributes included."""
    for name in ("costCode", "badge_7"):
        settings_services.add_custom_attribute(name=name, actor=operator())
    token = connect(provider)
    client = WSGISCIMClient(
        get_wsgi_application(),
        base_url="http://testserver/scim/v2",
        headers={"Authorization": f"Bearer {token.secret}"},
    )
    results = check_server(client, raise_exceptions=False)
    assert len(results) > 50
    failed = [
        f"{result.status.name} {result.title}: {result.reason}"
        for result in results
        if result.status is not Status.SUCCESS
    ]
    assert not failed, "\n".join(failed)
