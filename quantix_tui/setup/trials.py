"""Trying network settings where somebody looks on: in force with a way back, and what works with them."""

import asyncio
import time
from collections.abc import AsyncGenerator
from functools import partial

from quantix_tui.cluster.checks import CheckResult, Finding, Outcome
from quantix_tui.cluster.errors import ErrorCode, Problem
from quantix_tui.host.addresses import interface_addresses, name_servers, read_text
from quantix_tui.host.doing import Done
from quantix_tui.host.netconfig.wanted import device_name
from quantix_tui.host.network import dns, gateways
from quantix_tui.host.network.links import bound_to_link
from quantix_tui.host.wayback.trying import Trial, place_in, why_gone_back
from quantix_tui.setup.answers import Answers, NetworkAnswers
from quantix_tui.setup.apply import Means
from quantix_tui.setup.wizard import OnTrial, Wizard

ADDRESS_SECS = 20.0
"""A DHCP server may take a while (RFC 2131, 4.1)."""
_LOOK_SECS = 0.3
_FOLDER = Finding(Outcome.SKIPPED, "this is a folder, no machine that runs")


class MachineTrials:
    """On a machine, or in a tree, where there is nobody to ask."""

    def __init__(self, wizard: Wizard, means: Means) -> None:
        self._wizard = wizard
        self._place = place_in(means.folder)
        self._tree = means.tree

    async def begin(self, answers: Answers) -> Trial:
        """Apply the network settings of ``answers``. Raises :class:`QuantixError` with the old ones in force."""
        return await self._wizard.try_network(answers, _not_told)

    async def keep(self, trial: OnTrial) -> None:
        """Raises :class:`QuantixError` when the time was up: the old ones are in force again."""
        await self._wizard.keep_network(trial)

    async def running(self) -> Trial | None:
        """One that outlived the console that began it, with somebody who watches over it. Raises QuantixError."""
        return await self._wizard.running_trial()

    def ended(self) -> None:
        """They stay, or they have gone back."""
        self._wizard.end_trial()

    async def why_gone_back(self) -> str:
        """Why the last one went back while nobody looked, as a sentence."""
        return await asyncio.to_thread(why_gone_back, self._place)

    async def checks(self, network: NetworkAnswers) -> AsyncGenerator[CheckResult, None]:
        """Address, gateway, DNS, one after the other: each needs the one before."""
        if not self._runs:
            for name in ("address", "gateway", "DNS"):
                yield _FOLDER.after(name, 0.0)
            return
        device = device_name(network.interface, network.vlan)
        steps = (
            ("address", partial(_address, device, comes=network.learns_servers)),
            ("gateway", partial(_gateway, device)),
            ("DNS", _dns),
        )
        for name, find in steps:
            began = time.monotonic()
            finding = await find()
            yield finding.after(name, (time.monotonic() - began) * 1000)

    @property
    def _runs(self) -> bool:
        return self._tree.root == "/"


def _not_told(_: Done) -> None: ...


async def _address(device: str, *, comes: bool) -> Finding:
    """``comes``: whether it is the network that gives one."""
    end = time.monotonic() + ADDRESS_SECS
    while time.monotonic() < end:
        rows = [row for row in await asyncio.to_thread(interface_addresses) if row[0] == device]
        found = [f"{address}/{prefix}" for _, address, prefix in rows if not bound_to_link(address)]
        if found:
            return Finding(Outcome.PASS, f"{', '.join(found[:3])} on {device}")
        await asyncio.sleep(_LOOK_SECS)
    return Finding(
        Outcome.FAIL,
        problem=Problem(
            ErrorCode.NETWORK_UNREACHABLE,
            f"{device} has no address: none came within {ADDRESS_SECS:.0f} s.",
            "Look whether a DHCP server is on this network (cable, VLAN), or give it a fixed address."
            if comes
            else "It was not set, or is another machine's too: what hinders it is in this machine's log.",
            "no_address",
        ),
    )


async def _gateway(device: str) -> Finding:
    known = await asyncio.to_thread(gateways.read_gateways)
    own = [gateway for gateway in known if gateway.interface == device] or list(known)
    return await gateways.ask(own[0], None) if own else gateways.NO_GATEWAY


async def _dns() -> Finding:
    servers = await asyncio.to_thread(name_servers)
    if not servers:
        return dns.NO_SERVERS
    question = dns.question_for(None, await asyncio.to_thread(read_text, "/etc/resolv.conf"), "")
    findings = await asyncio.gather(*(dns.check_server(server, question) for server in servers[:3]))
    return next((finding for finding in findings if finding.outcome is Outcome.PASS), findings[0])
