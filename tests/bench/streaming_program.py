"""The console with a node that says something new all the time, as a process for ``tests.bench.streaming``."""

import asyncio
import os
import sys

from quantix_tui.console.terminal import detect, overrides_from, textual_environment

EVERY = 0.1
"""Seconds between two events."""


def main() -> int:
    found = detect(0, os.environ, overrides_from(os.environ))
    os.environ.update(textual_environment(found.profile))
    from quantix_tui.console.application import ConsoleApp
    from quantix_tui.console.driver.driver import driver_for
    from quantix_tui.console.look import look_for
    from quantix_tui.node.gateway.protocol import NodeEvent
    from tests.console.scripted import FACTS, STANDALONE, ScriptedGateway

    def event(number: int) -> NodeEvent:
        time = f"2026-03-02T{8 + number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}Z"
        return NodeEvent(str(number), time, "info", "system", f"event number {number} on a line of some length")

    gateway = ScriptedGateway(STANDALONE)
    shown = [event(number) for number in range(99, -1, -1)]
    gateway.events_answer = tuple(shown)

    async def stream(app: ConsoleApp) -> None:
        for number in range(100, 10000):
            await asyncio.sleep(EVERY)
            del shown[99:]
            shown.insert(0, event(number))
            gateway.events_answer = tuple(shown)
            app.node_watch.refresh()

    async def run() -> int:
        app = ConsoleApp(gateway, facts=FACTS, driver=driver_for(found.profile), look=look_for(found.profile))
        streaming = asyncio.create_task(stream(app))
        await app.run_async()
        streaming.cancel()
        return app.return_code or 0

    return asyncio.run(run())


if __name__ == "__main__":
    sys.exit(main())
