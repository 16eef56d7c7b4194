"""What was typed into the join form, kept while the console runs so that a closed form opens again as it was."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Draft:
    """Texts as typed. The token is a secret like any other: never in a repr, gone after a join."""

    address: str = ""
    token: str = field(default="", repr=False)
    ca_file: str = ""
    show_ca_file: bool = False
