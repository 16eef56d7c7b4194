"""The join form: shapes, checks, comparing, refusing, saving, going back."""

import pytest
from textual.events import Paste

from quantix_tui.cluster.checks import CheckName, CheckResult, Outcome
from quantix_tui.cluster.errors import ErrorCode, Problem
from quantix_tui.cluster.trust import CertificateFacts, parse_fingerprint
from quantix_tui.console.access import owned_line
from tests.console.screen import HINTS, Hands, matches_golden, opened
from tests.console.scripted import ADDRESS, PASSED, PENDING, STANDALONE, ScriptedGateway

TOKEN = "QUANTIX-7KQ2-M9XT-LXWJ"
FINGERPRINT = parse_fingerprint("7f3a91c40b6ed2a855f13c90e7b24d16a03f6e8c19d572b4cc08f5e13a9760db")
UNKNOWN_CA = Problem(
    ErrorCode.UNTRUSTED_CERTIFICATE, "No public CA vouches for it.", "Compare its fingerprint.", "unknown_ca"
)
COMPARE = CheckResult(
    CheckName.IDENTITY,
    Outcome.FAIL,
    4.0,
    problem=UNKNOWN_CA,
    certificate=CertificateFacts(
        FINGERPRINT, "Quantix-vDC", "Quantix-vDC", True, "2026-03-12T00:00:00Z", "2036-03-12T00:00:00Z"
    ),
)
EXPIRED = Problem(
    ErrorCode.INVALID_TOKEN,
    "This token expired at 09:00, 41 minutes ago.",
    "Ask your vDC administrator for a new token (vDC: Hosts > Add host > Generate token).",
    "expired",
)


def skipped(*names: CheckName) -> list[CheckResult]:
    return [CheckResult(name, Outcome.SKIPPED, 0.0, "not checked") for name in names]


def unknown_ca() -> list[CheckResult | Problem | Exception]:
    return [*PASSED[:3], COMPARE, *skipped(CheckName.CONTROL_PLANE, CheckName.TOKEN, CheckName.NODE)]


def refused_token() -> list[CheckResult | Problem | Exception]:
    failed = CheckResult(CheckName.TOKEN, Outcome.FAIL, 4.0, problem=EXPIRED)
    return [*PASSED[:5], failed, *skipped(CheckName.NODE)]


async def fill(hands: Hands, address: str = "vdc.example.com", token: str = TOKEN) -> None:
    await hands.until("CLUSTER")
    await hands.press("j")
    await hands.type(address)
    await hands.press("tab")
    await hands.type(token)


async def test_a_paste_goes_in_trimmed_and_whole() -> None:
    async with opened(ScriptedGateway()) as hands:
        await hands.press("j")
        hands.app.post_message(Paste("  https://vdc.example.com:8443/\n"))
        await hands.until("will use https://vdc.example.com:8443")
        await hands.press("tab")
        hands.app.post_message(Paste(f"\r\n {TOKEN}\n\n"))
        await hands.until("3 groups of 4")


async def test_plain_http_is_said_in_so_many_words() -> None:
    async with opened(ScriptedGateway()) as hands:
        await hands.press("j")
        await hands.type("http://vdc")
        await hands.until("NOT ENCRYPTED")


async def test_checks_show_as_they_happen() -> None:
    gateway = ScriptedGateway()
    gateway.holding = {"check"}
    async with opened(gateway) as hands:
        await fill(hands)
        await hands.press("enter")
        text = await hands.until("... ")
        hands.wait(2)
        await hands.until("looking the name up")
        matches_golden("join_checking", hands.text)
        gateway.released.set()
        text = await hands.until("All checks passed")
        assert text.count("OK ") == 7
        assert "Quantix-vDC 1.9.2" in text


async def test_save_and_restart_joins_then_follows() -> None:
    gateway = ScriptedGateway()
    async with opened(gateway) as hands:
        await fill(hands)
        await hands.press("enter")
        await hands.until("All checks passed")
        await hands.press("enter")
        await hands.until("Restart the node daemon")
        assert gateway.calls.count("join") == 1
        assert gateway.calls.count("restart") == 1
        assert gateway.requests[-1].token is not None
        assert gateway.requests[-1].token.reveal() == TOKEN


