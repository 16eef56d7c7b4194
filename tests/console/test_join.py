"""The join form: shapes, checks, comparing, refusing, saving, going back."""

from dataclasses import replace

import pytest
from textual.events import Paste
from textual.widgets import Input

from quantix_tui.cluster.checks import CheckName, CheckResult, Outcome
from quantix_tui.cluster.errors import ErrorCode, Problem
from quantix_tui.cluster.trust import CertificateFacts, parse_fingerprint
from quantix_tui.console.join_words import compare_lines
from quantix_tui.console.lines import width_of
from quantix_tui.console.widgets.sentences import Sentences
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


async def test_the_normal_form_and_the_kind_of_token_stand_under_the_fields() -> None:
    async with opened(ScriptedGateway()) as hands:
        await fill(hands, "VDC.Quantix.local", token="")
        hands.app.post_message(Paste(TOKEN))
        text = await hands.until("3 groups of 4")
        assert "will use https://vdc.quantix.local:8443" in text
        assert "registration token, 3 groups of 4" in text


async def test_the_token_is_masked_until_ctrl_t() -> None:
    async with opened(ScriptedGateway()) as hands:
        await fill(hands)
        assert "[*******-****-****-****" in hands.text
        await hands.press("shift+tab")
        assert "[*******-****-****-LXWJ" in hands.text
        assert TOKEN not in hands.text
        await hands.press("ctrl+t")
        assert TOKEN in hands.text
        await hands.press("ctrl+t")
        assert TOKEN not in hands.text


async def test_errors_come_when_a_field_was_left_not_before() -> None:
    async with opened(ScriptedGateway()) as hands:
        await hands.press("j")
        await hands.type("ftp://vdc")
        assert "not reached over ftp" not in hands.text
        await hands.press("tab")
        assert "not reached over ftp://" in hands.text
        await hands.type("QUANTIX 1")
        await hands.press("enter")
        assert hands.focused() == "address"


async def test_enter_on_the_address_goes_on_to_the_empty_token() -> None:
    async with opened(ScriptedGateway()) as hands:
        await hands.press("j")
        await hands.type("vdc")
        await hands.press("enter")
        assert hands.focused() == "token"


async def test_a_wrong_token_shape_says_why_and_what_to_do() -> None:
    async with opened(ScriptedGateway()) as hands:
        await fill(hands, token="two words")
        await hands.press("enter")
        text = await hands.until("space or line break inside")
        assert "Copy it again from the vDC" in text
        assert hands.focused() == "token"


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
        assert hands.app.draft.token == ""
        assert hands.app.draft.address == "vdc.example.com"


async def test_unknown_ca_is_compared_and_enter_alone_pins_nothing() -> None:
    gateway = ScriptedGateway()
    gateway.checks = unknown_ca()
    gateway.checks_pinned = list(PASSED)
    async with opened(gateway) as hands:
        await fill(hands)
        await hands.press("enter")
        text = await hands.until("Does it match")
        assert "7F3A 91C4  0B6E D2A8  55F1 3C90  E7B2 4D16" in text
        assert "A03F 6E8C  19D5 72B4  CC08 F5E1  3A97 60DB" in text
        assert "Quantix-vDC (self-issued), valid to 12 Mar 2036" in text
        await hands.press("enter")
        text = await hands.until("Not trusted. Nothing was saved.")
        assert all(request.trust.pin is None for request in gateway.requests)
        await hands.press("enter")
        await hands.until("Does it match")
        await hands.press("left", "enter")
        await hands.until("All checks passed")
        assert gateway.requests[-1].trust.pin == FINGERPRINT
        await hands.press("right", "enter")
        await hands.until("Saved for")
        assert gateway.requests[-1].trust.pin == FINGERPRINT


async def test_a_pin_belongs_to_its_address() -> None:
    gateway = ScriptedGateway()
    gateway.checks = unknown_ca()
    gateway.checks_pinned = list(PASSED)
    async with opened(gateway) as hands:
        await fill(hands)
        await hands.press("enter")
        await hands.until("Does it match")
        await hands.press("left", "enter")
        await hands.until("All checks passed")
        await hands.press("shift+tab", "shift+tab")
        assert hands.focused() == "address"
        await hands.type("x")
        assert "All checks passed" not in hands.text
        await hands.press("enter")
        await hands.until("Does it match")
        assert gateway.requests[-1].trust.pin is None


async def test_a_changed_certificate_shows_both_fingerprints_and_enter_alone_pins_nothing() -> None:
    other = parse_fingerprint("11" * 32)
    assert COMPARE.certificate is not None
    mismatch = Problem(ErrorCode.UNTRUSTED_CERTIFICATE, "Another certificate.", "Ask.", "pin_mismatch")
    changed = replace(COMPARE, problem=mismatch, certificate=replace(COMPARE.certificate, fingerprint=other))
    gateway = ScriptedGateway()
    gateway.checks = unknown_ca()
    gateway.checks_pinned = [*PASSED[:3], changed]
    async with opened(gateway) as hands:
        await fill(hands)
        await hands.press("enter")
        await hands.until("Does it match")
        await hands.press("left", "enter")
        text = await hands.until("is somebody in between?")
        assert "Pinned    7F3A 91C4  0B6E D2A8" in text
        assert "It shows  1111 1111  1111 1111" in text
        assert "FAIL  identity" in text
        await hands.press("enter")
        await hands.until("Not trusted. Nothing was saved.")
        assert gateway.requests[-1].trust.pin == FINGERPRINT
        await hands.press("enter")
        await hands.until("is somebody in between?")
        gateway.checks_pinned = list(PASSED)
        await hands.press("left", "enter")
        await hands.until("All checks passed")
        assert gateway.requests[-1].trust.pin == other


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


