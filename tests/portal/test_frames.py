"""However deep a page calls, its loops do not ask the kernel for memory."""

from resource import RUSAGE_THREAD, getrusage

from mdm_portal.frames import with_room

CALLS = 100


def called() -> None:
    """Do nothing, in a frame larger than those below: at one depth it needs another piece."""


called.__code__ = called.__code__.replace(co_stacksize=64)


def faults(depth: int) -> int:
    """Return how often memory was mapped while a loop called, so many calls down."""
    if depth:
        return faults(depth - 1)
    before = getrusage(RUSAGE_THREAD).ru_minflt
    for _number in range(CALLS):
        called()
    return getrusage(RUSAGE_THREAD).ru_minflt - before


def test_no_depth_asks_for_memory_at_each_call() -> None:
    deepest = range(600)
    assert max(with_room(faults, depth) for depth in deepest) < CALLS / 2
