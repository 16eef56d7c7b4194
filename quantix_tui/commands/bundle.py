"""``quantix-tui bundle``: everything that support needs to know of this node, without its secrets, in one archive."""

import asyncio
import os
from collections.abc import Sequence
from contextlib import aclosing
from datetime import datetime

from quantix_tui.commands import ends
from quantix_tui.commands.options import GlobalOptions, NodeParser, add_json_option, settings_of
from quantix_tui.commands.running import say_to, with_gateway
from quantix_tui.console.crash import report_folder
from quantix_tui.host.bundle.archive import DEFAULT_FOLDER, told_size
from quantix_tui.node.gateway.bundle import Progress, bundle_items, default_path, known_secrets, make_bundle
from quantix_tui.node.gateway.protocol import NodeGateway


def run(words: Sequence[str], options: GlobalOptions) -> int:
    parser = NodeParser(
        "bundle",
        "Write a support bundle: versions, state, logs and figures of this node in one archive, with its secrets "
        "removed. As root it holds more. What could not be collected stands in its manifest.json.",
    )
    parser.add_argument(
        "--output", metavar="FILE", help=f"where to; {DEFAULT_FOLDER}/quantix-support-NODE-DATE.tar.gz when left out"
    )
    add_json_option(parser)
    given = parser.read(words)
    settings = settings_of(given, options)
    now = datetime.now().astimezone()
    path = os.path.abspath(given.output) if given.output else default_path(DEFAULT_FOLDER, now)
    say = say_to(json=given.json)

    async def make(gateway: NodeGateway) -> Progress:
        items = bundle_items(gateway, settings, report_folder())
        secrets = await asyncio.to_thread(known_secrets, settings)
        last = Progress(0, 0, "")
        async with aclosing(make_bundle(items, secrets, path, now)) as steps:
            async for last in steps:
                if last.size is None:
                    say(f"{last.place:>3} of {last.total}  {last.doing}")
        return last

    done = with_gateway(settings, make)
    if given.json:
        ends.put_json({"file": path, "bytes": done.size, "not_collected": done.failed})
    else:
        print(f"Written: {path} ({told_size(done.size or 0)}). Look through it before you send it.")
        if done.failed:
            print(f"{done.failed} of {done.total - 2} parts could not be collected; manifest.json says why.")
    return ends.DONE
