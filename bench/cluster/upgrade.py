"""The next release, which has a migration, and how a cluster gets there node by node."""

import re
import shutil
from pathlib import Path

from bench.cluster.faults import Timeline
from bench.cluster.nodes import WEB, WORKERS, Cluster
from mdm_portal.runtime import BASE

PARTS = ("audit", "mdm_portal", "scim_provisioning", "templates", "static", "locale", "deploy")
MODEL = Path("scim_provisioning", "directory", "models.py")
FIELD = """
    nickname = models.TextField(blank=True, default="", db_default="")
    \"\"\"Of the next release.\"\"\"

    class Meta:"""


def next_release(cluster: Cluster) -> Path:
    """Return a copy of this checkout with one more column and index in the table of users."""
    folder = cluster.folder / "next"
    hidden = shutil.ignore_patterns("__pycache__")
    for part in PARTS:
        shutil.copytree(BASE / part, folder / part, ignore=hidden)
    for file in ("manage.py", "bootstrap.py"):
        shutil.copy(BASE / file, folder)
    model = folder / MODEL
    before, user, after = model.read_text().partition("class User(")
    after = re.sub(r"\n    class Meta:", FIELD, after, count=1)
    after = re.sub(
        r"(        indexes: ClassVar = \[)",
        r'\1\n            models.Index(fields=["nickname"], name="user_nickname"),',
        after,
        count=1,
    )
    model.write_text(before + user + after)
    cluster.releases["next"] = folder
    cluster.releases["worker1"], kept = folder, cluster.release("worker1")
    cluster.manage("worker1", "makemigrations", "directory", "-n", "nickname")
    cluster.releases["worker1"] = kept
    return folder


def upgrade(cluster: Cluster, release: Path, timeline: Timeline) -> None:
    """Migrate with the new release, then replace node after node."""
    cluster.releases[WEB[0]] = release
    timeline.begin("prepare of the new release: the migration runs")
    cluster.manage(WEB[0], "prepare")
    for name in WEB:
        cluster.releases[name] = release
        timeline.begin(f"{name} is drained, replaced, taken back")
        cluster.manage(name, "prepare")
        cluster.drain(name)
        cluster.start_web(name)
        cluster.reload_balancer()
    for name in WORKERS:
        cluster.releases[name] = release
        timeline.begin(f"{name} is replaced")
        cluster.children[name].ask_to_stop()
        cluster.children[name].process.wait(60)
        cluster.start_worker(name)
