"""The frame of a dialogue: its title in the upper edge, in the lower one a word when there is more to scroll to."""

from textual.widget import Widget

from quantix_tui.console import glyphs
from quantix_tui.console.look import look_of


class Box(Widget):
    """Stacks its children. What does not fit is scrolled to by focus and by the paging keys."""

    def __init__(self, *children: Widget, title: str) -> None:
        super().__init__(*children, id="box", markup=False)
        self.title = title
        self.border_title = title

    def on_mount(self) -> None:
        self.call_after_refresh(self.tell_more)
        # Another look has other arrows.
        self.app.theme_changed_signal.subscribe(self, lambda _: self.call_after_refresh(self.tell_more))

    def on_resize(self) -> None:
        self.call_after_refresh(self.tell_more)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self.tell_more()

    def reveal(self, child: Widget) -> None:
        """Bring ``child`` into sight, its first line before its last, once what it says has its place."""
        self.call_after_refresh(
            lambda: self.scroll_to_region(child.virtual_region, animate=False, force=True, top=True)
        )

    def tell_more(self) -> None:
        """Say in the lower edge whether something lies above or below."""
        below = self.scroll_offset.y < self.max_scroll_y
        above = self.scroll_offset.y > 0
        marks = [glyphs.UP] * above + [glyphs.DOWN] * below
        self.border_subtitle = look_of(self).text(f"more {' '.join(marks)} PgUp PgDn, Esc back") if marks else ""
