"""A small Textual program for the tests of the driver: a label, a form, a list and a log."""

import os
import sys
from pathlib import Path
from typing import ClassVar

from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Label, OptionList

from quantix_tui.console.driver.driver import TerminalDriver, driver_for
from quantix_tui.console.terminal import detect, overrides_from


class Sample(App[None]):
    """Tells on its label what has happened, so that a test can read it off the screen."""

    CSS = """
    Screen { background: ansi_default; color: ansi_default; }
    Input, OptionList { border: solid ansi_default; background: ansi_default; color: ansi_default; height: auto; }
    OptionList { height: 6; }
    Input > .input--cursor { text-style: none; background: ansi_default; color: ansi_default; }
    """
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+l", "repaint", "Repaint", priority=True),
        Binding("ctrl+z", "suspend_process", "Suspend", priority=True),
        Binding("ctrl+t", "shell", "Shell", priority=True),
        Binding("ctrl+e", "fail", "Fail", priority=True),
        Binding("ctrl+q", "quit", "Quit", priority=True),
    ]

    def __init__(self, driver_class: type[TerminalDriver] | None = None) -> None:
        super().__init__(driver_class=driver_class, ansi_color=True)
        self.ticks = 0
        self.keys: list[str] = []
        self.pastes: list[str] = []
        self.submitted: list[str] = []

    def compose(self) -> ComposeResult:
        yield Label("ready", id="state", markup=False)
        yield Input(placeholder="name", id="name")
        yield Input(placeholder="address", id="address")
        yield OptionList(*[f"entry number {number}" for number in range(30)])

    def on_mount(self) -> None:
        for field in self.query(Input):
            field.cursor_blink = False

    def on_key(self, event: events.Key) -> None:
        self.keys.append(event.key)

    def on_paste(self, event: events.Paste) -> None:
        self.pastes.append(event.text)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.submitted.append(event.value)
        self.say(f"submitted {event.value}")

    def value(self, field: str) -> str:
        return self.query_one(f"#{field}", Input).value

    def say(self, text: str) -> None:
        self.query_one("#state", Label).update(text)

    def tick(self) -> None:
        self.ticks += 1
        self.say(f"tick {self.ticks}")

    def action_repaint(self) -> None:
        assert isinstance(self._driver, TerminalDriver)
        self._driver.repaint()

    def action_shell(self) -> None:
        with self.suspend():
            # Everything that a program in front of us may see: the screen repaints meanwhile.
            for _ in range(50):
                self.tick()
                self.screen._compositor_refresh()
            os.write(1, b"in the shell\r\n")
        self.say("back")

    def action_fail(self) -> None:
        raise RuntimeError("on purpose")


def main() -> None:
    detection = detect(0, os.environ, overrides_from(os.environ))
    app = Sample(driver_for(detection.profile, typed=detection.typed))
    app.run()
    if report := os.environ.get("SAMPLE_REPORT"):
        Path(report).write_text(f"{app.return_code}\n{app.submitted}\n")
    sys.exit(app.return_code)


if __name__ == "__main__":
    main()
