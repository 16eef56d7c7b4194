"""``python -m tests.support.logs_program FILE``: the console on this terminal, with its logs open on one file."""

import asyncio
import os
import sys

from quantix_tui.console.terminal import detect, overrides_from, textual_environment


def main() -> int:
    found = detect(0, os.environ, overrides_from(os.environ))
    os.environ.update(textual_environment(found.profile))
    from quantix_tui.console.application import ConsoleApp
    from quantix_tui.console.driver.driver import driver_for
    from quantix_tui.console.look import look_for
    from quantix_tui.console.screens.logs import LogsScreen
    from quantix_tui.host.logs.files import FileSource
    from quantix_tui.host.logs.sources import Log
    from tests.console.scripted import FACTS, STANDALONE, ScriptedGateway

    app = ConsoleApp(
        ScriptedGateway(STANDALONE), facts=FACTS, driver=driver_for(found.profile), look=look_for(found.profile)
    )
    logs = [Log(FileSource("/var/log/messages", sys.argv[1]))]

    async def run() -> int:
        app.call_later(lambda: app.push_screen(LogsScreen(logs, app.clock)))
        await app.run_async()
        return app.return_code or 0

    return asyncio.run(run())


if __name__ == "__main__":
    sys.exit(main())
