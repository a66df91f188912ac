"""A small network on one Linux machine: a namespace and an address for each node."""

import ctypes
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "mdm-"
SWITCH = "switch"
NODES = {
    "balancer": "10.77.0.2",
    "web1": "10.77.0.11",
    "web2": "10.77.0.12",
    "worker1": "10.77.0.21",
    "worker2": "10.77.0.22",
    "pool": "10.77.0.30",
    "db1": "10.77.0.31",
    "db2": "10.77.0.32",
    "valkey": "10.77.0.40",
    "idp": "10.77.0.100",
}
"""The addresses of deploy/cluster."""
_NEW_NETWORK = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


@contextmanager
def network() -> Iterator[None]:
    """Have the nodes of NODES on one switch until the block ends."""
    _remove()
    try:
        _ip("netns", "add", PREFIX + SWITCH)
        _ip("-n", PREFIX + SWITCH, "link", "add", "bridge", "type", "bridge")
        _ip("-n", PREFIX + SWITCH, "link", "set", "bridge", "up")
        for name, address in NODES.items():
            _plug_in(name, address)
        yield
    finally:
        _remove()


@contextmanager
def inside(name: str) -> Iterator[None]:
    """Run the block, and what it starts, on a node; of this thread only."""
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        _enter(Path("/run/netns", PREFIX + name))
        yield
    finally:
        _set(home)
        os.close(home)


def cut(name: str) -> None:
    """Take a node off the switch: what is sent to it vanishes."""
    _ip("-n", PREFIX + SWITCH, "link", "set", name, "down")


def mend(name: str) -> None:
    """Put a node back on the switch."""
    _ip("-n", PREFIX + SWITCH, "link", "set", name, "up")


def connections(name: str, port: int) -> int:
    """Return how many connections a node has on a port of its own."""
    command = ["ss", "-H", "-t", "state", "established", "sport", "=", f":{port}"]
    with inside(name):
        return len(subprocess.run(command, capture_output=True, check=True).stdout.splitlines())


def _plug_in(name: str, address: str) -> None:
    space = PREFIX + name
    _ip("netns", "add", space)
    _ip("-n", space, "link", "set", "lo", "up")
    peer = ["peer", "name", name, "netns", PREFIX + SWITCH]
    _ip("link", "add", "eth0", "netns", space, "type", "veth", *peer)
    _ip("-n", PREFIX + SWITCH, "link", "set", name, "master", "bridge", "up")
    _ip("-n", space, "address", "add", f"{address}/24", "dev", "eth0")
    _ip("-n", space, "link", "set", "eth0", "up")


def _remove() -> None:
    """Remove what this run, or one that was killed, has left."""
    for name in (*NODES, SWITCH):
        if Path("/run/netns", PREFIX + name).exists():
            _ip("netns", "delete", PREFIX + name)


def _enter(space: Path) -> None:
    handle = os.open(space, os.O_RDONLY)
    try:
        _set(handle)
    finally:
        os.close(handle)


def _set(handle: int) -> None:
    if _libc.setns(handle, _NEW_NETWORK):
        raise OSError(ctypes.get_errno(), "setns")


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)
