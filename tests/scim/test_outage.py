"""A database that does not answer: 503, which identity providers repeat, and no page of HTML."""

from typing import Any

import pytest
from django.db import InterfaceError, InternalError, OperationalError, connection
from django.test import Client

from scim_provisioning.tokens import credentials
from tests.scim.conftest import connect

FAULTS = (OperationalError, InterfaceError, InternalError)


class Outage:
    """A database that fails so many statements, and then is back."""

    def __init__(self, fault: type[Exception], statements: float = float("inf")) -> None:
        self.fault, self.left = fault, statements

    def __call__(self, execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        if self.left <= 0:
            return execute(sql, parameters, many, context)
        self.left -= 1
        raise self.fault("the connection is closed")


def asked(secret: str, path: str = "/Users") -> Any:
    """Return the answer to a request, whatever it is."""
    return Client().get(f"/scim/v2{path}", headers={"Authorization": f"Bearer {secret}"})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("is_known", [True, False], ids=["in the view", "in authentication"])
def test_an_outage_is_to_be_repeated(fault: type[Exception], is_known: bool) -> None:
    secret = connect("okta").secret
    if is_known:
        assert asked(secret).status_code == 200
    else:
        credentials.forget_all()
    with connection.execute_wrapper(Outage(fault)):
        answer = asked(secret)
    assert answer.status_code == 503
    assert answer["Content-Type"] == "application/scim+json"
    assert int(answer["Retry-After"]) > 0
    assert answer.json()["status"] == "503"
    assert "closed" not in answer.json()["detail"]
    assert asked(secret).status_code == 200
