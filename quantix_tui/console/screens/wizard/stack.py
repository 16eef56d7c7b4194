"""The pages that were opened, one above the other, of which one is seen."""

import asyncio
from collections.abc import Sequence

from textual.containers import Container

from quantix_tui.console.screens.wizard.bench import Bench, PageName
from quantix_tui.console.screens.wizard.page import Page
from quantix_tui.console.screens.wizard.pages import page_of

LOOK_AROUND_EVERY = 2.0
"""Seconds after which a cable that was plugged in, or a network that came up, is seen."""


class PageStack(Container):
    """Once a page was opened there is one of its name at any moment: going back and forth loses nothing."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(id="pages")
        self._bench = bench
        self._pages: dict[PageName, Page] = {}
        self._placing = asyncio.Lock()
        self._here = PageName.WELCOME
        self._looks = False

    def on_mount(self) -> None:
        self.set_interval(LOOK_AROUND_EVERY, self._look_around)

    @property
    def is_empty(self) -> bool:
        return not self._pages

    @property
    def here(self) -> Page:
        """The one that is seen."""
        return self._pages[self._here]

    def _look_around(self) -> None:
        if not self._looks:
            self._looks = True
            self.run_worker(self._see_around(), group="around")

    async def _see_around(self) -> None:
        try:
            changed = await self._bench.look_around()
        finally:
            self._looks = False
        # Textual takes widgets away before their workers; there is nobody to tell then.
        if not changed or self.is_empty or not (self.is_attached and self.display):
            return
        for page in self._pages.values():
            page.around_changed()
        self.here.post_message(Page.Changed())

    def touched(self) -> frozenset[PageName]:
        """Those on which somebody has answered something."""
        return frozenset(name for name, page in self._pages.items() if page.is_touched)

    async def turn_to(self, name: PageName) -> Page:
        """This one is seen from now on."""
        async with self._placing:
            if name not in self._pages:
                await self._place(name)
        self._here = name
        for page in self._pages.values():
            page.display = page.NAME is name
        return self.here

    async def place_anew(self, names: Sequence[PageName]) -> None:
        """Those of these that were opened, with the answers as they are now."""
        async with self._placing:
            for name in names:
                if (old := self._pages.get(name)) is not None:
                    await self._place(name)
                    await old.remove()

    async def _place(self, name: PageName) -> None:
        page = page_of(name, self._bench)
        page.display = False
        await self.mount(page)
        page.mark_untouched()
        self._pages[name] = page
