"""What is wrong with an answer."""

from dataclasses import dataclass

from quantix_tui.cluster.text import harmless

Place = tuple[str | int, ...]
"""Where in the answers: ``("network", "dns", 1)``."""


@dataclass(frozen=True, slots=True)
class Fault:
    """``message`` says what is wrong, ``hint`` what to type; whole sentences, harmless, without a secret."""

    place: Place
    message: str
    hint: str = ""
    line: int = 0
    """Of the answer file that it stands in, from 1; nought elsewhere."""

    @property
    def field(self) -> str:
        """``network.dns[1]``; harmless, for a name in a file may be anything."""
        words = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in self.place)
        return harmless(words.removeprefix("."), 120)

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()
