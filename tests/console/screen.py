"""The console in a test: open it on a scripted gateway, press keys, read what stands on the screen."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from textual.events import Key
from textual.keys import key_to_character
from textual.pilot import Pilot

from quantix_tui.console.access import Access, own_session
from quantix_tui.console.application import ConsoleApp
from quantix_tui.console.clock import Clock
from quantix_tui.console.demo_hints import DemoHints
from quantix_tui.console.guard import Guard
from quantix_tui.console.look import Look
from quantix_tui.console.looks.console import CONSOLE
from quantix_tui.console.setup import Setup
from quantix_tui.settings import Settings
from tests.console.scripted import ScriptedGateway
from tests.console.scripted_login import Machine, ScriptedLogin
from tests.console.settling import settled

GOLDEN = Path(__file__).with_name("golden")
TODAY = datetime(2026, 3, 2, 9, 41, 7, tzinfo=UTC)

HINTS = DemoHints(
    "https://localhost:41234",
    "sha256:7f3a91c40b6ed2a855f13c90e7b24d16a03f6e8c19d572b4cc08f5e13a9760db",
    {
        "valid": "QUANTIX-7KQ2-M9XT-LXWJ",
        "expired": "QUANTIX-DDDD-EEEE-FFFF",
        "used": "QUANTIX-1111-2222-3333",
        "revoked": "QUANTIX-4444-5555-6666",
    },
)


class Hands:
    """What a person does and sees. ``passed`` is how many seconds the clock has been put forward."""

    def __init__(self, app: ConsoleApp, pilot: Pilot[None], move: Callable[[float], None]) -> None:
        self.app = app
        self.pilot = pilot
        self._move = move

    async def press(self, *keys: str) -> None:
        """One after the other, each as soon as what the last one did is done."""
        for key in keys:
            self.app.post_message(Key(key, key_to_character(key)))
            await self.settle()
        await self.settle()

    async def type(self, text: str) -> None:
        """All at once, as a fast typist or a late line does."""
        for character in text:
            self.app.post_message(Key(character, character))
        await self.settle()

    async def settle(self) -> None:
        """Until the console has nothing left to do but wait."""
        await settled(self.app)

    def wait(self, seconds: float) -> None:
        """Let the clock go on, and tick."""
        self._move(seconds)
        self.app.tick_now()

    async def until(self, wanted: str, within: float = 20.0) -> str:
        """The screen's text once ``wanted`` stands on it."""
        end = time.monotonic() + within
        while time.monotonic() < end:
            await self.settle()
            text = self.text
            if wanted in text or wanted in unframed(text):
                return text
            await asyncio.sleep(0.01)
        raise AssertionError(f"{wanted!r} did not come; the screen shows\n{self.text}")

    async def dress(self, look: Look, again: Sequence[str] = ()) -> None:
        """Draw in another look from now on, as the key for it does; ``again`` are keys to press in it."""
        self.app.register_theme(look.theme)
        self.app.theme = look.name
        self.app.refresh(repaint=True, layout=True)
        self.app.screen.refresh(repaint=True, layout=True)
        await self.press(*again)

    @property
    def words(self) -> str:
        """The text without frames and line ends: for sentences that are wrapped."""
        return unframed(self.text)

    @property
    def lines(self) -> list[str]:
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip).rstrip() for strip in strips]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def focused(self) -> str:
        """Id of what has the focus."""
        return (self.app.focused.id or "") if self.app.focused else ""


def unframed(text: str) -> str:
    return " ".join(text.translate(dict.fromkeys(map(ord, "│║"), " ")).split())


@asynccontextmanager
async def opened(
    gateway: ScriptedGateway,
    *,
    size: tuple[int, int] = (80, 24),
    demo: DemoHints | None = None,
    look: Look = CONSOLE,
    access: Access | None = None,
    login: ScriptedLogin | None = None,
    machine: Machine | None = None,
    settings: Settings | None = None,
    setup: Setup | None = None,
) -> AsyncIterator[Hands]:
    """``access``: who may do what; one who may do everything where nothing is given. ``login`` is how logins go on
    a line, ``machine`` whom they find there."""
    now = [1000.0]

    def move(seconds: float) -> None:
        now[0] += seconds

    clock = Clock(lambda: now[0], lambda: TODAY)
    guard = Guard(access or own_session("root", administrator=True), clock)
    desk = partial((machine or Machine()).desk, login or ScriptedLogin(), clock)
    app = ConsoleApp(gateway, demo=demo, clock=clock, look=look, guard=guard, desk=desk, settings=settings, setup=setup)
    async with app.run_test(size=size) as pilot:
        await settled(app)
        yield Hands(app, pilot, move)


def matches_golden(name: str, text: str) -> None:
    """Compare with the stored picture; ``UPDATE_GOLDEN=1`` stores it anew, to be looked at before it is committed."""
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text + "\n", encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text + "\n"
