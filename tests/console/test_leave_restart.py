"""Leaving, restarting, following to the first heartbeat or to the reason why not."""

from dataclasses import replace

import pytest

from quantix_tui.cluster.errors import ErrorCode, Problem
from quantix_tui.cluster.status import ClusterState, PendingCleanup
from quantix_tui.node.gateway.protocol import Applied, DaemonKind
from tests.console.screen import opened
from tests.console.scripted import CONNECTED, PENDING, STANDALONE, ScriptedGateway
from tests.console.test_dashboard import REFUSED, SILENT

REGISTERING = replace(CONNECTED, status=ClusterState.DISCONNECTED, node_id=None, instance_id="new")
REGISTERED = replace(CONNECTED, status=ClusterState.DISCONNECTED, heartbeat_age_secs=None, instance_id="new")
REACHED = replace(CONNECTED, instance_id="new")
USED = Problem(ErrorCode.INVALID_TOKEN, "This token was used already.", "Ask for a new one.", "used")


async def test_leave_needs_a_second_act() -> None:
    gateway = ScriptedGateway(CONNECTED)
    async with opened(gateway) as hands:
        await hands.until("CONNECTED")
        await hands.press("l")
        await hands.until("Leave the cluster")
        await hands.press("enter")
        await hands.until("THIS NODE")
        assert "leave" not in gateway.calls
        await hands.press("l", "escape")
        await hands.until("THIS NODE")
        assert "leave" not in gateway.calls


async def test_leave_then_restart_ends_standalone() -> None:
    gateway = ScriptedGateway(CONNECTED)
    gateway.leave_answer = replace(STANDALONE, restart_required=True, instance_id="two")
    async with opened(gateway) as hands:
        await hands.until("CONNECTED")
        await hands.press("l", "right", "enter")
        text = await hands.until("This node has left vdc.example.com:8443.")
        gateway.status_answer = replace(STANDALONE, instance_id="new")
        await hands.press("enter")
        text = await hands.until("stands on its own")
        assert "OK    cluster       standalone" in text
        await hands.press("enter")
        await hands.until("STANDALONE")


async def test_leave_with_the_control_plane_out_of_reach_tells_the_cleanup() -> None:
    gateway = ScriptedGateway(CONNECTED)
    cleanup = PendingCleanup("https://vdc.example.com:8443", "2811", "2026-03-02T09:40:00Z", REFUSED)
    gateway.leave_answer = replace(STANDALONE, pending_cleanup=cleanup)
    async with opened(gateway) as hands:
        await hands.until("CONNECTED")
        await hands.press("l", "right", "enter")
        await hands.until("has not been told yet")
        assert "refuses connections" in hands.words
        await hands.press("enter")
        await hands.until("Clean-up pending")


async def test_a_leave_that_fails_says_that_nothing_was_changed() -> None:
    gateway = ScriptedGateway(CONNECTED)
    gateway.leave_answer = Problem(ErrorCode.CONFIG_WRITE_ERROR, "The file system is read-only.", "Remount it.")
    async with opened(gateway) as hands:
        await hands.until("CONNECTED")
        await hands.press("l", "right", "enter")
        text = await hands.until("The file system is read-only.")
        assert "Nothing was changed. Remount it." in text


async def test_esc_stops_waiting_for_a_leave_that_hangs() -> None:
    gateway = ScriptedGateway(CONNECTED)
    gateway.holding = {"leave"}
    async with opened(gateway) as hands:
        await hands.until("CONNECTED")
        await hands.press("l", "right", "enter")
        await hands.until("Leaving:")
        await hands.press("escape")
        await hands.until("Stopped waiting")


async def test_restart_is_followed_to_the_first_heartbeat() -> None:
    gateway = ScriptedGateway(PENDING)
    async with opened(gateway) as hands:
        await hands.until("RESTART NEEDED")
        await hands.press("r")
        await hands.until("Restart now")
        gateway.status_answer = SILENT
        await hands.press("right", "enter")
        text = await hands.until("The node daemon is starting.")
        assert "OK    restart" in text
        assert "...   node daemon" in text
        gateway.status_answer = REGISTERING
        await hands.until("Registering with")
        gateway.status_answer = REGISTERED
        await hands.until("waiting for the first heartbeat")
        gateway.status_answer = REACHED
        text = await hands.until("acknowledges the heartbeats")
        await hands.press("enter")
        await hands.until("CONNECTED")


