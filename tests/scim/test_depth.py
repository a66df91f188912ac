"""Bodies may be nested so deep, and no deeper, wherever in a list or an object that is."""

from typing import Any

import pytest

from scim_provisioning.scim.body import MAX_DEPTH
from tests.scim.client import ScimClient

pytestmark = pytest.mark.django_db


def nested(levels: int) -> Any:
    """Return lists and objects in each other."""
    value: Any = "x"
    for level in range(levels):
        value = [1, value] if level % 2 else {"a": None, "b": value}
    return value


@pytest.mark.parametrize(("levels", "status"), [(MAX_DEPTH, 201), (MAX_DEPTH + 1, 400)])
def test_the_depth_of_a_body_is_limited(other: ScimClient, levels: int, status: int) -> None:
    answer = other.post("/Users", {"userName": "ana", "n": [{}, nested(levels - 1)]})
    assert answer.status_code == status
    assert ("nested deeper" in str(answer.json().get("detail"))) is (status == 400)
