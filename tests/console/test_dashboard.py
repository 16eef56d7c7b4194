"""The dashboard in every state, at the sizes it is made for."""

from dataclasses import replace

import pytest

from quantix_tui.cluster.errors import ErrorCode, Problem
from quantix_tui.cluster.status import ClusterState, PendingCleanup
from quantix_tui.console.look import Look
from quantix_tui.console.looks.console import CONSOLE
from quantix_tui.console.looks.modern import MODERN
from quantix_tui.console.looks.plain import PLAIN
from quantix_tui.host.facts import HostFacts, HostMetrics
from quantix_tui.node.gateway.absence import NO_DAEMON
from quantix_tui.node.gateway.protocol import DaemonKind, NodeEvent
from tests.console.screen import HINTS, matches_golden, opened
from tests.console.scripted import CONNECTED, STANDALONE, ScriptedGateway

REFUSED = Problem(
    ErrorCode.CONTROL_PLANE_UNREACHABLE,
    "vdc.example.com:8443 refuses connections.",
    "Look whether the control plane runs; this node tries again by itself.",
    "connection_refused",
)
REMOVED = Problem(
    ErrorCode.REMOVED,
    "This node was removed by the control plane: it no longer knows the node's id.",
    "Leave the cluster here. To come back, join again with a new token.",
    "removed",
)
SILENT = Problem(
    ErrorCode.NODE_UNREACHABLE,
    "The node daemon does not answer.",
    "Start it: systemctl start limiquantix-node.",
    NO_DAEMON,
)
DISCONNECTED = replace(
    CONNECTED,
    status=ClusterState.DISCONNECTED,
    heartbeat_age_secs=184.0,
    state_age_secs=180.0,
    problem=REFUSED,
    attempts=6,
    next_attempt_secs=24.0,
)
GONE = replace(DISCONNECTED, problem=REMOVED, attempts=1, next_attempt_secs=None)
LEFT = replace(
    STANDALONE,
    restart_required=True,
    pending_cleanup=PendingCleanup("https://vdc.example.com:8443", "28113561", "2026-03-02T09:40:00Z", REFUSED),
)


@pytest.mark.parametrize("look", [MODERN, CONSOLE, PLAIN], ids=lambda look: look.name)
@pytest.mark.parametrize("size", [(40, 12), (200, 60), (79, 23), (72, 20)])
async def test_other_sizes(size: tuple[int, int], look: Look) -> None:
    async with opened(ScriptedGateway(CONNECTED), size=size, look=look) as hands:
        await hands.until("CONNECTED")
        assert all(len(line) <= size[0] for line in hands.lines)
        if size == (40, 12):
            matches_golden(f"{look.name}_40x12", hands.text)


async def test_narrow_screen_scrolls_to_the_rest() -> None:
    async with opened(ScriptedGateway(CONNECTED), size=(40, 12)) as hands:
        # The answer to the question first, and a word that there is more.
        text = await hands.until("CONNECTED")
        assert "more \u2193" in text
        await hands.press("end")
        text = await hands.until("EVENTS")
        assert "more \u2191" in text
        await hands.press("home", *["down"] * 10)
        await hands.until("THIS NODE")


async def test_the_columns_change_places_with_the_size_and_back() -> None:
    async with opened(ScriptedGateway(CONNECTED), size=(80, 24)) as hands:
        wide = await hands.until("CONNECTED")
        await hands.pilot.resize_terminal(60, 16)
        await hands.until("more \u2193")
        assert hands.lines[2].strip() == "CLUSTER"
        await hands.pilot.resize_terminal(80, 24)
        await hands.until("Q Quit")
        assert hands.text == wide


async def test_a_notice_goes_when_it_is_no_longer_news() -> None:
    async with opened(ScriptedGateway(CONNECTED)) as hands:
        await hands.until("CONNECTED")
        await hands.press("j")
        await hands.until("belongs to vdc.example.com:8443 already")
        hands.wait(5)
        assert "already" in hands.text
        hands.wait(10)
        assert "already" not in hands.text


async def test_below_the_smallest_size_one_sentence_stands_until_there_is_room() -> None:
    async with opened(ScriptedGateway(CONNECTED), size=(39, 11)) as hands:
        await hands.until("too small")
        assert "CLUSTER" not in hands.text
        await hands.pilot.resize_terminal(80, 24)
        await hands.until("CONNECTED")


