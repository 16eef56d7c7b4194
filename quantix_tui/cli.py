"""The command line. It does almost nothing itself: the first paint and ``status`` are measured in milliseconds.

The options before the subcommand are read by hand; each subcommand's own by argparse, in its module.
"""

import os
import sys
from collections.abc import Callable, Sequence

from quantix_tui.host.core_dumps import forbid_core_files

COMMANDS = (
    *("status", "check", "join", "leave", "restart", "events", "sandbox", "demo"),
    *("network", "services", "logs", "about", "bundle", "setup", "wizard", "install", "uninstall", "messages"),
)
OPEN_A_CONSOLE = ("wizard", "demo")

TERMINAL_OPTIONS = ("--terminal", "--colors", "--glyphs", "--size", "--speed", "--mouse")

USAGE_TEXT = """\
usage: quantix-tui [--node unix:PATH|URL] [--config FILE] [COMMAND ...]

The console of a Quantix-OS node. Without a command it opens on this terminal.

commands:
  status    show whether this node belongs to a cluster, or wait for a state
  check     check an address (and a token) step by step; nothing is saved
  join      join a cluster
  leave     leave it again
  restart   restart or start the node daemon
  events    show what happened on this node
  about     show what identifies this node: versions, serial number, fingerprints
  bundle    write a support bundle: state and logs, with secrets removed
  network   test the network of this machine, step by step
  services  show how the services of this node are; restart, start or stop one
  logs      show the last lines of this node's log, or follow it
  setup     set the node up from a file of answers
  wizard    set the node up on this terminal, page by page
  sandbox   run a control plane and a node daemon to try things on
  demo      open the console on a sandbox
  install   put the console on a line of this machine (tty1, ttyS0) from boot on
  uninstall take it away again
  messages  keep kernel messages off the virtual consoles, or let them return
Each has --help.

options:
  --node unix:PATH|URL  where the node daemon answers (or QUANTIX_NODE);
                        found by itself when left out
  --config FILE         the configuration, for when no daemon runs (or QUANTIX_CONFIG)
  --terminal KIND --colors N --glyphs SET --size COLSxROWS --speed BAUD --mouse on|off
                        what the terminal is, where it is not found out rightly
                        (or QUANTIX_TERMINAL, QUANTIX_COLORS ...; the README
                        has the words); P in the console draws it plain
  --line-mode           questions and answers in place of screens, for screen readers;
                        by itself where TERM is dumb and no --terminal is given
  --version             show the version
  -h, --help            show this

"""