async def test_save_only_leaves_the_restart_for_later_and_forgets_the_token() -> None:
    gateway = ScriptedGateway()
    async with opened(gateway) as hands:
        await fill(hands)
        await hands.press("enter")
        await hands.until("All checks passed")
        await hands.press("right", "enter")
        text = await hands.until("RESTART NEEDED")
        assert "Saved for vdc.example.com:8443. R restarts the node daemon." in text
        await hands.press("r")
        await hands.until("Restart now")
        await hands.press("escape")
        # What was said before another dialogue is no longer news: it may not be true any more.
        assert "R restarts the node daemon." not in await hands.until("RESTART NEEDED")
        assert "restart" not in gateway.calls
        assert hands.app.cluster.draft.token == ""
        assert hands.app.cluster.draft.address == "vdc.example.com"


async def test_refused_says_what_happened_that_nothing_was_saved_and_the_cure() -> None:
    gateway = ScriptedGateway()
    gateway.checks = refused_token()
    async with opened(gateway) as hands:
        await fill(hands)
        await hands.press("enter")
        text = await hands.until("Nothing was saved.")
        assert "FAIL  token" in text
        assert "-     this node" in text
        assert "Generate token" in text
        assert hands.focused() == "token"
        gateway.checks = list(PASSED)
        await hands.press("enter")
        await hands.until("All checks passed")


@pytest.mark.parametrize("code", list(ErrorCode))
async def test_each_problem_of_a_check_shows_its_own_words(code: ErrorCode) -> None:
    problem = Problem(code, f"Refused for {code}.", "Do this.", "why")
    gateway = ScriptedGateway()
    gateway.checks = [CheckResult(CheckName.RESOLVE, Outcome.FAIL, 1.0, problem=problem)]
    async with opened(gateway) as hands:
        await fill(hands, token="t")
        await hands.press("enter")
        text = await hands.until("Do this.")
        assert f"Refused for {code}." in text
        assert "Nothing was saved." in text


async def test_a_check_that_could_not_run_stops_the_join() -> None:
    problem = Problem(ErrorCode.MAINTENANCE, "The control plane is being updated.", "Try again in 30 s.")
    gateway = ScriptedGateway()
    gateway.checks = [*PASSED[:4], CheckResult(CheckName.CONTROL_PLANE, Outcome.COULD_NOT_RUN, 1.0, problem=problem)]
    async with opened(gateway) as hands:
        await fill(hands)
        await hands.press("enter")
        await hands.until("Try again in 30 s.")
        assert "Save" not in hands.text


@pytest.mark.parametrize("broken", [Problem(ErrorCode.NODE_UNREACHABLE, "It is gone.", "Start it."), RuntimeError("x")])
async def test_a_run_that_breaks_is_told(broken: Problem | Exception) -> None:
    gateway = ScriptedGateway()
    gateway.checks = [PASSED[0], broken]
    async with opened(gateway) as hands:
        await fill(hands)
        await hands.press("enter")
        text = await hands.until("Nothing was saved.")
        assert "It is gone." in text or "(RuntimeError)" in hands.words


async def test_a_save_that_fails_is_told_and_nothing_typed_is_lost() -> None:
    gateway = ScriptedGateway()
    gateway.join_answer = Problem(ErrorCode.CONFIG_WRITE_ERROR, "The disk is full.", "Make room.", "ENOSPC")
    async with opened(gateway) as hands:
        await fill(hands)
        await hands.press("enter")
        await hands.until("All checks passed")
        await hands.press("enter")
        text = await hands.until("The disk is full.")
        assert "Nothing was saved. Make room." in text
        assert "vdc.example.com" in text
        assert "restart" not in gateway.calls


async def test_a_save_whose_answer_was_lost_is_looked_up() -> None:
    gateway = ScriptedGateway()
    gateway.join_answer = Problem(ErrorCode.TIMED_OUT, "No answer.", "Wait.")
    async with opened(gateway) as hands:
        await fill(hands)
        await hands.press("enter")
        await hands.until("All checks passed")
        gateway.status_answer = PENDING
        await hands.press("right", "enter")
        await hands.until("RESTART NEEDED")
    assert PENDING.control_plane_address == ADDRESS


