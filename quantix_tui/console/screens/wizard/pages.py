"""Which page is which module. Each is imported when it is opened."""

from importlib import import_module

from quantix_tui.console.screens.wizard.bench import Bench, PageName
from quantix_tui.console.screens.wizard.page import Page

_TITLES = {PageName.DONE: "Done"}


def title_of(name: PageName) -> str:
    return _TITLES.get(name, name.heading)


def page_class(name: PageName) -> type[Page]:
    """The class ``PAGE`` of its module."""
    module = import_module(f"quantix_tui.console.screens.wizard.{_MODULES.get(name, name.value)}")
    page: type[Page] = module.PAGE
    return page


def page_of(name: PageName, bench: Bench) -> Page:
    """A new page of this name."""
    return page_class(name)(bench)


_MODULES = {PageName.APPLY: "applying", PageName.DONE: "done"}
