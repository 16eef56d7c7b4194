"""What is to be joined or checked, read from the command line, a file, standard input or a prompt."""

import argparse
import os
import sys

from quantix_tui.cluster.address import parse_address
from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.join import JoinRequest
from quantix_tui.cluster.token import MAX_TOKEN, RegistrationToken, TokenKind, parse_token
from quantix_tui.cluster.trust import Trust, parse_fingerprint
from quantix_tui.commands.options import NEVER_AS_ARGUMENT, Parser


def read_request(parser: Parser, given: argparse.Namespace, *, token_needed: bool) -> JoinRequest:
    """The request that ``given`` means. Raises :class:`QuantixError`; exits with 2 where the command line is wrong."""
    if _looks_like_token(given.address):
        parser.error("the address looks like a token. " + NEVER_AS_ARGUMENT)
    address = parse_address(given.address)
    # Its content goes to the node; the path names it in what the node says.
    ca_file = os.path.abspath(given.ca) if given.ca else None
    trust = Trust(ca_file=ca_file, pin=parse_fingerprint(given.pin) if given.pin else None)
    if given.token_file is not None:
        token: RegistrationToken | None = parse_token(_read_token(given.token_file))
    elif not token_needed:
        token = None
    elif sys.stdin.isatty():
        token = parse_token(_ask())
    else:
        parser.error("a join needs a token: name its file with --token-file FILE, or - for standard input")
    return JoinRequest(address, token, trust)


def _looks_like_token(text: str) -> bool:
    try:
        return parse_token(text).kind is not TokenKind.OPAQUE
    except QuantixError:
        return False


def _read_token(name: str) -> str:
    if name == "-":
        return _ask() if sys.stdin.isatty() else _decoded(sys.stdin.buffer.read(MAX_TOKEN * 2))
    try:
        with open(name, "rb") as file:
            text = _decoded(file.read(MAX_TOKEN * 2))
    except OSError as error:
        raise QuantixError(
            Problem(
                ErrorCode.INVALID_REQUEST,
                f"The token's file {name} cannot be read: {error.strerror}. Nothing was sent or saved.",
                "Give the file that holds the registration token, or - and the token on standard input.",
                "token_file",
            )
        ) from None
    if not text.strip():
        raise QuantixError(
            Problem(
                ErrorCode.INVALID_TOKEN,
                f"The token's file {name} is empty. Nothing was sent or saved.",
                "Write the registration token into it, or give the file that holds it.",
                "token_file",
            )
        )
    return text


def _decoded(text: bytes) -> str:
    # What is not UTF-8 becomes characters that no token has; the refusal then says which.
    return text.decode("utf-8", "replace")


def _ask() -> str:
    # Imported here: nobody is asked in a script.
    import getpass

    try:
        return getpass.getpass("Registration token (not shown): ")
    except EOFError:
        return ""
