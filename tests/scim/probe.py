"""scim-sanity's command, its made-up member replaced by a real one: ``probe.py USER_ID probe URL``.

It adds ``fake-member-id``, nobody's id, to a group and wants 200; the product refuses ids of nobody
(decision 21), so the probe is given somebody.
"""

import json
import sys
from typing import Any

from scim_sanity.cli import main
from scim_sanity.probe import tests as probe_tests

FAKE = "fake-member-id"


def with_member(user_id: str) -> None:
    """Let the probe add this user to its group."""
    make_patch = probe_tests.make_patch

    def make_patch_of_somebody(operations: list[dict[str, Any]]) -> Any:
        return make_patch(json.loads(json.dumps(operations).replace(FAKE, user_id)))

    probe_tests.make_patch = make_patch_of_somebody


if __name__ == "__main__":
    with_member(sys.argv.pop(1))
    main()
