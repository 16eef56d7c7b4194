"""Details: everything whole."""

from dataclasses import replace

from quantix_tui.cluster.errors import ErrorCode, Problem
from quantix_tui.cluster.status import ClusterStatus
from quantix_tui.console.screens.details import details_lines
from quantix_tui.console.view import NodeView, Reading
from quantix_tui.console.widgets.sentences import Sentences
from quantix_tui.node.gateway.protocol import DaemonKind
from tests.console.screen import TODAY
from tests.console.scripted import CONNECTED


def details(status: ClusterStatus, width: int = 74) -> str:
    view = NodeView(0.0, DaemonKind.QUANTIX_NODE, Reading(status, 0.0))
    lines = Sentences(details_lines(view, 1.0, TODAY)).lines(width, 0)
    return "\n".join("".join(words for words, _ in line) for line in lines)


def test_fingerprints_stand_whole_in_the_groups_in_which_they_are_compared() -> None:
    text = details(CONNECTED)
    assert "Pinned SHA-256  7F3A 91C4  0B6E D2A8  55F1 3C90  E7B2 4D16" in text
    assert "A03F 6E8C  19D5 72B4  CC08 F5E1  3A97 60DB" in text
    assert "Its SHA-256     0B6E 0B6E  0B6E 0B6E" in text


def test_the_certificate_is_told_whose_it_is_who_issued_it_and_how_long_it_is_valid() -> None:
    text = details(CONNECTED)
    assert "Identity        CA pinned, 211 days" in text
    assert "Certificate     vdc.example.com" in text
    assert "Issued by       Quantix-vDC CA" in text
    assert "Valid           30 Sep 2025 to 30 Sep 2026" in text


def test_a_certificate_that_was_not_seen_yet_is_not_guessed() -> None:
    text = details(replace(CONNECTED, certificate=None))
    assert "Identity        pinned, expiry unknown" in text
    assert "Certificate     not seen yet" in text
    assert "Valid" not in text


def test_on_a_narrow_screen_values_go_on_under_themselves() -> None:
    text = details(CONNECTED, 36)
    assert " Pinned SHA-256  7F3A 91C4\n                 0B6E D2A8\n" in text
    assert all(len(line) <= 36 for line in text.splitlines())
    assert "".join(text.split()).count("28113561-2e72-490d-8bd7-050d2a4b9c01") == 1


def test_both_fingerprints_of_a_changed_pin_are_grouped_for_comparing() -> None:
    pins = {"expected": f"sha256:{'7f' * 32}", "presented": f"sha256:{'0b' * 32}"}
    changed = Problem(ErrorCode.UNTRUSTED_CERTIFICATE, "It has changed.", "Ask.", "pin_mismatch", pins)
    text = details(replace(CONNECTED, problem=changed))
    assert "Expected        7F7F 7F7F  7F7F" in text
    assert "Presented       0B0B 0B0B  0B0B" in text
