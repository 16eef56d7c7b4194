"""The wizard under unusual hands: the smallest screen, Ctrl-C in a password, pastes of several lines."""

from pathlib import Path

from textual.events import Paste

from quantix_tui.console.screens.wizard.network import Network
from tests.console.wizard.rig import opened_wizard, to_name


async def test_on_the_smallest_screen_what_has_the_focus_is_in_sight_and_no_option_is_cut(tmp_path: Path) -> None:
    async with opened_wizard(tmp_path, size=(40, 12)) as rig:
        await to_name(rig)
        await rig.next("Network")
        await rig.hands.until("search: _")
        await rig.hands.press("up")
        await rig.hands.until("leave as they are")
        await rig.hands.press("f8")
        await rig.hands.until("Keep the new ones")
        await rig.hands.press("enter")
        await rig.on("Time")
        await rig.next("Cluster")
        await rig.hands.until("stay standalone")


async def test_nothing_to_reach_the_node_by_is_told_on_the_page(tmp_path: Path) -> None:
    async with opened_wizard(tmp_path) as rig:
        await to_name(rig)
        await rig.next("Network")
        await rig.hands.press("tab", "left", "tab", "left")
        await rig.hands.until("nobody could reach this node. Choose at least one of them.")
        await rig.hands.until("empty: none, and no name is found")
        await rig.hands.press("shift+tab", "right")
        await rig.hands.until("empty: those that the network names")
        await rig.hands.until("Try now")
        assert "both off" not in rig.hands.text


async def test_ctrl_c_asks_before_it_quits_from_a_password_too(tmp_path: Path) -> None:
    async with opened_wizard(tmp_path) as rig:
        await rig.next("Administrator")
        await rig.hands.type("correct")
        await rig.hands.press("ctrl+c")
        await rig.hands.until("Quit the console?")
        assert rig.hands.app.clipboard == ""


async def test_a_paste_of_several_lines_is_a_list_or_told_and_never_reaches_the_terminal_as_it_is(
    tmp_path: Path,
) -> None:
    async with opened_wizard(tmp_path) as rig:
        hands = rig.hands
        await to_name(rig)
        await hands.press("ctrl+u")
        hands.app.post_message(Paste("one.example.com\ntwo.example.com"))
        await hands.until("has a space in it")
        await hands.press("ctrl+u")
        hands.app.post_message(Paste("\x1b[31mred\x07"))
        await hands.until("?[31mred?")
        await hands.press("ctrl+u")
        await hands.type("node1")
        await rig.next("Network")
        rig.screen.query_one("#dns").focus()
        hands.app.post_message(Paste("10.20.0.2\n10.20.0.3\n"))
        await hands.until("10.20.0.2 10.20.0.3")
        network = rig.screen.query_one(Network).answers.network
        assert network is not None
        assert network.dns == ("10.20.0.2", "10.20.0.3")
