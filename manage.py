#!/usr/bin/env python3
"""The one command: ``python3 manage.py up``, ``python3 manage.py test``, and all others."""

import os
import sys

import bootstrap


def main(arguments):
    """Run a command in the project's environment, making that environment first if need be."""
    bootstrap.enter(arguments)
    name = bootstrap.command_name(arguments)
    data = bootstrap.option(arguments, "--data")
    if data:
        os.environ["MDM_DATA"] = os.path.abspath(os.path.expanduser(data))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mdm_portal.settings")
    if name == "up":
        from mdm_portal.up import up

        return up(arguments[2:])
    if name == "test":
        from mdm_portal.suite import test

        return test(arguments[2:])
    from mdm_portal.commands import run

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
