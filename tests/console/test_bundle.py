"""The support bundle on the screen: where to, step by step, stopped, refused."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.console.screens.bundle import BundleScreen
from quantix_tui.host.bundle.volumes import Volume
from quantix_tui.node.gateway.bundle import Progress
from tests.console.screen import Hands, opened
from tests.console.scripted import STANDALONE, ScriptedGateway

PATH = "/var/tmp/quantix-support-qx-node-07-20260302-094107.tar.gz"
STICK = Volume("/dev/sdb1", 16 << 30, "BACKUP")
FULL = Problem(
    ErrorCode.BUNDLE_NOT_WRITTEN,
    f"There is no room for {PATH}: it takes 812 kB.",
    "Make room there, or choose another place.",
    "no_room",
)


class ScriptedBundler:
    def __init__(self, volumes: Sequence[Volume] = (), problem: Problem | None = None) -> None:
        self._volumes = volumes
        self._problem = problem
        self.go_on = asyncio.Event()
        self.stopped = asyncio.Event()
        self.written: list[str] = []

    async def volumes(self) -> Sequence[Volume]:
        return self._volumes

    async def to_file(self, path: str) -> AsyncGenerator[Progress, None]:
        try:
            yield Progress(12, 48, "logs/kernel-journal.txt", 2)
            await self.go_on.wait()
        except asyncio.CancelledError:
            self.stopped.set()
            raise
        if self._problem is not None:
            raise QuantixError(self._problem)
        self.written.append(path)
        yield Progress(48, 48, "done", 2, 812_345)

    def to_volume(self, volume: Volume) -> AsyncGenerator[Progress, None]:
        return self.to_file(volume.device)


@asynccontextmanager
async def shown(bundler: ScriptedBundler) -> AsyncIterator[Hands]:
    async with opened(ScriptedGateway(STANDALONE)) as hands:
        await hands.until("STANDALONE")
        await hands.app.push_screen(BundleScreen(bundler, PATH, hands.app.clock))
        await hands.until("Write the file")
        yield hands


async def test_to_a_file_step_by_step() -> None:
    bundler = ScriptedBundler()
    async with shown(bundler) as hands:
        await hands.press("enter")
        await hands.until("12 of 48 logs/kernel-journal.txt ...")
        assert "2 parts could not be collected." in hands.words
        bundler.go_on.set()
        await hands.until("Written, 812 kB")
        assert bundler.written == [PATH]
        assert "Look through it before you send it." in hands.words
        await hands.press("enter")
        await hands.until("THIS NODE")


async def test_to_a_stick() -> None:
    bundler = ScriptedBundler([STICK])
    async with shown(bundler) as hands:
        await hands.until("To sdb1 BACKUP 16 GiB")
        bundler.go_on.set()
        await hands.press("tab", "right", "enter")
        await hands.until("Written, 812 kB: /dev/sdb1 (16 GiB)")


async def test_esc_stops_it_and_nothing_was_written() -> None:
    bundler = ScriptedBundler()
    async with shown(bundler) as hands:
        await hands.press("enter")
        await hands.until("12 of 48")
        await hands.press("escape")
        await hands.until("Stopped. Nothing was written.")
        async with asyncio.timeout(5):
            await bundler.stopped.wait()
        assert bundler.written == []
        await hands.press("right", "enter")
        await hands.until("Write the file")


async def test_a_full_disk_is_told_with_its_cure() -> None:
    bundler = ScriptedBundler(problem=FULL)
    bundler.go_on.set()
    async with shown(bundler) as hands:
        await hands.press("enter")
        await hands.until("it takes 812 kB.")
        assert FULL.hint in hands.words


async def test_a_path_that_is_none_is_told_under_the_field() -> None:
    async with shown(ScriptedBundler()) as hands:
        await hands.press("home")
        await hands.type("x")
        await hands.press("enter")
        await hands.until("Give the whole path, beginning with /.")


async def test_the_key_opens_it_for_who_may() -> None:
    async with opened(ScriptedGateway(STANDALONE)) as hands:
        await hands.until("STANDALONE")
        await hands.press("b")
        await hands.until("Support bundle")
