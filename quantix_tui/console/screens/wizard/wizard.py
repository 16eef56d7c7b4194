"""The wizard's frame: the list of pages, the page that one is on, the choices and the keys."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.events import Resize
from textual.screen import Screen
from textual.types import CSSPathType

from quantix_tui.cluster.errors import Problem, QuantixError
from quantix_tui.console.guard import Guard
from quantix_tui.console.lines import Role, opening
from quantix_tui.console.screens.wizard.bench import Bench, PageName
from quantix_tui.console.screens.wizard.heading import heading
from quantix_tui.console.screens.wizard.held import HeldScreen, Then
from quantix_tui.console.screens.wizard.page import Page
from quantix_tui.console.screens.wizard.pages import title_of
from quantix_tui.console.screens.wizard.route import PAGES, again_words, before, following, stages
from quantix_tui.console.screens.wizard.stack import PageStack
from quantix_tui.console.tale import Paragraph
from quantix_tui.console.widgets.choices import Choices
from quantix_tui.console.widgets.header import HeaderPanel
from quantix_tui.console.widgets.keybar import KeyBar
from quantix_tui.console.widgets.sentences import Sentences
from quantix_tui.console.widgets.steps import PageTitle, StepsPanel, more_words
from quantix_tui.setup.wizard import Elsewhere

NARROW, COLUMN = 72, 24
MORE = 22
"""Columns beside what is said, for the word that there is more of the page."""
FIRST = "This is the first page. Finish later keeps what was answered and opens the dashboard."
SHOW_CLOCK_EVERY = 5.0
LOOK_EVERY = 1.0
"""Seconds after which it is seen that somebody else sets the node up."""


class WizardScreen(Screen[Then]):
    """Dismissed with how it goes on."""

    CSS_PATH: ClassVar[CSSPathType | None] = ["wizard.tcss"]
    AUTO_FOCUS = ""
    CHANGES: ClassVar[bool] = True
    """It does not stay open on a console that was locked."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f8,ctrl+n", "next", show=False, priority=True),
        Binding("escape", "back", show=False),
        Binding("f1", "help", show=False),
        Binding("question_mark", "help", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
    ]

    def __init__(self, bench: Bench, guard: Guard) -> None:
        super().__init__()
        self._bench = bench
        self._guard = guard
        self._stack = PageStack(bench)
        self._return_to: PageName | None = None
        self._furthest = 0
        self._told: tuple[str, Role] = ("", Role.TEXT)
        self._stays = False
        self._moving = False

    def compose(self) -> ComposeResult:
        self._header = HeaderPanel(heading(self._bench, self._guard))
        yield self._header
        yield StepsPanel()
        with Container(id="body"):
            yield PageTitle()
            yield Sentences(id="origin")
            yield self._stack
            yield Choices()
        yield KeyBar(())

    async def on_mount(self) -> None:
        self._arrange(self.app.size.width)
        self.set_interval(SHOW_CLOCK_EVERY, self._tick)
        self.set_interval(LOOK_EVERY, self._look_who)
        page = self._bench.begins_at
        self._furthest = PAGES.index(page)
        await self._show(page)
        if words := self._first_words():
            self.tell(words, Role.WARN, stays=True)
        self._look_who()
        self._look_for_answers()

    async def on_unmount(self) -> None:
        await self._bench.close()

    @property
    def begun(self) -> bool:
        """Whether something is done to the node just now; everybody may see how it ends."""
        return not self._stack.is_empty and self._page.busy

    @property
    def busy(self) -> bool:
        """Whether quitting would lose something."""
        return not self._bench.completed

    def _first_words(self) -> str:
        """What has to be known before anything else."""
        return self._bench.notice or (again_words(self._bench) if self._furthest else "")

    # Going from page to page

    @property
    def _page(self) -> Page:
        return self._stack.here

    @property
    def _here(self) -> PageName:
        return self._page.NAME

    async def _show(self, name: PageName) -> None:
        page = await self._stack.turn_to(name)
        self._furthest = max(self._furthest, PAGES.index(name))
        page.coming()
        page.scroll_home(animate=False)
        self.query_one(PageTitle).show(title_of(name), page.WORDS)
        self._told, self._stays = ("", Role.TEXT), False
        self._refresh()
        # At once: what is typed ahead is for this page.
        self.set_focus(page.begins_at(), scroll_visible=False)
        self.call_after_refresh(self._opened, page)

    def _opened(self, page: Page) -> None:
        if self.focused is not None:
            # On a small screen what has the focus may stand further down.
            self.focused.scroll_visible(animate=False)
        page.opened()

    async def _go(self, name: PageName) -> None:
        """To another page; the state is kept with the page that one will be on."""
        if await self._kept(name):
            await self._show(name)

    async def _kept(self, name: PageName) -> bool:
        """Keep the answers; say why, when they cannot be."""
        problem = await self._kept_or_why(name)
        if problem is not None:
            await self._tell_problem(problem)
        return problem is None

    async def _kept_or_why(self, name: PageName) -> Problem | None:
        try:
            await self._bench.keep(name)
        except QuantixError as error:
            return error.problem
        return None

    async def _tell_problem(self, problem: Problem, *, leaves: bool = False) -> None:
        from quantix_tui.console.screens.fault import FaultScreen

        def closed(_: None) -> None:
            if leaves:
                self.dismiss(Then.LATER)

        await self.app.push_screen(FaultScreen("Not kept", problem, self._bench.kit.clock), closed)

    async def action_next(self) -> None:
        page = self._page
        if self._moving or page.busy or self._here is PageName.DONE:
            return
        if page.reason:
            page.point_out()
            self.tell(page.reason, Role.WARN)
            return
        self._bench.answers = page.answers
        self._moving = True
        try:
            # What the page does now may outlive the console.
            if await self._kept(self._here) and await page.going_on():
                await self._onward()
        finally:
            self._moving = False

    async def _onward(self) -> None:
        if self._here is PageName.DONE:
            return
        after = following(self._bench, self._here)
        if self._return_to is not None:
            after, self._return_to = self._return_to, None
        await self._go(after)

    async def action_back(self) -> None:
        if self._moving or self._page.busy or self._here is PageName.DONE:
            return
        earlier = before(self._bench, self._here)
        if earlier is None:
            self.tell(FIRST)
            return
        self._return_to = None
        # What cannot stay so is not kept, but it still stands on its page.
        if not self._page.reason:
            self._bench.answers = self._page.answers
        await self._go(earlier)

    async def on_page_ready(self, event: Page.Ready) -> None:
        event.stop()
        page = self._page
        if not page.reason:
            self._bench.answers = page.answers
            await self._onward()

    async def on_page_wanted(self, event: Page.Wanted) -> None:
        """To mend something; from there one comes to the changes that will be made now, on Review."""
        event.stop()
        self._return_to = PageName.REVIEW
        await self._go(event.name)

    async def on_page_changed(self, event: Page.Changed) -> None:
        event.stop()
        if not self._stays:
            self._told = ("", Role.TEXT)
        self._refresh()

    def on_page_told(self, event: Page.Told) -> None:
        event.stop()
        self.tell(event.words, event.role)

    async def on_choices_chosen(self, event: Choices.Chosen) -> None:
        event.stop()
        match event.key:
            case "next":
                await self.action_next()
            case "back":
                await self.action_back()
            case "later":
                await self._leave()
            case "dashboard":
                self.dismiss(Then.SET_UP if self._bench.completed else Then.LATER)
            case key:
                self._page.chosen(key)

    async def _leave(self) -> None:
        page = self._page
        if page.busy:
            return
        if not page.reason:
            self._bench.answers = page.answers
        if not self._furthest:
            # Nothing was answered: a node where the wizard was begun anew stays one that is set up.
            self.dismiss(Then.LATER)
            return
        # A disk that is full holds nobody here.
        problem = await self._kept_or_why(self._here)
        if problem is not None:
            await self._tell_problem(problem, leaves=True)
        else:
            self.dismiss(Then.LATER)

    # Answers that come with the boot

    def _look_for_answers(self) -> None:
        if self._bench.kit.search is not None:
            self.run_worker(self._find(), group="answers", exclusive=True)

    def on_page_look_again(self, event: Page.LookAgain) -> None:
        event.stop()
        self._look_for_answers()

    async def _find(self) -> None:
        await self._bench.look_for_answers()
        if self._moving or self._page.busy:
            # What is made now stays as it was asked for.
            return
        touched = self._stack.touched()
        free = [name for name in PAGES[self._furthest :] if name not in touched]
        changed = self._bench.take_found({name.step for name in free if name.step})
        await self._stack.place_anew([name for name in PAGES if name.step in changed])
        if self._here.step in changed:
            await self._show(self._here)
        elif changed and self._here.step is None:
            self._page.coming()
            self._page.opened()
        words = self._first_words()
        self.tell(words, Role.WARN, stays=bool(words))

    def _tell_origin(self, page: Page) -> None:
        search = self._bench.kit.search
        words = search.note(page.answers, self._here.step) if search is not None else ""
        note = self.query_one("#origin", Sentences)
        if words or note.display:
            note.display = bool(words)
            note.tell([Paragraph(words, Role.DIM)] if words else [])

    # Who else sets the node up

    def _look_who(self) -> None:
        if self._may_be_told:
            self.run_worker(self._look_elsewhere(), group="who")

    @property
    def _may_be_told(self) -> bool:
        return self.app.screen is self and not (self._bench.completed or self.begun or self._moving)

    async def _look_elsewhere(self) -> None:
        seen = await self._bench.look()
        if seen is not None:
            # In its turn: what a key has begun comes to its end first.
            self.call_later(self._tell_of, seen)

    def _tell_of(self, seen: Elsewhere) -> None:
        """One at a time: somebody else is told of, on top of everything."""
        if not self._may_be_told:
            return
        if seen.held is not None:
            self.app.push_screen(HeldScreen(self._bench, seen.held, lost=seen.is_lost), self._freed)
        elif seen.set_up or not seen.as_kept:
            self.dismiss(Then.SET_UP if seen.set_up else Then.ANEW)

    async def _freed(self, then: Then | None) -> None:
        if then is Then.ON:
            # The machine may be another one by now.
            self._page.coming()
            self._refresh()
            self._page.opened()
        elif then is not None:
            self.dismiss(then)

    def action_page(self, step: int) -> None:
        self._page.action_page(step)

    async def action_help(self) -> None:
        from quantix_tui.console.screens.wizard.help import wizard_help

        await self.app.push_screen(wizard_help(self._page.ABOUT, title_of(self._here), self._bench.kit.clock))

    # What it shows

    def tell(self, words: str, role: Role = Role.TEXT, *, stays: bool = False) -> None:
        """Say something in the line above the keys until there is something else to say, or with ``stays`` until
        another page."""
        self._told, self._stays = (words, role), stays
        self._refresh()

    def _refresh(self) -> None:
        page = self._page
        choices = self.query_one("#body > Choices", Choices)
        offered = page.choices()
        if choices.labels() != [choice.label for choice in offered]:
            kept = next((place for place, choice in enumerate(offered) if choice.key == choices.selected), 0)
            choices.offer(offered, selected=kept)
        self._tell_origin(page)
        self.query_one("#keys", KeyBar).show(page.keys())
        self._tell_more()
        self.query_one(StepsPanel).show(stages(self._bench, self._here, self._furthest))
        self.call_after_refresh(self._tell_more)

    def _tell_more(self) -> None:
        """What is to be said, and whether the page has more than is seen, which leaves less room for it."""
        page, keys = self._page, self.query_one("#keys", KeyBar)
        words, role = self._told
        if not words and page.reason:
            words, role = f"Next: {page.reason}", Role.DIM
        room = self.app.size.width - (MORE if page.max_scroll_y else 4)
        keys.tell(opening(words, max(1, room)), role)
        above, below = page.scroll_offset.y > 0, page.scroll_offset.y < page.max_scroll_y
        keys.tell_more(f"{more_words(above, below)} PgUp PgDn" if above or below else "")

    def on_page_scrolled(self, event: Page.Scrolled) -> None:
        event.stop()
        self._tell_more()

    def _tick(self) -> None:
        self._header.show(heading(self._bench, self._guard))

    def on_resize(self, event: Resize) -> None:
        self._arrange(event.size.width)

    def _arrange(self, width: int) -> None:
        narrow = width < NARROW
        self.set_class(narrow, "-narrow")
        self._header.divider = 0 if narrow else COLUMN - 1
