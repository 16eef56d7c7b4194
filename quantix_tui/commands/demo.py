"""``quantix-tui demo``: the console on a sandbox of its own."""

from collections.abc import Sequence

from quantix_tui.commands.options import GlobalOptions, Parser


def run(words: Sequence[str], _: GlobalOptions) -> int:
    Parser("demo", "Open the console on a control plane and a node daemon in a temporary folder.").read(words)
    from quantix_tui.sandbox.demo import main

    return main()
