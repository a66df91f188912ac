"""The docs say what the code does, where a machine can tell."""

import re
from io import StringIO

from django.core.management import call_command

from mdm_portal.runtime import BASE


def test_the_scim_reference_ends_with_the_tables_of_the_code() -> None:
    printed = StringIO()
    call_command("scim_reference", stdout=printed)
    assert (BASE / "docs" / "scim.md").read_text("utf-8").endswith(printed.getvalue())


def test_each_proof_of_the_scim_reference_is_a_test() -> None:
    text = (BASE / "docs" / "scim.md").read_text("utf-8")
    proofs = set(re.findall(r"`(test_\w+\.py)(?:::(\w+))?`", text))
    assert len(proofs) > 30
    for file, name in proofs:
        source = (BASE / "tests" / "scim" / file).read_text("utf-8")
        assert re.search(rf"^(def|class) {name}\b", source, re.MULTILINE), f"{file}::{name}"
