"""What the subcommands' command lines share. A value that may be a secret is never echoed."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from quantix_tui.commands.ends import EXIT_CODES, USAGE
from quantix_tui.settings import Settings, settings_from

# For the types only: `quantix-tui status` does without ``typing``.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


@dataclass(frozen=True, slots=True)
class GlobalOptions:
    """The options before the subcommand; they may stand behind it too."""

    node: str | None = None
    config: str | None = None


class Parser(argparse.ArgumentParser):
    """A subcommand's parser: no abbreviations, the exit codes in its help, no echo of what it does not know."""

    def __init__(self, command: str, description: str) -> None:
        super().__init__(
            prog=f"quantix-tui {command}",
            description=description,
            epilog=EXIT_CODES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )

    def read(self, words: Sequence[str]) -> argparse.Namespace:
        """Parse, or say what is wrong and exit with 2."""
        known, unknown = self.parse_known_args(words)
        for word in unknown:
            if word.startswith("-"):
                self.error(f"there is no option {word.partition('=')[0][:20]}")
            self.error("there is one argument too many. " + NEVER_AS_ARGUMENT)
        return known

    def error(self, message: str) -> "NoReturn":
        print(f"usage: {message}\n  See: {self.prog} --help", file=sys.stderr)
        raise SystemExit(USAGE)


class NodeParser(Parser):
    """A subcommand about a node: the options that name it may stand behind the subcommand too."""

    def __init__(self, command: str, description: str) -> None:
        super().__init__(command, description)
        self.add_argument("--node", metavar="unix:PATH|URL", help="where the node daemon answers (or QUANTIX_NODE)")
        self.add_argument("--config", metavar="FILE", help="the configuration, for when no daemon runs")


NEVER_AS_ARGUMENT = (
    "A token is never given as an argument: everybody on this machine could read it in the list of processes. "
    "Use --token-file FILE, --token-file - for standard input, or leave it out on a terminal to be asked. "
    "If that was a token, take it as seen by others and ask for a new one."
)


class _RefuseToken(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object, **__: object) -> "NoReturn":
        parser.error(NEVER_AS_ARGUMENT)


def add_join_options(parser: Parser, *, token_needed: bool) -> None:
    """An address, whom to trust, and where the token is read from."""
    # Not "ADDRESS" alone in the usage: the three forms are what people ask for.
    parser.add_argument("address", metavar="ADDRESS", help="https://vdc.example.com:8443, or vdc.example.com")
    where = "asked for on a terminal when left out" if token_needed else "the token is not checked when left out"
    parser.add_argument("--token-file", metavar="FILE|-", help=f"the registration token; - is standard input; {where}")
    parser.add_argument("--token", nargs="?", action=_RefuseToken, help=argparse.SUPPRESS)
    trust = parser.add_mutually_exclusive_group()
    trust.add_argument("--ca", metavar="FILE", help="trust the CA in this file alone")
    trust.add_argument("--pin", metavar="sha256:HEX", help="trust the certificate with this fingerprint alone")


def add_wait_options(parser: Parser, what: str) -> None:
    parser.add_argument("--wait", action="store_true", help=what)
    add_timeout_option(parser)


def add_timeout_option(parser: Parser) -> None:
    parser.add_argument(
        "--timeout", type=seconds, default=90.0, metavar="S", help="give up waiting after so many seconds (90)"
    )


def add_json_option(parser: Parser) -> None:
    parser.add_argument("--json", action="store_true", help="the result as JSON on standard output")


def seconds(text: str) -> float:
    """A length of time for argparse."""
    return _number_in(text, lambda value: 0 <= value <= 86400, "a number of seconds from 0 to 86400")


def interval(text: str) -> float:
    """The time between two heartbeats, for argparse."""
    return _number_in(text, lambda value: 0 < value <= 300, "a number of seconds above 0, up to 300")


def count_to(most: int) -> Callable[[str], int]:
    """A whole number from 1 to ``most``, for argparse."""

    def count(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = 0
        if not 1 <= number <= most:
            raise argparse.ArgumentTypeError(f"it is a whole number from 1 to {most}")
        return number

    return count


def _number_in(text: str, right: Callable[[float], bool], what: str) -> float:
    # Not a number (nan) is in no range.
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not right(value):
        raise argparse.ArgumentTypeError(f"it is {what}")
    return value


def settings_of(given: argparse.Namespace, before: GlobalOptions) -> Settings:
    """The environment, with the options on top; behind the command they win over those before it."""
    return settings_from(os.environ, given.node or before.node, given.config or before.config)