async def test_says_that_it_asks_until_the_first_answer() -> None:
    gateway = ScriptedGateway(CONNECTED)
    gateway.holding = {"all"}
    async with opened(gateway) as hands:
        await hands.until("... asking the node daemon")
        assert "CONNECTED" not in hands.text
        hands.wait(3)
        assert "3 s" in await hands.until("not known yet")
        gateway.released.set()
        await hands.until("CONNECTED")


async def test_heartbeat_age_goes_on_by_the_monotonic_clock() -> None:
    async with opened(ScriptedGateway(CONNECTED)) as hands:
        await hands.until("4 s ago, every 30 s")
        hands.wait(3)
        assert "7 s ago, every 30 s" in hands.text
        hands.wait(60)
        assert "1 min ago" in hands.text


async def test_a_daemon_that_dies_leaves_the_last_known_state_with_its_age() -> None:
    gateway = ScriptedGateway(CONNECTED)
    async with opened(gateway) as hands:
        await hands.until("CONNECTED")
        gateway.status_answer = SILENT
        hands.wait(180)
        await hands.press("f5")
        text = await hands.until("UNKNOWN")
        assert "The node daemon does not answer." in text
        assert "Last seen: connected, 3 min ago." in text
        assert "R  Start the daemon" in text
        gateway.status_answer = CONNECTED
        await hands.press("f5")
        await hands.until("CONNECTED")


async def test_a_daemon_that_never_answered_is_unknown_with_the_reason() -> None:
    async with opened(ScriptedGateway(SILENT)) as hands:
        text = await hands.until("UNKNOWN")
        assert "systemctl start" in text


async def test_unknown_figures_are_unknown_not_nought() -> None:
    gateway = ScriptedGateway(STANDALONE)
    gateway.facts_answer = HostFacts("bare")
    gateway.metrics_answer = HostMetrics()
    gateway.events_answer = ()
    async with opened(gateway) as hands:
        await hands.until("none yet")
        text = await hands.until("bare")
        assert text.count("unknown") == 8
        assert " 0 %" not in text
        matches_golden("dashboard_nothing_known", text)


async def test_old_figures_carry_their_age() -> None:
    gateway = ScriptedGateway(STANDALONE)
    async with opened(gateway) as hands:
        await hands.until("38 %")
        gateway.metrics_answer = SILENT
        gateway.events_answer = SILENT
        hands.wait(120)
        await hands.until("as of 2 min ago")


@pytest.mark.parametrize("look", [MODERN, CONSOLE, PLAIN], ids=lambda look: look.name)
async def test_the_demo_shows_where_to_join_and_every_token(look: Look) -> None:
    async with opened(ScriptedGateway(STANDALONE), demo=HINTS, look=look) as hands:
        text = await hands.until("STANDALONE")
        assert HINTS.address in text
        assert "SHA-256" in text
        for token in HINTS.tokens.values():
            assert token in text
        matches_golden(f"{look.name}_demo", text)


async def test_text_from_outside_is_never_markup() -> None:
    gateway = ScriptedGateway(replace(CONNECTED, cluster_name="[bold red]x[/] [@click=app.quit]y[/]"))
    gateway.events_answer = (NodeEvent("1", "2026-03-02T09:41:02Z", "info", "cluster", "\x1b[31m[b]hi[/b]\u202e\n"),)
    async with opened(gateway) as hands:
        text = await hands.until("[bold red]x")
        assert "[b]hi[/b]" in text
        assert "\x1b" not in text


async def test_many_addresses_are_counted_not_lost() -> None:
    gateway = ScriptedGateway(STANDALONE)
    facts = gateway.facts_answer
    assert isinstance(facts, HostFacts)
    gateway.facts_answer = replace(facts, addresses=facts.addresses * 6)
    async with opened(gateway) as hands:
        await hands.until("more (Enter)")


@pytest.mark.parametrize(("key", "words"), [("l", "belongs to no cluster"), ("L", "nothing to leave")])
async def test_leave_without_a_cluster_says_so(key: str, words: str) -> None:
    async with opened(ScriptedGateway(STANDALONE)) as hands:
        await hands.until("STANDALONE")
        await hands.press(key)
        await hands.until(words)


async def test_join_when_joined_says_so() -> None:
    async with opened(ScriptedGateway(CONNECTED)) as hands:
        await hands.until("CONNECTED")
        await hands.press("j")
        await hands.until("belongs to vdc.example.com:8443 already")


