"""``quantix-tui services``: how the services of this node are; restart, start or stop one."""

import asyncio
import os
from collections.abc import Sequence

from quantix_tui.cluster import spans
from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.commands import ends
from quantix_tui.commands.options import GlobalOptions, Parser, add_json_option
from quantix_tui.commands.running import say_to
from quantix_tui.console.access import Access, own_session
from quantix_tui.console.machine_here import elsewhere
from quantix_tui.host.administrators import user_name
from quantix_tui.host.audit import record
from quantix_tui.host.node_services.control import MachineServices
from quantix_tui.host.node_services.state import Act, Service, consequence
from quantix_tui.settings import settings_from


def run(words: Sequence[str], options: GlobalOptions) -> int:
    parser = Parser("services", "Show how the services of this node are; restart, start or stop one of them.")
    parser.add_argument("act", nargs="?", choices=[act.value for act in Act], help="what to do with one")
    parser.add_argument("name", nargs="?", help="its name, as the list has it or as this machine's manager has it")
    add_json_option(parser)
    given = parser.read(words)
    if given.act is not None and given.name is None:
        parser.error("which service? quantix-tui services names them")
    if why := elsewhere(settings_from(os.environ, options.node, options.config)):
        raise QuantixError(
            Problem(ErrorCode.INVALID_REQUEST, why, "Leave --node and QUANTIX_NODE out here.", "elsewhere")
        )
    services = MachineServices()
    found = asyncio.run(services.read())
    if given.act is None:
        _show(found, json=given.json)
        return ends.DONE
    service, act = named(found, given.name), Act(given.act)
    asyncio.run(carry_out(services, service, act, own_session(user_name(os.geteuid()), administrator=True)))
    say_to(json=given.json)(f"{service.name}: {act.value} done.")
    if given.json:
        ends.put_json({"unit": service.unit, "act": act.value, "done": True})
    return ends.DONE


def service_lines(services: Sequence[Service]) -> list[str]:
    """One service a line: name, state, for how long, what it is for."""
    return [_line(service) for service in services] or ["None of the services that matter on a node is installed here."]


def named(services: Sequence[Service], name: str) -> Service:
    """The service that is meant, by the list's name or its own. Raises :class:`QuantixError` where there is none."""
    wanted = name.lower()
    for service in services:
        if wanted in (service.name.lower(), service.unit.lower(), service.unit.removesuffix(".service").lower()):
            return service
    raise QuantixError(
        Problem(
            ErrorCode.INVALID_REQUEST,
            "There is no such service among those of this node.",
            "quantix-tui services names them.",
            "service",
        )
    )


async def carry_out(services: MachineServices, service: Service, act: Act, access: Access) -> None:
    """Do it and record who did. Raises :class:`QuantixError`."""
    await record(f"{act.value} of {service.unit} ordered", user=access.user or "?", line=access.line)
    await services.act(service, act)


def meaning(service: Service, act: Act) -> str:
    """What a person is told before."""
    return f"{act.value.capitalize()} {service.name}? {consequence(service, act)}".strip()


def _show(services: Sequence[Service], *, json: bool) -> None:
    if json:
        ends.put_json({"services": [_body(service) for service in services]})
    else:
        print("\n".join(service_lines(services)))


def _line(service: Service) -> str:
    state = service.state
    age = spans.short(state.age) if state.age is not None else ""
    told = f"{service.name:<20} {state.run.value:<13} {age:>8}  {service.known.what}"
    return f"{told} ({state.why})" if state.why else told


def _body(service: Service) -> dict[str, object]:
    state = service.state
    return {
        "name": service.name,
        "unit": service.unit,
        "state": state.run.value,
        "age_secs": state.age,
        "pid": state.pid,
        "memory_bytes": state.memory,
        "why": state.why,
        "at_boot": state.at_boot,
    }
