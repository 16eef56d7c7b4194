"""The join form's question: fingerprints beside each other, and nothing pinned by accident."""

from dataclasses import replace

from quantix_tui.cluster.errors import ErrorCode, Problem
from quantix_tui.cluster.trust import parse_fingerprint
from quantix_tui.console.join_words import compare_lines
from quantix_tui.console.lines import width_of
from quantix_tui.console.widgets.sentences import Sentences
from tests.console.screen import HINTS, matches_golden, opened
from tests.console.scripted import PASSED, ScriptedGateway
from tests.console.test_join import (
    COMPARE,
    FINGERPRINT,
    fill,
    unknown_ca,
)


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


async def test_a_narrow_screen_shows_every_group_of_the_fingerprint() -> None:
    assert COMPARE.certificate is not None
    told = Sentences(compare_lines(COMPARE.certificate)).lines(36, 0)
    for group in ("7F3A", "4D16", "A03F", "60DB"):
        assert group in "\n".join("".join(words for words, _ in line) for line in told)
    assert all(width_of(line) <= 36 for line in told)


async def test_in_the_demo_its_own_fingerprint_stands_beside_the_one_that_is_shown() -> None:
    gateway = ScriptedGateway()
    gateway.checks = unknown_ca()
    async with opened(gateway, demo=HINTS) as hands:
        await fill(hands)
        await hands.press("enter")
        text = await hands.until("Does it match the demo's?")
        assert text.count("7F3A 91C4  0B6E D2A8  55F1 3C90  E7B2 4D16") == 2
        matches_golden("join_compare_demo", text)


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
