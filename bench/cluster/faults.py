"""What happens to the nodes during a cycle, and what the identity provider saw of it."""

import time
from collections import Counter
from collections.abc import Callable

from bench.cluster.network import cut, mend
from bench.cluster.nodes import Cluster
from bench.cluster.pushing import Push

OUT_SECONDS = 3


class Timeline:
    """Prints, for each thing that happened, what failed until the next one and the longest gap."""

    def __init__(self, push: Push) -> None:
        """Watch a push."""
        self.push, self.sentence, self.place = push, "", 0
        self.started = time.monotonic()

    def begin(self, sentence: str) -> None:
        """Note that something begins now."""
        self.end()
        if not self.place:
            print(f"\n{'second':>7} {'users':>6}  {'what':54} {'failed':>7} {'longest gap':>12}")
        self.sentence, self.place = sentence, len(self.push.told)
        self.head = f"{time.monotonic() - self.started:7.1f} {self.push.now['users']:6}"

    def end(self) -> None:
        """Print what was seen since."""
        if not self.sentence:
            return
        before = Counter(self.push.told[self.place - 1]["failures"])
        failed = (Counter(self.push.now["failures"]) - before).total()
        gap = max((told["gap"] for told in self.push.told[self.place :]), default=0.0)
        print(f"{self.head}  {self.sentence:54} {failed:7} {gap:10.2f} s", flush=True)
        self.sentence = ""


def kill_web1(cluster: Cluster) -> None:
    """Kill a web node's processes."""
    cluster.kill("web1")
    time.sleep(OUT_SECONDS)
    cluster.start_web("web1")


def lose_web2(cluster: Cluster) -> None:
    """Have a web node vanish as a machine does: no refusal, silence."""
    cut("web2")
    cluster.kill("web2")
    time.sleep(OUT_SECONDS)
    mend("web2")
    cluster.start_web("web2")


def reload_balancer(cluster: Cluster) -> None:
    """Have nginx read its configuration anew."""
    cluster.reload_balancer()
    time.sleep(OUT_SECONDS)


def kill_worker1(cluster: Cluster) -> None:
    """Kill a worker amid its mails."""
    cluster.kill("worker1")
    time.sleep(OUT_SECONDS)
    cluster.start_worker("worker1")


def invite_no_more(cluster: Cluster) -> None:
    """Let workers, which send some fifteen mails a second here, catch up before the end."""
    cluster.primary.ask("UPDATE provisioning_settings_providersettings SET auto_invite = false")


def restart_valkey(cluster: Cluster) -> None:
    """Kill Valkey and start it again."""
    cluster.kill("valkey")
    time.sleep(OUT_SECONDS)
    cluster.start_valkey()


def restart_pool(cluster: Cluster) -> None:
    """Kill pgbouncer and start it again, as systemd does."""
    cluster.kill("pool")
    (cluster.folder / "pool" / ".s.PGSQL.6432").unlink(missing_ok=True)
    cluster.start_pool()


def fail_over(cluster: Cluster) -> None:
    """Kill the primary, promote the standby, point the pooler there."""
    cluster.primary.kill()
    time.sleep(OUT_SECONDS)
    cluster.primary, cluster.standby = cluster.standby, cluster.primary
    cluster.primary.promote()
    cluster.write_pool()
    cluster.tell_pool("RELOAD")


def make_standby(cluster: Cluster) -> None:
    """Make the former primary the standby of the new one, waited for by each commit."""
    cluster.standby.follow(cluster.primary)


def kill_both(cluster: Cluster) -> None:
    """Leave no web node for a moment."""
    cluster.kill("web1")
    cluster.kill("web2")
    cluster.start_web("web1")
    cluster.start_web("web2")


FAULTS: tuple[tuple[float, str, Callable[[Cluster], None]], ...] = (
    (0.08, "web1 is killed (SIGKILL), back 3 s later", kill_web1),
    (0.18, "web2 vanishes (no network, killed), back 3 s later", lose_web2),
    (0.28, "nginx reloads", reload_balancer),
    (0.30, "no more invitations; their mails go on", invite_no_more),
    (0.34, "worker1 is killed, back 3 s later", kill_worker1),
    (0.42, "Valkey is killed, back 3 s later", restart_valkey),
    (0.50, "pgbouncer is killed and started", restart_pool),
    (0.60, "the primary is killed, 3 s later db2 is promoted", fail_over),
    (0.75, "db1 is copied from db2 and becomes its standby", make_standby),
    (0.90, "web1 and web2 are killed at once, back at once", kill_both),
)
