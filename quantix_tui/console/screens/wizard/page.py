"""What all pages of the wizard share."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from quantix_tui.console.lines import Role
from quantix_tui.console.screens.wizard.bench import Bench, PageName
from quantix_tui.console.widgets.choices import Choice, Choices
from quantix_tui.console.widgets.formfield import FormField
from quantix_tui.console.widgets.keybar import Keys
from quantix_tui.console.widgets.options import Options
from quantix_tui.console.widgets.picklist import PickList
from quantix_tui.setup.answers import Answers
from quantix_tui.setup.fault import Fault

NEXT, BACK, LATER = Choice("next", "Next"), Choice("back", "Back"), Choice("later", "Finish later")
NOT_YET = Choice("next", "Next (not yet)")


class Page(Widget):
    """One page. It stays mounted once it was opened: going back and forth loses nothing."""

    NAME: ClassVar[PageName]
    WORDS: ClassVar[str] = ""
    """What it is for, beside the title."""
    ABOUT: ClassVar[Sequence[str]] = ()
    """Sentences for the help."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
    ]

    class Changed(Message):
        """Something else is answered now, or may be done."""

    class Scrolled(Message):
        """Another part of it is seen now, or of another whole."""

    class Told(Message):
        """Something has to be said above the keys."""

        def __init__(self, words: str, role: Role) -> None:
            super().__init__()
            self.words = words
            self.role = role

    class LookAgain(Message):
        """Answers that come with the boot are to be looked for once more."""

    class Ready(Message):
        """The page is complete: on to the next one."""

    class Wanted(Message):
        """Another page has to be gone to."""

        def __init__(self, name: PageName) -> None:
            super().__init__()
            self.name = name

    def __init__(self, bench: Bench) -> None:
        super().__init__(classes="page", markup=False)
        self.bench = bench
        self._at_first: object = None

    # What a page tells the frame

    @property
    def answers(self) -> Answers:
        """All answers, with those of this page as they stand there."""
        return self.bench.answers

    @property
    def reason(self) -> str:
        """Why there is no Next yet, as a sentence; empty when there is."""
        fault = self.fault
        return str(fault) if fault else ""

    @property
    def fault(self) -> Fault | None:
        """The first thing that is wrong on this page, from the top."""
        places = list(self.fields())

        def row(fault: Fault) -> int:
            name = _name_of(fault)
            return places.index(name) if name in places else -1

        return min(self.page_faults(), key=row, default=None)

    @property
    def busy(self) -> bool:
        """Whether something is being done that must not be left."""
        return False

    def keys(self) -> Keys:
        """Those of the last line."""
        return (("F8 Ctrl-N", self.next_does), ("Esc", "Back"), ("Tab Up Down", "Move"), ("F1", "Help"))

    @property
    def next_does(self) -> str:
        """What the key of Next does on this page, in a word or two."""
        return "Next"

    def choices(self) -> Sequence[Choice]:
        return (NOT_YET if self.reason else NEXT, BACK, LATER)

    def standing(self) -> object:
        """What stands in its fields: whether somebody has touched them is seen by it."""
        typed = [field.value for field in self.query(Input)]
        chosen = [each.chosen for each in self.query(Options)], [each.chosen for each in self.query(PickList)]
        return typed, chosen

    @property
    def is_touched(self) -> bool:
        """Whether something else stands here than at first."""
        return self.standing() != self._at_first

    # What the frame tells a page

    def mark_untouched(self) -> None:
        """It is mounted, and nobody has seen it yet."""
        self._at_first = self.standing()

    def begins_at(self) -> Widget:
        """What has the focus first."""
        return self.screen.query_one("#body > Choices", Choices)

    def coming(self) -> None:
        """It will be in sight with the next picture: nothing of what it showed before may hold any more."""

    def opened(self) -> None:
        """It is in sight now."""

    def around_changed(self) -> None:
        """Cables or networks are other than they were: ``bench.around`` has them. It need not be in sight."""

    async def going_on(self) -> bool:
        """Next was chosen and nothing is wrong. False: the page goes on by itself, with :class:`Ready`."""
        return True

    def chosen(self, key: str) -> None:
        """One of its own choices was taken."""

    def point_out(self) -> None:
        """Next was chosen although something is wrong: go there."""
        fault = self.fault
        field = self.field_of(fault) if fault else None
        if field is not None:
            field.left = True
            self.screen.set_focus(field)
            self.judge()

    # Fields

    def fields(self) -> Mapping[tuple[str, ...], str]:
        """Places of answers (without numbers) and the ids of their fields."""
        return {}

    def field_of(self, fault: Fault) -> FormField | None:
        """The field that is at fault, where it is one."""
        name = self.fields().get(_name_of(fault))
        return None if name is None else self.query_one(f"#{name}", FormField)

    def page_faults(self) -> Sequence[Fault]:
        """Everything that is wrong on this page."""
        return ()

    def judge(self) -> None:
        """Tell under each field what is wrong with it."""
        wrong: dict[FormField, str] = {}
        for fault in self.page_faults():
            if (field := self.field_of(fault)) is not None:
                wrong.setdefault(field, str(fault))
        for name in self.fields().values():
            field = self.query_one(f"#{name}", FormField)
            field.judge(wrong.get(field, ""), self.good(name))
        self.post_message(self.Changed())

    def good(self, name: str) -> str:
        """What to say under the field of this id when nothing is wrong with it."""
        return ""

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if isinstance(event.input, FormField):
            self.judge()

    def on_input_blurred(self, event: Input.Blurred) -> None:
        if isinstance(event.input, FormField) and event.input.value:
            event.input.left = True
            self.judge()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.screen.focus_next()

    def watch_virtual_size(self) -> None:
        """It has grown, or shrunk."""
        self.post_message(self.Scrolled())

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self.post_message(self.Scrolled())

    def on_resize(self) -> None:
        self.post_message(self.Scrolled())

    def action_page(self, step: int) -> None:
        self.scroll_relative(y=step * max(1, self.size.height - 2), animate=False, force=True)


def _name_of(fault: Fault) -> tuple[str, ...]:
    """Its place without the numbers."""
    return tuple(part for part in fault.place if isinstance(part, str))
