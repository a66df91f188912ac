"""Why a simulation cannot go on, each in one sentence for the person at the command line."""


class SimulatorError(Exception):
    """The simulation ended early."""


class Unreachable(SimulatorError):
    """Nothing answers at the URL."""


class Refused(SimulatorError):
    """The server does not take the token."""


class Unexpected(SimulatorError):
    """The server answered what a SCIM server should not."""
