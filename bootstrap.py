"""Makes .venv from the lock file and runs the command in it. Standard library only.

Which environment a command runs in is told without asking:

* We are in .venv: its packages are brought up to the lock file, if they are not.
* The running interpreter has the packages (a container, another virtual environment: production):
  the command runs right here, and no .venv is ever made.
* Neither: .venv is made, and the command starts again inside it.

A .venv whose interpreter is gone, or whose installation was interrupted, is made anew; of two
callers at once, the second waits, also for an installer that outlived the first. Written for any
Python 3, so that an old one gets a sentence and not a SyntaxError.
"""

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "installed.json")
UNFINISHED = os.path.join(VENV, "unfinished")
OLDEST = (3, 11)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")
# Whoever has these has installed our lock file.
MARKS = ("django_scim", "granian", "environ")


def enter(arguments):
    """Return in the right environment, or become the same command in it."""
    refuse_old_python(arguments)
    level = "test" if command_name(arguments) == "test" else "embedded"
    inside = os.path.realpath(sys.prefix) == os.path.realpath(VENV)
    if inside and is_current(level):
        return
    if not inside and all(importlib.util.find_spec(name) for name in MARKS):
        return
    try:
        prepare(level)
    except OSError as error:
        fail("%s: %s. Use the account that the checkout belongs to." % (VENV, error.strerror))
    except KeyboardInterrupt:
        fail("Stopped. The same command goes on where this ended.", 130)
    os.execv(PYTHON, [PYTHON] + arguments)


def refuse_old_python(arguments):
    """End with a sentence when the interpreter is too old, or the system is not ours."""
    if os.name == "nt":
        fail("This runs on Linux and macOS; on Windows, use the Windows Subsystem for Linux.")
    if sys.version_info >= OLDEST:
        return
    newer = [name for name in NEWER if shutil.which(name)]
    remedy = "Call %s." % " ".join(newer[:1] + arguments) if newer else "Install a newer one."
    version = "%d.%d" % sys.version_info[:2]
    fail("This needs Python 3.11 or newer; %s is %s. %s" % (sys.executable, version, remedy))


def command_name(arguments):
    """Return the name of the command, or ""."""
    return arguments[1] if len(arguments) > 1 else ""


def option(arguments, name):
    """Return the value of ``--name VALUE`` or ``--name=VALUE``, or None."""
    for position, argument in enumerate(arguments):
        if argument == name and position + 1 < len(arguments):
            return arguments[position + 1]
        if argument.startswith(name + "="):
            return argument[len(name) + 1 :]
    return None


def lock_file(level):
    """Return the path of a lock file."""
    return os.path.join(ROOT, "requirements", level + ".txt")


def digest(level):
    """Return the digest of a lock file."""
    with open(lock_file(level), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def stamp():
    """Return what .venv was last brought up to: a level and the digest of its lock file."""
    try:
        with open(STAMP) as file:
            return dict(json.load(file))
    except (OSError, ValueError, TypeError):
        return {}


def is_current(level):
    """Tell whether .venv holds what the lock file says; "test" holds "embedded" too."""
    found = stamp()
    return any(found.get(name) == digest(name) for name in (level, "test"))


def prepare(level):
    """Make .venv hold what the lock file says; a second caller waits for the first."""
    import fcntl

    with open(os.path.join(ROOT, ".venv.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        os.set_inheritable(lock.fileno(), True)
        if works() and is_current(level):
            return
        # An environment that once held the tests keeps them.
        level = "test" if "test" in stamp() else level
        say("Preparing .venv from requirements/%s.txt (once; it takes a moment) ..." % level)
        # The embedded PostgreSQL may run as another account, which must be able to read it.
        former = os.umask(0o022)
        make()
        open(UNFINISHED, "w").close()
        install(level)
        os.umask(former)
        with open(STAMP, "w") as file:
            json.dump({level: digest(level)}, file)
        os.remove(UNFINISHED)


def works():
    """Tell whether .venv has an interpreter that runs, and no half-installed package."""
    code = "import os, sys; sys.exit(os.path.realpath(sys.prefix) != sys.argv[1])"
    whole = not os.path.exists(UNFINISHED)
    return whole and succeeds([PYTHON, "-c", code, os.path.realpath(VENV)])


def make():
    """Make .venv unless one that works is there."""
    if works():
        return
    if os.path.lexists(VENV):
        shutil.rmtree(VENV)
    if with_uv(["venv", "--quiet", "--python", sys.executable, VENV]):
        return
    if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
        fail(
            "Python's venv module is missing. On Debian or Ubuntu: "
            "apt-get install python%d.%d-venv" % sys.version_info[:2]
        )
    if call([sys.executable, "-m", "venv", VENV]):
        fail("%s could not be made; the reason stands above." % VENV)


def install(level):
    """Install the locked packages, each checked against its hash."""
    if with_uv(
        ["pip", "sync", "--quiet", "--require-hashes", "--python", PYTHON, lock_file(level)]
    ):
        return
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "-qq"]
    if not succeeds(pip + ["--version"]):
        succeeds([PYTHON, "-m", "ensurepip"])
    if call(pip + ["install", "--require-hashes", "-r", lock_file(level)]):
        fail("The packages could not be installed; the reason stands above.")


def with_uv(arguments):
    """Tell whether uv is at hand and did it; without it, the standard library and pip do."""
    uv = shutil.which("uv")
    return bool(uv) and call([uv] + arguments) == 0


def call(command):
    """Run a command that keeps our lock while it runs; return its exit code."""
    return subprocess.call(command, env=environment(), close_fds=False)


def succeeds(command):
    """Tell whether a command runs and ends well; what it says is not shown."""
    try:
        with open(os.devnull, "w") as null:
            code = subprocess.call(
                command, env=environment(), stdout=null, stderr=null, close_fds=False
            )
            return code == 0
    except OSError:
        return False


def environment():
    """Return our environment without what points an installer elsewhere."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH")
    }


def say(sentence):
    """Tell the person at the terminal, not the pipe."""
    sys.stderr.write(sentence + "\n")


def fail(sentence, code=2):
    """End with a sentence that says what to do."""
    say(sentence)
    sys.exit(code)