async def test_a_ca_file_of_ones_own() -> None:
    gateway = ScriptedGateway()
    async with opened(gateway) as hands:
        await hands.press("j", "ctrl+o")
        await hands.type("ca.pem")
        await hands.press("shift+tab")
        assert "does not begin with /" in hands.text
        await hands.press("tab", "home")
        await hands.type("/etc/")
        await hands.press("shift+tab", "shift+tab")
        await hands.type("vdc")
        await hands.press("tab")
        await hands.type(TOKEN)
        await hands.press("enter")
        await hands.until("All checks passed")
        matches_golden("join_ca_file", hands.text)
        assert gateway.requests[-1].trust.ca_file == "/etc/ca.pem"


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


async def test_a_token_in_the_address_field_is_refused_and_never_looked_up() -> None:
    gateway = ScriptedGateway()
    async with opened(gateway) as hands:
        await fill(hands, address=TOKEN)
        await hands.press("enter")
        text = await hands.until("This looks like a registration token")
        assert "will use" not in text
    assert gateway.requests == []


async def test_a_narrow_screen_shows_every_group_of_the_fingerprint() -> None:
    assert COMPARE.certificate is not None
    told = Sentences(compare_lines(COMPARE.certificate)).lines(36, 0)
    for group in ("7F3A", "4D16", "A03F", "60DB"):
        assert group in "\n".join("".join(words for words, _ in line) for line in told)
    assert all(width_of(line) <= 36 for line in told)


async def test_a_new_token_typed_after_a_refusal_replaces_the_refused_one() -> None:
    gateway = ScriptedGateway()
    gateway.checks = refused_token()
    async with opened(gateway) as hands:
        await fill(hands)
        await hands.press("enter")
        await hands.until("Nothing was saved")
        await hands.type("QUANTIX-NEW1-NEW2-NEW3")
        assert hands.app.screen.query_one("#token", Input).value == "QUANTIX-NEW1-NEW2-NEW3"


async def test_the_form_never_shows_a_token_of_a_refused_join() -> None:
    gateway = ScriptedGateway(STANDALONE)
    gateway.checks = refused_token()
    async with opened(gateway) as hands:
        await fill(hands)
        await hands.press("enter")
        await hands.until("Nothing was saved.")
        assert TOKEN not in hands.text


async def test_the_normal_form_comes_while_one_is_still_in_the_field() -> None:
    async with opened(ScriptedGateway()) as hands:
        await hands.until("CLUSTER")
        await hands.press("j")
        await hands.type("VDC.Quantix.local")
        assert "will use" not in hands.text
        await hands.until("will use https://vdc.quantix.local:8443")
        await hands.type("/")
        await hands.type("api")
        await hands.pilot.pause(0.01)
        assert "has a path" not in hands.text  # Half an address is not a wrong one.


async def test_what_an_empty_form_said_goes_with_the_first_key() -> None:
    async with opened(ScriptedGateway()) as hands:
        await hands.until("CLUSTER")
        await hands.press("j", "tab", "enter")
        await hands.until("No address was given.")
        await hands.type("v")
        assert "No address was given. Type" not in hands.words
        assert hands.text.count("No address was given.") <= 1


async def test_an_address_and_a_token_out_of_one_mail_fill_both_fields() -> None:
    async with opened(ScriptedGateway()) as hands:
        await hands.until("CLUSTER")
        await hands.press("j")
        hands.app.post_message(Paste(f"vdc.example.com\n\n  {TOKEN}\n"))
        text = await hands.until("3 groups of 4")
        assert "will use https://vdc.example.com:8443" in text
        assert TOKEN not in text


async def test_a_paste_that_is_far_too_long_is_not_dropped_without_a_word() -> None:
    async with opened(ScriptedGateway()) as hands:
        await hands.until("CLUSTER")
        await hands.press("j", "tab")
        hands.app.post_message(Paste("x" * 20_000))
        text = await hands.until("This is longer than 8192 characters")
        assert "xxxx" not in text


async def test_the_key_under_the_token_says_what_it_does_now() -> None:
    async with opened(ScriptedGateway()) as hands:
        await fill(hands)
        await hands.until("Ctrl-T shows it")
        await hands.press("ctrl+t")
        await hands.until("Ctrl-T hides it")


async def test_in_the_demo_its_own_fingerprint_stands_beside_the_one_that_is_shown() -> None:
    gateway = ScriptedGateway()
    gateway.checks = unknown_ca()
    async with opened(gateway, demo=HINTS) as hands:
        await fill(hands)
        await hands.press("enter")
        text = await hands.until("Does it match the demo's?")
        assert text.count("7F3A 91C4  0B6E D2A8  55F1 3C90  E7B2 4D16") == 2
        matches_golden("join_compare_demo", text)


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


async def test_a_wide_screen_has_the_checks_beside_the_fields() -> None:
    gateway = ScriptedGateway()
    gateway.checks = unknown_ca()
    async with opened(gateway, size=(120, 40)) as hands:
        await fill(hands)
        await hands.until("Enter checks everything first")
        await hands.press("enter")
        await hands.until("Does it match")
        line = next(line for line in hands.lines if "Control plane" in line)
        assert line.index("vdc.example.com") < line.index("Checks")
        assert max(len(line) for line in hands.lines) <= 120
        await hands.pilot.resize_terminal(80, 24)
        text = await hands.until("Does it match")
        assert "Checks" not in next(line for line in text.splitlines() if "Control plane" in line)
