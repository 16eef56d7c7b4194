"""``quantix-tui about``: versions, the machine, its keys and its certificate."""

from collections.abc import Sequence

from quantix_tui.commands import ends
from quantix_tui.commands.options import GlobalOptions, NodeParser, add_json_option, settings_of
from quantix_tui.commands.running import with_gateway
from quantix_tui.console.about import about_rows
from quantix_tui.node.gateway.about import read_about


def run(words: Sequence[str], options: GlobalOptions) -> int:
    parser = NodeParser(
        "about", "Show what identifies this node: versions, serial number, fingerprints of its keys and certificate."
    )
    add_json_option(parser)
    given = parser.read(words)
    settings = settings_of(given, options)
    about = with_gateway(settings, lambda gateway: read_about(gateway, settings))
    if given.json:
        ends.put_json(about.to_json())
    else:
        for label, value in about_rows(about):
            print(f"{label:<14}{value}")
    if about.problem is not None and about.facts is None:
        return ends.complain(about.problem)
    return ends.DONE
