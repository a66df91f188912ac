"""The other nodes: web, workers, Valkey, the pooler and the balancer, set up as deploy/ says."""

import json
import os
import re
import secrets
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psycopg

from bench.cluster.databases import Database, wait_until
from bench.cluster.network import NODES, connections, inside
from mdm_portal import embedded
from mdm_portal.processes import Child, spawn, stop
from mdm_portal.runtime import BASE

DEPLOY = BASE / "deploy"
PROGRAMS = {"ip": "iproute2", "ss": "iproute2", "nginx": "nginx-light", "pgbouncer": "pgbouncer"}
PROGRAMS |= {"openssl": "openssl"}
PORT = 8000
HOST = NODES["balancer"]
STANDBY_FIRST = f"host={NODES['db1']},{NODES['db2']}&target_session_attrs=prefer-standby"
WEB, WORKERS = ("web1", "web2"), ("worker1", "worker2")
NGINX = """
daemon off;
user root;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log warn;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/nginx-body;
    proxy_temp_path {folder}/nginx-proxy;
    fastcgi_temp_path {folder}/nginx-fastcgi;
    uwsgi_temp_path {folder}/nginx-uwsgi;
    scgi_temp_path {folder}/nginx-scgi;
    include {folder}/site.conf;
}}
"""


class Cluster:
    """Every node, and what an operator does to them."""

    def __init__(self, folder: Path) -> None:
        """Keep all files in a folder."""
        self.folder, self.password = folder, secrets.token_hex(16)
        self.secret = ""
        self.children: dict[str, Child] = {}
        self.releases: dict[str, Path] = {}
        self.db1 = Database("db1", folder, self.password)
        self.db2 = Database("db2", folder, self.password)
        self.primary, self.standby = self.db1, self.db2
        self.secrets = {name: secrets.token_urlsafe(48) for name in ("SECRET_KEY", "TOKEN_PEPPER")}

    def start(self) -> None:
        """Start every node, the data first."""
        self.db1.initialise()
        self.db2.follow(self.db1)
        self.start_valkey()
        self.start_pool()
        for name in WEB:
            self.manage(name, "prepare")
            self.start_web(name)
        for name in WORKERS:
            self.start_worker(name)
        self.start_balancer()

    def stop(self) -> None:
        """Stop every node."""
        stop(list(self.children.values()), 5)
        stop([one.child for one in (self.standby, self.primary) if one.child], 5)

    def manage(self, name: str, *arguments: str) -> str:
        """Return what a command of manage.py prints on a node."""
        command = [sys.executable, "-W", "ignore", "manage.py", *arguments]
        with inside(name):
            done = subprocess.run(
                command,
                env=self.environment(name),
                cwd=self.release(name),
                capture_output=True,
                text=True,
                check=False,
            )
        if done.returncode:
            raise SystemExit(f"{name}: {arguments}\n{done.stdout}{done.stderr}")
        return done.stdout

    def release(self, name: str) -> Path:
        """Return the folder of the release that a node runs."""
        return self.releases.get(name, BASE)

    def environment(self, name: str) -> dict[str, str]:
        """Return the settings of a node."""
        database = f"postgres://mdm:{self.password}@{NODES['pool']}:6432"
        found = {
            "DATABASE_URL": f"{database}/mdm",
            "REPLICA_DATABASE_URL": f"postgres://mdm:{self.password}@/mdm?{STANDBY_FIRST}",
            "DATABASE_TRANSACTION_POOLING": "true",
            "REDIS_URL": f"redis://:{self.password}@{NODES['valkey']}:6379/0",
            "PUBLIC_URL": f"https://{HOST}",
            "BEHIND_PROXY": "true",
            "LOG_FORMAT": "json",
            "MDM_DATA": str(self.folder / name),
            "PYTHONPATH": str(self.release(name)),
        }
        (self.folder / name).mkdir(exist_ok=True)
        return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **self.secrets, **found}

    def start_web(self, name: str) -> None:
        """Start a web node and wait until it is ready."""
        words = _command("mdm-portal.service", self.release(name))
        place = words.index("--uds")
        words[place : place + 4] = ["--host", NODES[name], "--port", str(PORT)]
        self._spawn(name, words)
        wait_until(lambda: self.is_ready(name), f"{name} is ready", self.log(name), 60)

    def start_worker(self, name: str) -> None:
        """Start a worker."""
        words = _command("mdm-portal-worker.service", self.release(name))
        words[words.index("-s") + 1] = str(self.folder / name / "schedule")
        self._spawn(name, words)

    def start_valkey(self) -> None:
        """Start Valkey, which writes down what it holds."""
        (self.folder / "valkey").mkdir(exist_ok=True)
        settings = {"bind": NODES["valkey"], "port": "6379", "requirepass": self.password}
        settings |= {"dir": str(self.folder / "valkey"), "appendonly": "yes", "save": '""'}
        settings |= {"maxmemory-policy": "noeviction"}
        file = self.folder / "valkey.conf"
        file.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
        self._run("valkey", [str(embedded._valkey_binary()), str(file)])

    def start_pool(self) -> None:
        """Start pgbouncer."""
        self.write_pool()
        users = self.folder / "userlist.txt"
        users.write_text(f'"mdm" "{self.password}"\n"pgbouncer" "{self.password}"\n')
        account = self.db1.account
        if account:
            os.chown(users, account.uid, account.gid)
        command = ["pgbouncer", str(self.folder / "pgbouncer.ini")]
        with inside("pool"):
            process = spawn(command, self.log("pool"), account=account, folder=Path("/"))
        self.children["pool"] = Child("pool", process, self.log("pool"), signal.SIGINT)
        socket = self.folder / "pool" / ".s.PGSQL.6432"
        wait_until(socket.exists, "pgbouncer listens", self.log("pool"))

    def write_pool(self) -> None:
        """Point the pooler to the primary."""
        text = (DEPLOY / "cluster" / "pgbouncer.ini").read_text()
        sockets = self.folder / "pool"
        sockets.mkdir(exist_ok=True)
        file = self.folder / "pgbouncer.ini"
        text = text.replace("/run/pgbouncer", str(sockets))
        text = text.replace("/etc/pgbouncer", str(self.folder))
        host = NODES[self.primary.name]
        text = re.sub(r"(?m)^mdm = host=\S+", f"mdm = host={host}", text)
        file.write_text(text)
        if account := self.db1.account:
            os.chown(sockets, account.uid, account.gid)
            os.chown(file, account.uid, account.gid)

    def tell_pool(self, command: str) -> None:
        """Give pgbouncer a command of its console."""
        where = {"host": str(self.folder / "pool"), "port": 6432, "user": "pgbouncer"}
        with psycopg.connect(
            **where, password=self.password, dbname="pgbouncer", autocommit=True
        ) as console:
            console.execute(command)

    def start_balancer(self) -> None:
        """Start nginx with a certificate of its own making."""
        names = ["-subj", "/CN=mdm", "-addext", f"subjectAltName=IP:{HOST}"]
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
        files = ["-keyout", self.folder / "privkey.pem", "-out", self.folder / "fullchain.pem"]
        made = ["openssl", "req", "-x509", *key, *names, *files]
        subprocess.run(made, check=True, capture_output=True)
        self.write_balancer()
        (self.folder / "nginx.conf").write_text(NGINX.format(folder=self.folder))
        self._run("balancer", ["nginx", "-c", str(self.folder / "nginx.conf")])
        wait_until(lambda: self.status("balancer", f"https://{HOST}/readyz") == 200, "the balancer")

    def write_balancer(self, *, down: str = "") -> None:
        """Write the site of deploy/cluster, without a node that is taken out."""
        text = (DEPLOY / "cluster" / "nginx.conf").read_text()
        text = text.replace("/etc/ssl/mdm-portal", str(self.folder))
        if down:
            text = text.replace(f"{NODES[down]}:{PORT}", f"{NODES[down]}:{PORT} down")
        (self.folder / "site.conf").write_text(text)

    def reload_balancer(self, *, down: str = "") -> None:
        """Have nginx read its site anew, without a node that is taken out."""
        self.write_balancer(down=down)
        self.children["balancer"].process.send_signal(signal.SIGHUP)

    def is_ready(self, name: str) -> bool:
        """Tell whether a web node says that it is ready."""
        return self.status(name, f"http://{NODES[name]}:{PORT}/readyz") == 200

    def status(self, name: str, url: str) -> int:
        """Return the status of an answer, asked for on a node; 0 for none."""
        command = ["curl", "-ksS", "-m", "5", "-o", "/dev/null", "-w", "%{http_code}"]
        command += ["-H", f"Host: {HOST}", url]
        with inside(name):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        return int(done.stdout or 0)

    def kill(self, name: str) -> None:
        """Kill a node's processes outright."""
        self.children[name].kill()

    def drain(self, name: str) -> None:
        """Take a web node out of the balancer and stop it once nothing is under way there."""
        self.reload_balancer(down=name)
        wait_until(lambda: connections(name, PORT) == 0, f"{name} is idle")
        self.children[name].ask_to_stop()
        self.children[name].process.wait(30)

    def token(self, provider: str) -> str:
        """Return the secret of a new token."""
        printed = self.manage("web1", "scim_token", "generate", "--json", "--idp", provider)
        return str(json.loads(printed)["token"])

    def invite_everybody(self, provider: str) -> None:
        """Have whom an identity provider brings invited, by as many mails a minute as there are."""
        self.primary.ask(
            "INSERT INTO provisioning_settings_providersettings (provider, auto_invite)"
            " VALUES (%s, true)",
            "mdm",
            provider,
        )
        self.primary.ask(
            "INSERT INTO invitations_invitationsettings (id, reminders, remind_after, remind_every,"
            " remind_most, confirms, enrolment_url, product_name, logo_url, website_label,"
            " from_name, from_address, reply_to, mails_per_minute)"
            " VALUES (1, false, 7, 7, 3, false, '', '', '', '', '', '', '', 0)"
        )

    def await_mails(self) -> None:
        """Wait until no invitation waits to be sent."""
        pending = "SELECT count(*) FROM invitations_invitation WHERE status = 'pending'"
        wait_until(lambda: self.primary.ask(pending)[0][0] == 0, "mails are sent", None, 300)

    def log(self, name: str) -> Path:
        """Return the log of a node."""
        return self.folder / f"{name}.log"

    def _spawn(self, name: str, words: list[str]) -> None:
        self._run(name, words, self.environment(name), self.release(name))

    def _run(
        self,
        name: str,
        words: list[str],
        environment: dict[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        with inside(name):
            process = spawn(words, self.log(name), environment=environment, folder=folder)
        self.children[name] = Child(name, process, self.log(name))


def missing_programs() -> str:
    """Return what has to be installed first; "" for nothing."""
    packages = {PROGRAMS[name] for name in PROGRAMS if not shutil.which(name)}
    packages |= {"curl"} if not shutil.which("curl") else set()
    return " ".join(sorted(packages))


def _command(unit: str, release: Path) -> list[str]:
    """Return the command of a unit of deploy/systemd, with the programs of this environment."""
    text = (release / "deploy" / "systemd" / unit).read_text().replace("\\\n", " ")
    line = next(line for line in text.splitlines() if line.startswith("ExecStart="))
    words = shlex.split(line.removeprefix("ExecStart="))
    return [sys.executable, "-m", Path(words[0]).name, *words[1:]]
