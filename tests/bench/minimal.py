"""The reference: the smallest Textual program that shows something."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class Minimal(App[None]):
    def compose(self) -> ComposeResult:
        yield Static("minimal stands")


if __name__ == "__main__":
    Minimal().run()
