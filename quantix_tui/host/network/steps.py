"""The steps of the network test: what is asked is found out first, then everything independent runs at once."""

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial

from quantix_tui.cluster.checks import CheckResult, Finding, Outcome
from quantix_tui.cluster.errors import ErrorCode, Problem
from quantix_tui.cluster.text import harmless
from quantix_tui.host.addresses import name_servers, parse_resolv_conf, read_text
from quantix_tui.host.network import dns, gateways, links, ntp
from quantix_tui.host.network.arp import who_has
from quantix_tui.host.network.time_servers import time_servers

LIMIT_SECS = 5.0
DUPLICATE_SECS = 0.6

Run = Callable[[], AsyncGenerator[CheckResult, None]]


@dataclass(frozen=True, slots=True)
class Step:
    """One part of the test: ``names`` are the lines that it fills, in their order, all within ``limit`` seconds.

    ``doing`` is what stands on its first line until its result is known.
    """

    group: str
    names: tuple[str, ...]
    run: Run
    limit: float = LIMIT_SECS
    doing: str = ""


def single(group: str, name: str, find: Callable[[], Awaitable[Finding]], doing: str = "") -> Step:
    """A step of one line."""

    async def run() -> AsyncGenerator[CheckResult, None]:
        began = time.perf_counter()
        finding = await find()
        yield finding.after(name, (time.perf_counter() - began) * 1000)

    return Step(group, (name,), run, doing=doing)


def told(group: str, name: str, finding: Finding) -> Step:
    """A line that is known without asking anybody."""

    async def find() -> Finding:
        return finding

    return single(group, name, find)


def host_steps(resolve: ntp.Resolve, needed: str | None = None, root: str = "/") -> list[Step]:
    """What this machine's own configuration gives to test, in the order in which it is shown.

    Reads files only, some milliseconds. ``needed`` is the name that this node cannot do without (its control plane's).
    """
    found = links.read_links(root)
    return [*_links(found), *_gateways(found, root), *_name_servers(needed, root), *_time(resolve, root)]


def _links(found: Sequence[links.Link]) -> list[Step]:
    group = "Interfaces"
    if not found:
        return [told(group, "interfaces", links.NO_LINKS)]
    any_routed = any(link.routed and link.up and link.carrier is not False for link in found)
    return [single(group, link.name, partial(_link, link, any_routed)) for link in found]


async def _link(link: links.Link, any_routed: bool) -> Finding:
    finding = links.judge(link, any_routed=any_routed)
    if finding.outcome is not Outcome.PASS:
        return finding
    asked = [address for address, _ in link.addresses if ":" not in address][:8]
    try:
        others = await asyncio.gather(*(who_has(address, link.name, DUPLICATE_SECS) for address in asked))
    except OSError:
        return finding  # Only root may ask; the line stands for what the kernel says.
    for address, mac in zip(asked, others, strict=True):
        if mac is not None:
            return Finding(Outcome.WARN, finding.learnt, duplicate(link.name, address, mac))
    return finding


def duplicate(interface: str, address: str, mac: str) -> Problem:
    """Somebody else answers for an address of ours (RFC 5227)."""
    return Problem(
        ErrorCode.NETWORK_UNREACHABLE,
        f"Another device ({mac}) on {interface}'s network answers for {address} too.",
        "Give one of the two another address. (A router that answers for others on purpose, proxy ARP, is harmless.)",
        "duplicate_address",
    )


def _gateways(found: Sequence[links.Link], root: str) -> list[Step]:
    group = "Gateway"
    known = gateways.read_gateways(root)
    if not known:
        return [told(group, "gateway", gateways.NO_GATEWAY)]
    return [
        single(group, each.family, partial(gateways.ask, each, _own(found, each)), f"asking {each.address}")
        for each in known
    ]


def _own(found: Sequence[links.Link], gateway: gateways.Gateway) -> str | None:
    """This machine's address on the gateway's interface, to ask from."""
    addresses = [address for link in found if link.name == gateway.interface for address, _ in link.addresses]
    return next((address for address in addresses if ":" not in address), None)


def _name_servers(needed: str | None, root: str) -> list[Step]:
    group = "DNS"
    listed = read_text(os.path.join(root, "etc/resolv.conf"))
    # The one in between and those behind it: either may be what fails.
    servers = dict.fromkeys([*parse_resolv_conf(listed), *name_servers(root)])
    if not servers:
        return [told(group, "name servers", dns.NO_SERVERS)]
    hostname = harmless(read_text(os.path.join(root, "proc/sys/kernel/hostname"))) or os.uname().nodename
    question = dns.question_for(needed, listed, hostname)
    return [
        single(group, f"server {place}", partial(dns.check_server, server, question), f"asking {server}")
        for place, server in enumerate(servers, 1)
    ]


def _time(resolve: ntp.Resolve, root: str) -> list[Step]:
    group = "Time"
    servers = time_servers(root)
    if not servers:
        return [told(group, "time servers", ntp.NO_SERVERS)]
    return [
        single(group, f"server {place}", partial(ntp.check_server, server, resolve), f"asking {server}")
        for place, server in enumerate(servers, 1)
    ]


async def run_steps(steps: Sequence[Step]) -> AsyncGenerator[tuple[int, CheckResult], None]:
    """Run all at once; yields the number of the line, counted over all steps, and its result as soon as it is known.

    Closing it stops what still runs. What takes longer than its step's limit is told as not known.
    """
    answers: asyncio.Queue[tuple[int, CheckResult] | BaseException] = asyncio.Queue()

    def ended(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            answers.put_nowait(error)

    running = []
    lines = 0
    try:
        for step in steps:
            running.append(asyncio.create_task(_run(step, lines, answers)))
            running[-1].add_done_callback(ended)
            lines += len(step.names)
        for _ in range(lines):
            answer = await answers.get()
            if isinstance(answer, BaseException):
                raise answer
            yield answer
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _run(step: Step, first: int, answers: "asyncio.Queue[tuple[int, CheckResult] | BaseException]") -> None:
    given = 0
    try:
        async with asyncio.timeout(step.limit), aclosing(step.run()) as results:
            async for result in results:
                answers.put_nowait((first + given, result))
                given += 1
    except TimeoutError:
        for name in step.names[given:]:
            answers.put_nowait((first + given, _late(step, name)))
            given += 1


def _late(step: Step, name: str) -> CheckResult:
    problem = Problem(
        ErrorCode.TIMED_OUT,
        f"{step.group}, {name}: not known, for it did not end within {step.limit:g} s.",
        "Test again; when it stays so, look at the steps above.",
        "step_timed_out",
    )
    return CheckResult(name, Outcome.COULD_NOT_RUN, step.limit * 1000, problem=problem)
