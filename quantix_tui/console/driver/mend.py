"""Whether a virtual console still shows what was sent to it. Pure: what is seen there is told, never looked for.

The kernel's words, another program or ``wall`` may have painted over it; on a line without memory of its own nothing
can be asked, but a virtual console can be read (vcs(4)).
"""


class Mender:
    """Holds what a console shows against what was sent to it, once in a while."""

    def __init__(self) -> None:
        self._reads_as: dict[int, str] = {}
        """Where a font has one glyph for several characters, the kernel may name another one than was sent."""
        self._mended = False

    def is_spoilt(self, sent: str, shown: str) -> bool:
        """Whether it is to be painted anew. Both are all its cells, row by row; of other sizes, nothing is said."""
        if len(sent) != len(shown) or sent.translate(self._reads_as) == shown:
            self._mended = False
            return False
        # Painted anew, and still not the same: it is the way of this console, or somebody goes on painting there.
        if self._mended and self._learns(sent, shown):
            self._mended = False
            return False
        self._mended = True
        return True

    def _learns(self, sent: str, shown: str) -> bool:
        """Whether it differs in characters beyond ASCII alone, each of which is another one wherever it stands."""
        pairs = set(zip(sent, shown, strict=True))
        reads_as = {ord(one): other for one, other in pairs if one != other}
        if len({one for one, _ in pairs}) < len(pairs) or any(code < 0x80 for code in reads_as):
            return False
        self._reads_as = reads_as
        return True
