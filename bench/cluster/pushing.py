"""An identity provider under way on its node, and what it tells of itself."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

from bench.cluster.network import inside
from bench.cluster.nodes import HOST, Cluster
from mdm_portal.runtime import BASE


class Push:
    """A cycle of ``bench.cluster.idp``."""

    def __init__(self, cluster: Cluster, prefix: str, users: int, connections: int) -> None:
        """Order so many users, whose names begin with a prefix."""
        self.journal = cluster.folder / f"journal-{prefix}.json"
        self.order = {"host": HOST, "ca": str(cluster.folder / "fullchain.pem")}
        self.order |= {"token": cluster.secret, "journal": str(self.journal), "prefix": prefix}
        self.order |= {"users": users, "connections": connections}  # type: ignore[dict-item]
        self.users, self.told = users, [dict[str, Any](users=0, requests=0, failures={}, gap=0.0)]
        self.log = cluster.log(f"idp-{prefix}")
        self.listener_ended = threading.Event()

    def start(self) -> None:
        """Begin."""
        environment = os.environ | {"DATABASE_URL": "", "PYTHONPATH": str(BASE)}
        with inside("idp"), self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bench.cluster.idp"],
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self.process.stdin
        self.process.stdin.write(json.dumps(self.order) + "\n")
        self.process.stdin.close()
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def is_under_way(self) -> bool:
        """Tell whether it goes on."""
        return self.process.poll() is None

    @property
    def now(self) -> dict[str, Any]:
        """Return the newest figures."""
        return self.told[-1]

    def await_share(self, share: float) -> None:
        """Wait until that share of the users is pushed."""
        while self.now["users"] < share * self.users and self.is_under_way:
            time.sleep(0.1)

    def end(self) -> dict[str, Any]:
        """Wait for the end and return the figures; fail as it failed."""
        self.process.wait()
        self.listener_ended.wait(10)
        if self.process.returncode:
            raise SystemExit(f"The identity provider gave up:\n{self.log.read_text()}")
        return self.now

    def stop(self) -> None:
        """Let it end after the teams that are under way."""
        self.process.send_signal(signal.SIGTERM)

    def _listen(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.told.append(json.loads(line))
        self.listener_ended.set()