def main(words: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    forbid_core_files()
    _open_what_is_closed()
    try:
        given = list(sys.argv[1:] if words is None else words)
        code = _run_as_shell(given[1:]) if given[:1] == ["-c"] else _run(given)
        sys.stdout.flush()
    except KeyboardInterrupt:
        print("\nInterrupted. Where the node stands now tells: quantix-tui status", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # Whoever read the output has seen enough. The exit flushes again; that must not complain either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        # The disk or the terminal that takes the output, for the commands say of everything else what it is.
        print(f"internal: The output cannot be written: {error.strerror}.", file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


def _open_what_is_closed() -> None:
    """A stream that the caller closed (``>&-``) is the empty device; one that cannot write a letter writes ``?``."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - it stays open
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")


def _run(words: list[str]) -> int:
    options: dict[str, str] = {}
    line_mode = False
    while words and words[0].startswith("-"):
        word = words.pop(0)
        name, equals, value = word.partition("=")
        if name in ("-h", "--help", "--version"):
            return _tell(name)
        if name == "--line-mode" and not equals:
            line_mode = True
            continue
        if name not in ("--node", "--config", *TERMINAL_OPTIONS):
            return _wrong(f"there is no option {name[:20]}")
        if not equals:
            if not words:
                return _wrong(f"{name} needs a value")
            value = words.pop(0)
        if name in TERMINAL_OPTIONS:
            # The same wish by another way; what a person types here wins.
            os.environ[f"QUANTIX_{name.removeprefix('--').upper()}"] = value
        else:
            options[name.removeprefix("--")] = value
    if (not words or words[0] in OPEN_A_CONSOLE) and (line_mode or _prints_lines_only()):
        return _in_lines(words, options)
    if not words:
        return _open_console(options)
    command, *rest = words
    # A wrong one is not echoed: it may be a token that was given as an argument.
    return _run_command(command, rest, options) if command in COMMANDS else _wrong("there is no such command")


def _run_as_shell(command: list[str]) -> int:
    """What sshd and su ask of a login shell (``-c COMMAND``): this program's own commands, and nothing else."""
    import shlex

    try:
        words = shlex.split(" ".join(command[:1]))
    except ValueError:  # a quotation without an end
        words = []
    if words and os.path.basename(words[0]) == "quantix-tui":
        return _run(words[1:])
    print(
        "This login opens the node's console: other commands, scp and sftp are not for it (quantix-tui status is).",
        file=sys.stderr,
    )
    return 1


def _prints_lines_only() -> bool:
    """Whether the terminal has no cursor to move. A device of the machine has one, whatever TERM says of it."""
    if os.environ.get("TERM") != "dumb" or "QUANTIX_TERMINAL" in os.environ or not os.isatty(0):
        return False
    try:
        return os.ttyname(0).startswith("/dev/pts/")
    except OSError:  # It has no name here: somebody came into a container from outside.
        return True


def _in_lines(words: list[str], options: dict[str, str]) -> int:
    from quantix_tui.commands.options import GlobalOptions
    from quantix_tui.line_mode.starting import run

    return _reporting(lambda: run(words, GlobalOptions(**options)))


def _open_console(options: dict[str, str]) -> int:
    from quantix_tui.settings import settings_from

    settings = settings_from(os.environ, options.get("node"), options.get("config"))
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return _wrong(
            "the console needs a terminal (over SSH: ssh -t); without one use a command, such as quantix-tui status"
        )
    if settings.node is not None and not settings.node.startswith("unix:/"):
        # A wrong one is told on a screen that nothing was painted on. A path is not wrong, and needs no imports.
        node = settings.node
        if refused := _reporting(lambda: _check_node(node)):
            return refused
    # The name and addresses stand on the screen before anything heavy is imported (DESIGN 7).
    from quantix_tui.console.first_paint import paint, wiping

    painted = paint(settings)
    from quantix_tui.console.early_end import mind_signals

    mind_signals(wiping(painted))
    from quantix_tui.console.app import run_console
    from quantix_tui.console.setup import setup_wanted

    return _reporting(lambda: run_console(settings, painted=painted, setup=setup_wanted(settings)))


def _check_node(node: str) -> int:
    from quantix_tui.node.gateway.endpoint import parse_endpoint

    parse_endpoint(node)
    return 0


def _run_command(command: str, words: list[str], options: dict[str, str]) -> int:
    from importlib import import_module

    from quantix_tui.commands.options import GlobalOptions

    run = import_module(f"quantix_tui.commands.{command}").run
    return _reporting(lambda: int(run(words, GlobalOptions(**options))), json="--json" in words)


def _reporting(run: Callable[[], int], *, json: bool = False) -> int:
    """Run it; a problem that reaches this border is said on standard error and becomes the exit code.

    With ``json`` its body stands on standard output too: a script reads one object, whatever happens.
    """
    from quantix_tui.cluster.errors import QuantixError

    try:
        return run()
    except QuantixError as error:
        from quantix_tui.commands.ends import complain, put_json

        if json:
            put_json(error.problem.to_json())
            sys.stdout.flush()
        return complain(error.problem)


def _tell(name: str) -> int:
    if name == "--version":
        from quantix_tui.node.version import VERSION

        print(f"quantix-tui {VERSION}")
        return 0
    from quantix_tui.commands.ends import EXIT_CODES

    print(USAGE_TEXT + EXIT_CODES)
    return 0


def _wrong(what: str) -> int:
    print(f"usage: {what}\n  See: quantix-tui --help", file=sys.stderr)
    return 2
