"""A field of a page: its help under it, and what is wrong with it once it was left."""

from quantix_tui.console.join_form import Note
from quantix_tui.console.lines import Role
from quantix_tui.console.widgets.field import Field


class FormField(Field):
    """``help`` says what to type."""

    def __init__(self, label: str, value: str, *, id: str, help: str) -> None:  # noqa: A002 (Textual's names)
        super().__init__(label, value, id=id)
        self._help = Note(help)
        self.tell(self._help)

    @property
    def typed(self) -> str:
        return self.value.strip()

    @property
    def words(self) -> tuple[str, ...]:
        """What is typed, as a list: commas or spaces in between."""
        return tuple(self.value.replace(",", " ").split())

    def judge(self, problem: str, good: str = "") -> None:
        """Say ``problem`` once the field was left, and at once no more when it is mended; ``good`` in its place."""
        if problem:
            self.tell(Note(problem, Role.BAD) if self.left else self._help)
        else:
            self.tell(Note(good, Role.TEXT) if good else self._help)
