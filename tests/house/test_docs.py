"""The docs say what the code does, where a machine can tell."""

import re
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from django.core.management import call_command

from mdm_portal.runtime import BASE

DOCS = BASE / "docs"
PAGES = (BASE / "README.md", *sorted(DOCS.glob("*.md")))
LINK = re.compile(r"(!?)\[[^]]*\]\(([^)\s]+)\)")
LARGEST, LARGEST_SET = 120_000, 2_500_000


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


def prose(page: Path) -> str:
    """Return a page without its code."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"^ {4}.*$|`[^`\n]*`", "", text, flags=re.MULTILINE)


def links() -> Iterator[tuple[Path, bool, str]]:
    """Yield each page with its links to us, and whether they are pictures."""
    for page in PAGES:
        for mark, target in LINK.findall(prose(page)):
            if not re.match(r"[a-z]+:", target):
                yield page, mark == "!", target


def anchors(page: Path) -> set[str]:
    """Return what the headings of a page are called in links, as GitHub does it."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    seen: Counter[str] = Counter()
    found = set()
    for heading in re.findall(r"^#+ +(.+?) *#*$", text, re.MULTILINE):
        words = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).lower()
        name = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        found.add(f"{name}-{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return found


def test_each_link_leads_somewhere() -> None:
    broken = []
    for page, _is_picture, target in links():
        path, _hash, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(f"{page.name}: {target}")
    assert broken == []


def test_each_picture_is_shown_once_and_each_file_is_one() -> None:
    shown = Counter((page.parent / path).resolve() for page, is_one, path in links() if is_one)
    files = {DOCS / "portal.png", *(DOCS / "pictures").iterdir()}
    assert dict(shown) == dict.fromkeys(files, 1)


def test_the_pictures_are_small_files() -> None:
    sizes = {file.name: file.stat().st_size for file in (DOCS / "pictures").iterdir()}
    assert {name: size for name, size in sizes.items() if size > LARGEST} == {}
    assert sum(sizes.values()) < LARGEST_SET


def test_each_picture_of_the_handbook_is_one_that_the_command_takes() -> None:
    source = (DOCS / "pictures.py").read_text("utf-8")
    taken = set(re.findall(r"\.take(?:_all)?\(\s*\"([\w-]+)\"", source))
    assert taken == {file.stem for file in (DOCS / "pictures").iterdir()} | {"portal"}
