"""Running the checks and showing each as it becomes known."""

import sys
from dataclasses import dataclass, field

from quantix_tui.cluster.checks import CheckName, CheckResult
from quantix_tui.cluster.errors import Problem, QuantixError
from quantix_tui.cluster.join import JoinRequest
from quantix_tui.commands.lines import certificate_lines, check_line, running_line
from quantix_tui.node.gateway.protocol import NodeGateway

_ORDER: list[str] = list(CheckName)


@dataclass(slots=True)
class Checks:
    """What the checks gave so far. ``problem`` is the first one: it stops a join."""

    results: list[CheckResult] = field(default_factory=list)

    @property
    def problem(self) -> Problem | None:
        return next((result.problem for result in self.results if result.problem is not None), None)

    def to_json(self) -> list[dict[str, object]]:
        return [result.to_json() for result in self.results]

    def explain_certificate(self, command: str) -> None:
        """On standard error, where nothing vouches for the certificate: what to compare, and how to go on."""
        for result in self.results:
            if result.certificate is not None and result.problem is not None:
                for line in certificate_lines(result.certificate, command):
                    print(line, file=sys.stderr)


class Silent:
    """Shows nothing: the result is JSON."""

    def begin(self, name: str) -> None: ...

    def end(self, result: CheckResult) -> None: ...

    def stop(self) -> None: ...


class Lines(Silent):
    """A line for each result."""

    def end(self, result: CheckResult) -> None:
        print(check_line(result), flush=True)


class Live(Silent):
    """A line for each result, and the one that runs now below them, written over when its result comes."""

    def begin(self, name: str) -> None:
        print(running_line(name), end="", flush=True)

    def end(self, result: CheckResult) -> None:
        print(f"\r\x1b[K{check_line(result)}", flush=True)

    def stop(self) -> None:
        print("\r\x1b[K", end="", flush=True)


def shown(*, json: bool) -> Silent:
    """How the checks are shown on this standard output."""
    if json:
        return Silent()
    return Live() if sys.stdout.isatty() else Lines()


async def run_checks(gateway: NodeGateway, request: JoinRequest, show: Silent) -> Checks:
    """All checks, shown as they become known. Raises :class:`QuantixError` where the node cannot run them."""
    checks = Checks()
    show.begin(_ORDER[0])
    try:
        async for result in gateway.check(request):
            checks.results.append(result)
            show.end(result)
            place = _ORDER.index(result.name) + 1
            if place < len(_ORDER):
                show.begin(_ORDER[place])
    except BaseException:
        show.stop()
        raise
    show.stop()
    return checks


def refuse(problem: Problem | None) -> None:
    """Raise the problem that stops a join, if there is one."""
    if problem is not None:
        raise QuantixError(problem)
