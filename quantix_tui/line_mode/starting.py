"""The commands that open a console, in line mode: ``quantix-tui --line-mode``, alone, with ``wizard`` and ``demo``."""

import os
from collections.abc import Sequence

from quantix_tui.commands import demo as demo_command
from quantix_tui.commands import ends
from quantix_tui.commands import wizard as wizard_command
from quantix_tui.commands.options import GlobalOptions
from quantix_tui.console.demo_hints import DemoHints
from quantix_tui.console.screens.wizard.opening import STAYS_SET_UP
from quantix_tui.console.setup import Setup, setup_wanted
from quantix_tui.line_mode import menu
from quantix_tui.line_mode.session import session_here
from quantix_tui.line_mode.talk import Ended, NoAnswer
from quantix_tui.line_mode.wizard.opening import open_here
from quantix_tui.settings import Settings, settings_from
from quantix_tui.setup.first_boot import is_set_up

_LEFT = "Left. What was answered is kept; the same command goes on with it."


def run(words: Sequence[str], options: GlobalOptions) -> int:
    """No words, or those of the command wizard or demo; the exit code. Raises :class:`QuantixError`."""
    if not words:
        here = settings_from(os.environ, options.node, options.config)
        return menu.run(here, options, setup=setup_wanted(here))
    if words[0] == "demo":
        return demo_command.run_in(_demo, words[1:])
    wanted = wizard_command.wanted_by(words[1:], options)
    if wanted is None:
        return ends.DONE
    settings, setup = wanted
    if setup.alone:
        return _alone(settings, options, setup)
    return menu.run(settings, options, setup=setup)


def _alone(settings: Settings, options: GlobalOptions, setup: Setup) -> int:
    """Of a folder there is nothing else to do."""
    session = session_here(settings, options)
    try:
        return 0 if open_here(session, setup) else 1
    except (KeyboardInterrupt, Ended, NoAnswer):
        session.talk.say("", STAYS_SET_UP if is_set_up(settings.state) else _LEFT)
        return 1


def _demo(settings: Settings, hints: DemoHints, setup: Setup | None) -> int:
    options = GlobalOptions(settings.node, str(settings.config_file))
    return menu.run(settings, options, setup=setup, demo=hints)