async def test_the_older_daemon_has_no_join_and_the_screen_says_what_it_offers() -> None:
    async with opened(ScriptedGateway(STANDALONE, DaemonKind.LIMIQUANTIX)) as hands:
        await hands.until("STANDALONE")
        assert "J Join" not in hands.text
        await hands.press("j")
        text = await hands.until("no way in for a join")
        assert "Hosts > Add host" in text
        assert "not_supported" in text
        await hands.press("escape")
        await hands.until("THIS NODE")


@pytest.mark.parametrize("code", list(ErrorCode))
async def test_every_kind_of_problem_is_shown_whole(code: ErrorCode) -> None:
    problem = Problem(code, f"It went wrong because of {code}.", "Do this now.", "why")
    async with opened(ScriptedGateway(problem)) as hands:
        text = await hands.until("UNKNOWN")
        assert " ".join(text.split()).count("went wrong because") == 1
        assert "Do this now." in text


async def test_a_fault_of_the_console_is_told_with_a_report_that_holds_no_values(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("reports")
    monkeypatch.setenv("TMPDIR", str(folder))
    gateway = ScriptedGateway(STANDALONE)
    gateway.status_answer = ValueError("a secret QUANTIX-AAAA-BBBB-CCCC")
    async with opened(gateway) as hands:
        text = await hands.until("UNKNOWN")
        assert "fault of its own" in text
        assert "(ValueError)" in text
        assert "Traceback" not in text
    (report,) = folder.iterdir()
    content = report.read_text()
    assert "builtins.ValueError" in content
    assert "scripted.py" in content
    assert "AAAA" not in content
    assert report.stat().st_mode & 0o077 == 0


async def test_a_member_whose_daemon_died_keeps_what_was_seen_last_and_its_age() -> None:
    gateway = ScriptedGateway(CONNECTED)
    async with opened(gateway) as hands:
        await hands.until("CONNECTED")
        hands.wait(184)
        # Nothing answers any more: the console reads the configuration itself.
        gateway.kind = DaemonKind.NONE
        gateway.status_answer = replace(CONNECTED, status=ClusterState.DISCONNECTED, heartbeat_age_secs=None)
        hands.app.action_refresh_view()
        text = await hands.until("Last seen: connected, 3 min ago.")
        assert "for 3 min" in next(line for line in text.splitlines() if "UNKNOWN" in line)
        assert "CONNECTED" not in text


async def test_what_the_configuration_says_is_not_called_seen() -> None:
    gateway = ScriptedGateway(replace(CONNECTED, status=ClusterState.DISCONNECTED), DaemonKind.NONE)
    async with opened(gateway) as hands:
        assert "Last seen" not in await hands.until("This is what the configuration says")


async def test_nothing_opens_unseen_while_the_window_is_too_small() -> None:
    async with opened(ScriptedGateway(STANDALONE), size=(39, 11)) as hands:
        await hands.until("too small")
        await hands.press("f1", "j", "escape", "q")
        assert "too small" in hands.words
        await hands.pilot.resize_terminal(80, 24)
        await hands.until("runs on its own")


async def test_a_question_over_the_too_small_window_does_not_leave_it_behind() -> None:
    async with opened(ScriptedGateway(STANDALONE)) as hands:
        await hands.until("STANDALONE")
        await hands.press("j")
        await hands.type("vdc")
        await hands.pilot.resize_terminal(39, 11)
        await hands.press("ctrl+c")
        await hands.until("Go on")
        await hands.pilot.resize_terminal(80, 24)
        await hands.press("escape")
        await hands.until("Join a cluster")


async def test_an_expiry_that_comes_near_is_told() -> None:
    assert CONNECTED.certificate is not None
    near = replace(CONNECTED, certificate=replace(CONNECTED.certificate, not_after="2026-03-11T10:00:00Z"))
    async with opened(ScriptedGateway(near)) as hands:
        text = await hands.until("CA pinned, 9 days")
        assert "expires in 9" in text


async def test_with_room_the_certificate_and_the_pin_stand_whole() -> None:
    async with opened(ScriptedGateway(CONNECTED), size=(120, 40)) as hands:
        text = await hands.until("CONNECTED")
        assert "vdc.example.com, issued by Quantix-vDC CA" in text
        assert "Pinned         7F3A 91C4  0B6E D2A8  55F1 3C90  E7B2 4D16" in text
        assert "A03F 6E8C  19D5 72B4  CC08 F5E1  3A97 60DB" in text