async def test_esc_stops_the_checks_then_goes_back_and_keeps_what_was_typed() -> None:
    gateway = ScriptedGateway()
    gateway.holding = {"check"}
    async with opened(gateway) as hands:
        await fill(hands)
        await hands.press("enter")
        await hands.until("Checking; Esc stops it")
        await hands.press("escape")
        await hands.until("Stopped. Nothing was saved.")
        await hands.press("escape")
        await hands.until("THIS NODE")
        await hands.press("j")
        text = await hands.until("will use https://vdc.example.com:8443")
        assert "3 groups of 4" in text


async def test_esc_while_saving_stops_waiting_and_says_that_it_is_not_known() -> None:
    gateway = ScriptedGateway()
    gateway.holding = {"join"}
    async with opened(gateway) as hands:
        await fill(hands)
        await hands.press("enter")
        await hands.until("All checks passed")
        await hands.press("enter")
        await hands.until("Saving:")
        await hands.press("escape")
        await hands.until("Whether it was saved is not known")
        await hands.press("enter")
        await hands.until("THIS NODE")


async def test_a_console_that_locks_while_it_saves_shows_how_that_ends() -> None:
    gateway = ScriptedGateway()
    gateway.holding = {"join"}
    async with opened(gateway, access=owned_line("tty1").logged_in("alice")) as hands:
        await fill(hands)
        await hands.press("enter")
        await hands.until("All checks passed")
        await hands.press("enter")
        await hands.until("Saving:")
        hands.wait(301)
        assert "Saving:" in hands.text
        gateway.released.set()
        await hands.until("Restart the node daemon")


async def test_the_demo_form_shows_what_to_type() -> None:
    async with opened(ScriptedGateway(), demo=HINTS) as hands:
        await hands.press("j")
        text = await hands.until("Demo")
        assert HINTS.address in text
        for token in HINTS.tokens.values():
            assert token in text
        matches_golden("join_demo", text)


@pytest.mark.parametrize("size", [(40, 12), (60, 16), (120, 40)])
async def test_other_sizes(size: tuple[int, int]) -> None:
    gateway = ScriptedGateway()
    gateway.checks = unknown_ca()
    async with opened(gateway, size=size) as hands:
        await fill(hands)
        await hands.press("enter")
        await hands.until("It does not")
        # The question without what it asks about would be none.
        await hands.until("60DB")
        await hands.until("administrator sees?")
        assert all(len(line) <= size[0] for line in hands.lines)


async def test_the_form_never_shows_a_token_of_a_refused_join() -> None:
    gateway = ScriptedGateway(STANDALONE)
    gateway.checks = refused_token()
    async with opened(gateway) as hands:
        await fill(hands)
        await hands.press("enter")
        await hands.until("Nothing was saved.")
        assert TOKEN not in hands.text


async def test_the_demos_token_is_no_longer_called_good_once_it_was_used() -> None:
    gateway = ScriptedGateway()
    gateway.checks = [*PASSED]
    gateway.join_answer = PENDING
    async with opened(gateway, demo=HINTS) as hands:
        await hands.until("try these (J)")
        await fill(hands, token=HINTS.tokens["valid"])
        await hands.press("enter")
        await hands.until("Save only")
        gateway.status_answer = PENDING
        await hands.press("right", "enter")
        text = await hands.until("for the next join")
        assert f"spent    {HINTS.tokens['valid']}" in text
        assert "valid " not in text
        assert HINTS.address in text  # It is there to be typed: never cut.


async def test_a_save_that_ends_while_help_is_open_waits_for_it() -> None:
    gateway = ScriptedGateway(STANDALONE)
    async with opened(gateway) as hands:
        await fill(hands)
        await hands.press("enter")
        await hands.until("All checks passed")
        gateway.holding = {"join"}
        await hands.press("right", "enter", "f1")
        await hands.until("this page")
        gateway.status_answer = PENDING
        gateway.released.set()
        await hands.until("this page")
        await hands.settle()
        assert "this page" in hands.text
        await hands.press("escape")
        await hands.until("Saved for vdc.example.com:8443.")
