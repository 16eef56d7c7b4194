"""A field for a password: never shown, never copied out, and what is typed or pasted stays as it is."""

from rich.text import Text
from textual import events
from textual.actions import SkipAction

from quantix_tui.console.join_form import Note
from quantix_tui.console.lines import Role
from quantix_tui.console.widgets.field import Field

NOT_ONE_LINE = "Not taken: it is more than one line."
MOST_PASTED = 4096


class SecretField(Field):
    """``hidden`` is False for an answer that may be seen (a user's name, a code that PAM wants shown)."""

    def __init__(self, label: str, *, id: str, help: str = "") -> None:  # noqa: A002 (Textual's name)
        super().__init__(label, "", id=id, secret=True)
        self._help = Note(help)
        self.tell(self._help)

    def ask(self, label: str, help: str, *, hidden: bool) -> None:  # noqa: A002 (the word for it)
        """Ask for something else from now on."""
        self._label, self._help = label, Note(help)
        self.password = hidden
        self.wipe()

    def wipe(self) -> None:
        """Nothing is typed here any more."""
        self.value = ""
        self.tell(self._help)

    def take(self) -> str:
        """What was typed, which is then gone from here."""
        typed = self.value
        self.wipe()
        return typed

    def help_again(self) -> None:
        self.tell(self._help)

    @property
    def _key_help(self) -> str:
        return ""

    @property
    def _value(self) -> Text:
        return Text("*" * len(self.value) if self.password else self.value, no_wrap=True, overflow="ignore", end="")

    def action_copy(self) -> None:
        """Not even what is selected: the terminal would be told. The key is then free to quit."""
        raise SkipAction

    def action_cut(self) -> None:
        """As :meth:`action_copy`."""

    def _on_paste(self, event: events.Paste) -> None:
        """Unchanged but for the end of its line; not at all when it has several."""
        event.stop()
        event.prevent_default()
        words = event.text[:MOST_PASTED].removesuffix("\n").removesuffix("\r")
        if len(event.text) > MOST_PASTED or len(words.splitlines()) > 1:
            self.tell(Note(NOT_ONE_LINE, Role.BAD))
            return
        self.insert_text_at_cursor(words)
