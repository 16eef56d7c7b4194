"""What ``systemctl show`` prints, as systemd 252 prints it, read into states."""

from quantix_tui.host.node_services.state import Act, Run, Service, acts
from quantix_tui.host.node_services.systemd import read_services, show_command


def block(unit: str, active: str = "active", sub: str = "running", load: str = "loaded", **more: str) -> str:
    fields = {
        "MainPID": "812",
        "Result": "success",
        "ExecMainCode": "0",
        "ExecMainStatus": "0",
        "MemoryCurrent": "34603008",
        "Id": unit,
        "LoadState": load,
        "ActiveState": active,
        "SubState": sub,
        "UnitFileState": "enabled",
        "StateChangeTimestampMonotonic": "40000000",
    }
    return "".join(f"{name}={value}\n" for name, value in (fields | more).items())


def missing(unit: str) -> str:
    return block(unit, "inactive", "dead", "not-found", MainPID="0", StateChangeTimestampMonotonic="0")


def read(*blocks: str) -> dict[str, Service]:
    return {service.name: service for service in read_services("\n".join(blocks), now=100.0)}


def test_a_running_service_with_all_that_is_known() -> None:
    service = read(block("limiquantix-node.service"))["Node daemon"]
    assert service.unit == "limiquantix-node.service"
    state = service.state
    assert (state.run, state.age, state.pid, state.memory, state.why, state.at_boot) == (
        Run.RUNNING, 60.0, 812, 34603008, "", True,
    )  # fmt: skip


def test_states_and_ends() -> None:
    def state(active: str, sub: str, **more: str) -> tuple[Run, str]:
        read_state = read(block("ssh.service", active, sub, **more))["SSH"].state
        return read_state.run, read_state.why

    assert state("activating", "auto-restart", Result="exit-code", ExecMainCode="1", ExecMainStatus="3") == (
        Run.STARTING, "it ended with exit status 3",
    )  # fmt: skip
    assert state("failed", "failed", Result="signal", ExecMainCode="2", ExecMainStatus="9") == (
        Run.FAILED, "it was ended by signal 9",
    )  # fmt: skip
    assert state("failed", "failed", Result="oom-kill")[1] == "it was ended because the memory was used up"
    assert state("failed", "failed", Result="something-new")[1] == "something-new"
    assert state("active", "exited") == (Run.DONE, "")
    assert state("deactivating", "stop-sigterm") == (Run.STOPPING, "")
    assert state("inactive", "dead") == (Run.STOPPED, "")
    assert state("what-is-this", "x") == (Run.UNKNOWN, "")


def test_unknown_figures_are_none() -> None:
    for memory in ("[not set]", "18446744073709551615", ""):
        state = read(block("ssh.service", MemoryCurrent=memory, MainPID="0", StateChangeTimestampMonotonic="0"))[
            "SSH"
        ].state
        assert (state.memory, state.pid, state.age) == (None, None, None)


def test_of_several_names_the_one_in_use_counts() -> None:
    services = read(
        block("NetworkManager.service", "inactive", "dead"),
        block("systemd-networkd.service"),
        missing("networking.service"),
        # An alias is told twice.
        block("ssh.service"),
        block("ssh.service"),
    )
    assert services["Network"].unit == "systemd-networkd.service"
    assert list(services) == ["Node daemon", "SSH", "Network"]


def test_what_is_not_installed_is_left_out_but_for_the_node_daemon() -> None:
    services = read(missing("limiquantix-node.service"), missing("ssh.service"))
    assert {name: service.state.run for name, service in services.items()} == {"Node daemon": Run.MISSING}
    assert acts(services["Node daemon"]) == ()


def test_every_instance_is_listed() -> None:
    services = read(block("quantix-console@tty1.service"), block("quantix-console@ttyS0.service", "failed", "failed"))
    assert [name for name in services if name.startswith("Console")] == ["Console tty1", "Console ttyS0"]
    # Nobody stops what he looks at.
    assert acts(services["Console tty1"]) == (Act.RESTART,)
    assert acts(services["Console ttyS0"]) == (Act.START,)


def test_masked_services_are_not_offered() -> None:
    assert "Time" not in read(block("chronyd.service", "inactive", "dead", "masked"))


def test_rubbish_is_no_service() -> None:
    assert list(read("no equals sign\n\n\n=\n")) == ["Node daemon"]


def test_one_call_asks_for_all() -> None:
    command = show_command()
    assert command[:2] == ("systemctl", "show")
    assert "limiquantix-node.service" in command
    assert "quantix-console@*.service" in command
