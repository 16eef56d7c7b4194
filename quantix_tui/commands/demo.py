"""``quantix-tui demo``: the console on a sandbox of its own."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from quantix_tui.commands.options import GlobalOptions, Parser

if TYPE_CHECKING:
    from quantix_tui.sandbox.demo import DemoConsole


def run(words: Sequence[str], _: GlobalOptions) -> int:
    return run_in(None, words)


def run_in(console: "DemoConsole | None", words: Sequence[str]) -> int:
    """In a console of another kind than the screens."""
    parser = Parser("demo", "Open the console on a control plane and a node daemon in a temporary folder.")
    parser.add_argument(
        "--first-boot", action="store_true", help="on a node that was never set up: the wizard, on a folder of its own"
    )
    parser.add_argument(
        "--answers", metavar="FILE", help="with --first-boot: fill in the wizard's pages from it, as found at a boot"
    )
    given = parser.read(words)
    if given.answers is not None and not given.first_boot:
        parser.error("--answers is for --first-boot")
    from quantix_tui.sandbox.demo import main

    return main(console, first_boot=given.first_boot, answers=given.answers or "")