async def test_a_registration_that_is_refused_ends_with_the_reason_and_a_way_back() -> None:
    gateway = ScriptedGateway(PENDING)
    async with opened(gateway) as hands:
        await hands.until("RESTART NEEDED")
        gateway.status_answer = replace(REGISTERING, problem=USED)
        await hands.press("r", "right", "enter")
        text = await hands.until("Ask for a new one.")
        assert "FAIL  registration" in text
        await hands.press("right", "right", "enter")
        await hands.until("This node leaves")


@pytest.mark.parametrize(
    "problem",
    [Problem(ErrorCode.RESTART_FAILED, "systemctl failed.", "Run: systemctl restart limiquantix-node."), OSError("x")],
)
async def test_a_restart_that_cannot_be_asked_for(problem: Problem | Exception) -> None:
    gateway = ScriptedGateway(CONNECTED)
    gateway.restart_answer = problem
    async with opened(gateway) as hands:
        await hands.until("CONNECTED")
        await hands.press("j")
        await hands.until("belongs to vdc.example.com:8443 already")
        await hands.press("r", "right", "enter")
        text = await hands.until("FAIL  restart")
        assert "systemctl restart" in text or "(OSError)" in text
        # Nothing of it, nor of what was refused before it, stands on the dashboard; it can be tried again.
        await hands.press("escape")
        text = await hands.until("THIS NODE")
        assert "FAIL" not in text
        assert "already" not in text
        gateway.restart_answer = Applied.RESTARTED
        gateway.status_answer = replace(CONNECTED, instance_id="the new one")
        await hands.press("r", "right", "enter")
        await hands.until("acknowledges the heartbeats")


async def test_a_reload_needs_no_new_daemon() -> None:
    gateway = ScriptedGateway(CONNECTED)
    gateway.restart_answer = Applied.RELOADED
    async with opened(gateway) as hands:
        await hands.until("CONNECTED")
        await hands.press("r", "right", "enter")
        await hands.until("acknowledges the heartbeats")


async def test_enter_alone_restarts_nothing() -> None:
    gateway = ScriptedGateway(CONNECTED)
    async with opened(gateway) as hands:
        await hands.until("CONNECTED")
        await hands.press("r", "enter")
        await hands.until("THIS NODE")
    assert "restart" not in gateway.calls


async def test_without_a_daemon_it_is_a_start() -> None:
    gateway = ScriptedGateway(PENDING, DaemonKind.NONE)
    async with opened(gateway) as hands:
        await hands.until("UNKNOWN")
        await hands.press("r")
        await hands.until("Start now")


async def test_esc_stops_following_not_the_restart() -> None:
    gateway = ScriptedGateway(CONNECTED)
    async with opened(gateway) as hands:
        await hands.until("CONNECTED")
        await hands.press("r", "right", "enter")
        await hands.until("OK    restart")
        await hands.press("escape")
        await hands.until("THIS NODE")


async def test_patience_ends_with_the_last_thing_that_was_waited_for() -> None:
    gateway = ScriptedGateway(CONNECTED)
    async with opened(gateway) as hands:
        await hands.until("CONNECTED")
        await hands.press("r", "right", "enter")
        await hands.until("OK    restart")
        hands.wait(100)
        text = await hands.until("did not get there")
        assert "Go on waiting" in text


async def test_on_little_height_the_question_begins_at_its_beginning_and_the_choices_stay_in_sight() -> None:
    async with opened(ScriptedGateway(CONNECTED), size=(40, 12)) as hands:
        await hands.until("CONNECTED")
        await hands.press("l")
        text = await hands.until("This node leaves")
        assert "[ Stay ]" in text
        await hands.press("pagedown", "pagedown")
        assert "[ Stay ]" in await hands.until("a new token.")
