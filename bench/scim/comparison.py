"""Each operation on each service in turn, round after round."""

import statistics
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from bench.scim.load import Figures, Generator
from bench.scim.operations import Operation
from bench.scim.target import Target

WARM_UP_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How long to measure, and what with."""

    rounds: int
    seconds: float
    connections: int


class Comparison:
    """What was measured: a row an operation, a column a service."""

    def __init__(self, operations: Sequence[Operation], targets: Sequence[Target]) -> None:
        """Compare services."""
        self.operations, self.targets = operations, targets
        self.figures: dict[tuple[str, str], list[Figures]] = defaultdict(list)

    def run(self, plan: Plan) -> "Comparison":
        """Check all answers, then measure: one round to warm up, then those that count."""
        generator = Generator(plan.connections)
        for target in self.targets:
            for operation in self.operations:
                generator.prove(operation, target)
        for number in range(plan.rounds + 1 if plan.rounds else 0):
            seconds = plan.seconds if number else min(WARM_UP_SECONDS, plan.seconds)
            self._round(number, seconds, generator)
        return self

    def _round(self, number: int, seconds: float, generator: Generator) -> None:
        """Measure each operation on each service once."""
        for operation in self.operations:
            for target in self.targets:
                _say(f"round {number}: {operation.name}, {target.name}")
                figures = generator.measure(operation, target, seconds)
                if number:
                    self.figures[operation.name, target.name].append(figures)

    def value(self, operation: Operation, target: Target) -> float:
        """Return the median of what the row tells: operations a second, or milliseconds."""
        all_ = self.figures[operation.name, target.name]
        in_milliseconds = operation.in_milliseconds
        return statistics.median(one.median if in_milliseconds else one.rate for one in all_)

    def p99(self, operation: Operation, target: Target) -> float:
        """Return the median of the slowest hundredth, in milliseconds."""
        return statistics.median(one.p99 for one in self.figures[operation.name, target.name])

    def speed(self, operation: Operation, target: Target, other: Target) -> float:
        """Return how many times as fast one service is as another."""
        ours, theirs = self.value(operation, target), self.value(operation, other)
        return theirs / ours if operation.in_milliseconds else ours / theirs

    def client_share(self, operation: Operation) -> float:
        """Return the most that the client kept a core busy."""
        columns = (self.figures[operation.name, target.name] for target in self.targets)
        return max(one.client_share for column in columns for one in column)


def _say(line: str) -> None:
    """Tell whoever watches what is being done."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{line}")
        sys.stderr.flush()
