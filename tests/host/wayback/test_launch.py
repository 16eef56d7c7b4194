"""How the keeper is started where systemd runs the machine (really tried in the virtual machine's story)."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from quantix_tui.host.wayback import launch
from quantix_tui.host.wayback.launch import keeper_command
from quantix_tui.host.wayback.record import Place
from quantix_tui.host.wayback.trying import place_in


def test_under_systemd_it_has_a_unit_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)
    place = place_in("/var/lib/quantix-tui")
    command = keeper_command(place, systemd=True)
    assert command[0] == "systemd-run"
    # Killed, it is started again; where it runs to its end, no trace stays.
    assert {"--unit=quantix-network-trial", "--property=Restart=on-failure", "--collect"} <= set(command)
    assert command[-4:] == (sys.executable, "-m", "quantix_tui.host.wayback.keeper", place.folder)
    other = keeper_command(Place("/elsewhere"), systemd=True)
    assert "--unit=quantix-network-trial" not in other


def test_a_slow_machine_may_take_half_a_minute_to_start_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As one that is busy with its first boot, from a slow disk."""
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    monkeypatch.setattr(launch, "time", SimpleNamespace(monotonic=lambda: now[0], sleep=sleep))
    monkeypatch.setattr(launch, "keeper_lives", lambda _: now[0] > 25.0)
    assert launch._came_up(Place(str(tmp_path)))
    monkeypatch.setattr(launch, "keeper_lives", lambda _: False)
    assert not launch._came_up(Place(str(tmp_path)))
