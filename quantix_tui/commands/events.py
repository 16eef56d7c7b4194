"""``quantix-tui events``: what happened on this node, the latest last."""

from collections.abc import Sequence
from dataclasses import asdict

from quantix_tui.commands import ends
from quantix_tui.commands.lines import event_line
from quantix_tui.commands.options import GlobalOptions, NodeParser, add_json_option, count_to, settings_of
from quantix_tui.commands.running import with_gateway

MAX_EVENTS = 1000


def run(words: Sequence[str], options: GlobalOptions) -> int:
    parser = NodeParser("events", "Show what happened on this node, the latest last.")
    parser.add_argument(
        "-n", type=count_to(MAX_EVENTS), default=20, metavar="N", help=f"how many at most, 1 to {MAX_EVENTS} (20)"
    )
    add_json_option(parser)
    given = parser.read(words)
    events = with_gateway(settings_of(given, options), lambda gateway: gateway.events(given.n))
    if given.json:
        ends.put_json({"events": [asdict(event) for event in events]})
    else:
        for event in reversed(events):
            print(event_line(event))
    return ends.DONE
