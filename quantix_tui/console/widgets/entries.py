"""The fields of the join form: what is typed, and the line under each that answers meanwhile."""

from dataclasses import replace

from textual.app import ComposeResult
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from quantix_tui.cluster.errors import Problem
from quantix_tui.console.clock import Clock
from quantix_tui.console.draft import Draft
from quantix_tui.console.join_form import address_note, ca_note, token_note
from quantix_tui.console.widgets.field import Field


class Entries(Widget):
    """Address, token, and a CA file for those who have one. Keeps the :class:`Draft` of what is in them."""

    class Changed(Message):
        """Something else is typed now; ``address`` tells whether it is the address."""

        def __init__(self, *, address: bool) -> None:
            super().__init__()
            self.address = address

    class Submitted(Message):
        """Enter, with all fields in order; or ``problem``, where the first wrong one has the focus now."""

        def __init__(self, problem: Problem | None) -> None:
            super().__init__()
            self.problem = problem

    class Filled(Message):
        """A paste of two lines has filled both fields."""

    def __init__(self, draft: Draft, clock: Clock) -> None:
        super().__init__(id="entries", markup=False)
        self.draft = draft
        self._clock = clock

    def compose(self) -> ComposeResult:
        yield Field("Control plane", self.draft.address, id="address")
        yield Field("Token", self.draft.token, id="token", secret=True)
        yield Field("CA file", self.draft.ca_file, id="ca")

    def on_mount(self) -> None:
        self.field("ca").display = self.draft.show_ca_file
        self._tell_notes()

    def begin(self) -> None:
        """Go where there is something left to type."""
        typed_address = bool(self.draft.address and not self.field("address").note.problem)
        self.go_to("token" if typed_address else "address")

    def go_to(self, name: str, *, scroll: bool = True) -> None:
        self.screen.set_focus(self.field(name), scroll_visible=scroll)

    def renew_token(self) -> None:
        """A refused token is of no more use: the next one, typed or pasted, takes its place."""
        self.go_to("token", scroll=False)
        self.field("token").select_all()

    def show_again(self) -> None:
        """Bring the field that is typed in back into sight."""
        if isinstance(self.screen.focused, Field):
            self.screen.focused.scroll_visible(animate=False)

    def reveal(self) -> None:
        """Show the token, or hide it again."""
        field = self.field("token")
        field.password = not field.password

    def toggle_ca_file(self) -> None:
        """Show the field for a CA file, or take it away again while it is empty."""
        field = self.field("ca")
        shown = not field.display or bool(field.value)
        field.display = shown
        self.draft = replace(self.draft, show_ca_file=shown)
        self.go_to("ca" if shown else "address")

    def field(self, name: str) -> Field:
        return self.query_one(f"#{name}", Field)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        before = self.draft
        self.draft = replace(
            before,
            address=self.field("address").value,
            token=self.field("token").value,
            ca_file=self.field("ca").value,
        )
        if self.draft == before:
            return
        if isinstance(event.input, Field):
            event.input.changed()
        self._tell_notes()
        self.post_message(self.Changed(address=before.address != self.draft.address))

    def on_field_paused(self) -> None:
        self._tell_notes()

    def on_field_pasted_lines(self, event: Field.PastedLines) -> None:
        """An address and a token out of one mail, in this order, fill both fields."""
        event.stop()
        for name, words in zip(("address", "token"), event.lines, strict=True):
            field = self.field(name)
            field.left, field.value = True, words
        self.go_to("token")
        # After the fields have told of their changes: the word about it must outlive them.
        self.call_after_refresh(self.post_message, self.Filled())

    def on_input_blurred(self, event: Input.Blurred) -> None:
        field = event.input
        if isinstance(field, Field) and field.value:
            field.left = True
            self._tell_notes()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        for name in ("address", "token", "ca"):
            field = self.field(name)
            if name == "token" and not field.value and not field.left and event.input.id == "address":
                self.go_to(name)
                return
            field.left = True
            self._tell_notes()
            if field.note.problem is not None:
                self.go_to(name)
                self.post_message(self.Submitted(field.note.problem))
                return
        self.post_message(self.Submitted(None))

    def _tell_notes(self) -> None:
        address, token, ca = self.field("address"), self.field("token"), self.field("ca")
        address.tell(address_note(address.value, address.left, address.paused))
        token.tell(token_note(token.value, token.left, self._clock.wall(), token.paused))
        ca.tell(ca_note(ca.value, ca.left))
