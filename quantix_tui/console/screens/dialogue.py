"""What all dialogues share: a frame in the middle, Esc closes, the paging keys scroll."""

from typing import ClassVar, TypeVar

from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.types import CSSPathType

from quantix_tui.console.clock import Clock
from quantix_tui.console.widgets.box import Box

T = TypeVar("T")

SHORT, TALL = 24, 32
"""Lines below which the choices stay in sight while the rest scrolls, and from which a frame keeps its distance."""


class Dialogue(ModalScreen[T]):
    """Esc goes back and never destroys. Subclasses compose one :class:`Box`."""

    AUTO_FOCUS = ""
    CHANGES: ClassVar[bool] = False
    """Whether what can be chosen here changes the node: it does not stay open on a console that was locked."""
    VERTICAL_BREAKPOINTS: list[tuple[int, str]] | None = [(0, "-tiny"), (SHORT, "-short"), (TALL, "-tall")]  # noqa: RUF012 - as Textual declares it
    CSS_PATH: ClassVar[CSSPathType | None] = ["dialogue.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", show=False),
        Binding("f1", "app.help", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
    ]

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock
        self._result: tuple[T | None] | None = None

    @property
    def busy(self) -> bool:
        """Whether quitting now would lose something or leave something unseen."""
        return False

    @property
    def begun(self) -> bool:
        """Whether something is done to the node just now; everybody may see how it ends."""
        return False

    @property
    def is_open(self) -> bool:
        """Whether it still has a place among the screens: what a worker brings later than that is of no use."""
        return self in self.app.screen_stack

    def close(self, result: T | None) -> None:
        """Close with this result, which has come by itself: once nothing is on top any more, help or a question.

        Textual's own way closes whatever is on top.
        """
        if self.app.screen is self:
            self.dismiss(result)
        else:
            self._result = (result,)

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        """Its workers end first: Textual ends them when the widgets are gone that they would still write to.

        An act that has to go on is a worker of the program's.
        """
        self.workers.cancel_node(self)
        return super().dismiss(result)

    def on_screen_resume(self) -> None:
        if self._result is not None:
            self.dismiss(self._result[0])

    def action_back(self) -> None:
        self.dismiss(None)

    def action_page(self, step: int) -> None:
        box = self.query_one(Box)
        box.scroll_relative(y=step * max(1, box.size.height - 2), animate=False, force=True)
