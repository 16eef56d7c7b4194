"""When a console in a test has done all that there is to do."""

import asyncio
import time
from typing import Any

from textual.app import App

ROUNDS = 3
"""Of the event loop without anything to run: one for what the last one woke, one for what comes in from outside."""

WITHIN_SECS = 10.0


async def settled(app: App[Any]) -> None:
    """Until everything in this event loop waits: for a timer, a thread, the outside, or the test.

    What is on the screen is drawn by then. Textual's own pilot looks at the processor's time instead, and sleeps 20 ms
    and more at each key: a minute of the suite.
    """
    end = time.monotonic() + WITHIN_SECS
    while True:
        await _nothing_to_run()
        await app.animator.wait_until_complete()
        if not _drawn(app):
            return
        assert time.monotonic() < end, f"draws without an end: {app.screen}"


async def _nothing_to_run() -> None:
    ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]  # No public name says it.
    quiet = 0
    end = time.monotonic() + WITHIN_SECS
    while quiet < ROUNDS:
        assert time.monotonic() < end, f"never comes to rest: {list(ready)}"
        await asyncio.sleep(0)
        quiet = 0 if ready else quiet + 1


def _drawn(app: App[Any]) -> bool:
    """Draw now what Textual would draw at its next tick; whether there was anything."""
    screen = app.screen
    if app._exit or not screen.is_current:
        return False
    asked = (screen._layout_required, screen._scroll_required, screen._repaint_required, screen._recompose_required)
    if not (any(asked) or screen._dirty_widgets or screen._callbacks):
        return False
    screen._on_timer_update()
    return True
