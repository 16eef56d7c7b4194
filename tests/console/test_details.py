from quantix_tui.console.screens.details import details_lines
from quantix_tui.console.view import NodeView, Reading
from quantix_tui.node.gateway.protocol import DaemonKind
from tests.console.scripted import CONNECTED


def test_the_pinned_fingerprint_stands_whole_in_the_groups_in_which_it_was_compared() -> None:
    view = NodeView(0.0, DaemonKind.QUANTIX_NODE, Reading(CONNECTED, 0.0))
    told = [line for line in details_lines(view, 1.0) if isinstance(line, tuple)]
    text = "\n".join("".join(words for words, _ in line) for line in told)
    assert "7F3A 91C4 0B6E D2A8 55F1 3C90 E7B2 4D16" in text
    assert "A03F 6E8C 19D5 72B4 CC08 F5E1 3A97 60DB" in text
