"""Makes .venv from the lock file and runs the command in it. Standard library only.

Three cases, told apart without asking:

* This is .venv: its packages are brought up to the lock file, if they are not.
* The packages are importable (a container, another virtual environment: production): run here.
* Neither: make .venv and start again inside it.

Written for any Python 3, so that an old one gets a sentence and not a SyntaxError.
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
OLDEST = (3, 11)


def enter(arguments):
    """Return in the right environment, or become the same command in it."""
    if sys.version_info < OLDEST:
        fail(
            "This needs Python 3.11 or newer; %s is %d.%d. Call it with a newer python3."
            % (sys.executable, sys.version_info[0], sys.version_info[1])
        )
    level = "test" if command_name(arguments) == "test" else "embedded"
    if os.path.realpath(sys.prefix) != os.path.realpath(VENV):
        if importlib.util.find_spec("django_scim"):
            return
        prepare(level)
        os.execv(PYTHON, [PYTHON] + arguments)
    if not is_current(level):
        prepare(level)
        os.execv(PYTHON, [PYTHON] + arguments)


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


def is_current(level):
    """Tell whether .venv holds what the lock file says; "test" holds "embedded" too."""
    try:
        with open(STAMP) as file:
            stamp = json.load(file)
    except (OSError, ValueError):
        return False
    return any(stamp.get(name) == digest(name) for name in (level, "test"))


def prepare(level):
    """Make .venv hold what the lock file says; a second caller waits for the first."""
    import fcntl

    with open(os.path.join(ROOT, ".venv.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if works() and is_current(level):
            return
        say("Preparing .venv from requirements/%s.txt ..." % level)
        make()
        install(level)
        with open(STAMP, "w") as file:
            json.dump({level: digest(level)}, file)


def works():
    """Tell whether .venv has an interpreter that runs."""
    try:
        return subprocess.call([PYTHON, "-c", ""], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def make():
    """Make .venv unless one that works is there."""
    if works():
        return
    shutil.rmtree(VENV, ignore_errors=True)
    uv = shutil.which("uv")
    command = [uv, "venv", "--quiet", "--python", sys.executable, VENV] if uv else None
    if run(command or [sys.executable, "-m", "venv", VENV]):
        fail(
            "A virtual environment could not be made. On Debian or Ubuntu: "
            "apt-get install python%d.%d-venv" % sys.version_info[:2]
        )


def install(level):
    """Install the locked packages, each checked against its hash."""
    uv = shutil.which("uv")
    if uv:
        command = [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", PYTHON]
    else:
        command = [PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes"]
        command += ["--disable-pip-version-check", "-r"]
    if run(command + [lock_file(level)]):
        fail("The packages could not be installed; what pip said stands above.")


def run(command):
    """Run a command and return its exit code."""
    environment = {name: os.environ[name] for name in os.environ if name != "VIRTUAL_ENV"}
    return subprocess.call(command, env=environment)


def say(sentence):
    """Tell the person at the terminal, not the pipe."""
    sys.stderr.write(sentence + "\n")


def fail(sentence):
    """End with a sentence that says what to do."""
    say(sentence)
    sys.exit(2)
