"""``quantix-tui messages``: the messages of the kernel and of systemd aside, or back on the virtual consoles."""

from collections.abc import Sequence

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.commands import ends
from quantix_tui.commands.options import GlobalOptions, Parser
from quantix_tui.host import messages

_DESCRIPTION = """\
Keep the messages of the kernel and of systemd off the virtual consoles, or let them return. "quantix-tui install" has
this done whenever a console runs there; by hand it is needed only to mend. The messages are not lost: dmesg and the
journal have them, and where the kernel also prints on a serial line they stand on virtual console 12 (Alt-F12)."""


def run(words: Sequence[str], _: GlobalOptions) -> int:
    parser = Parser("messages", _DESCRIPTION)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--aside", dest="act", action="store_const", const=messages.put_aside, help="keep them off")
    where.add_argument("--back", dest="act", action="store_const", const=messages.put_back, help="as it was before")
    act = parser.read(words).act
    try:
        act()
    except OSError as error:
        raise QuantixError(
            Problem(
                ErrorCode.UNAUTHORIZED if isinstance(error, PermissionError) else ErrorCode.NOT_SUPPORTED,
                f"The messages stay where they are: {error.strerror or error}.",
                "Only root may do this, on a machine with virtual consoles.",
                "messages",
            )
        ) from None
    return ends.DONE
