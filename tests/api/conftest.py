"""What the tests of the admin API share."""

import pytest

from tests.api.calls import Api


@pytest.fixture
def api(db: None) -> Api:
    """Return a script that may do everything."""
    return Api()
