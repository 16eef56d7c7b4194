"""What is to be changed in a tree of files, as values: they can be shown, tested and done."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class File:
    data: bytes
    mode: int = 0o644


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link."""

    target: str


State = File | Link | None
"""What stands at a path; None: nothing."""


@dataclass(frozen=True, slots=True)
class Put:
    """Have ``state`` at ``path``. An existing file that becomes another keeps its owner."""

    path: str
    state: File | Link

    def __str__(self) -> str:
        if isinstance(self.state, Link):
            return f"link {self.path} -> {self.state.target}"
        return f"write {self.path}"


@dataclass(frozen=True, slots=True)
class Edit:
    """Give the file at ``path``, which exists, this content; mode and owner stay, a link to it is followed."""

    path: str
    data: bytes

    def __str__(self) -> str:
        return f"edit {self.path}"


@dataclass(frozen=True, slots=True)
class Move:
    """Give what stands at ``path`` the name ``to``, in the same folder."""

    path: str
    to: str

    def __str__(self) -> str:
        return f"move {self.path} -> {self.to}"


@dataclass(frozen=True, slots=True)
class Remove:
    path: str

    def __str__(self) -> str:
        return f"remove {self.path}"


@dataclass(frozen=True, slots=True)
class RemoveFolder:
    """Remove a folder if it is empty."""

    path: str

    def __str__(self) -> str:
        return f"remove {self.path}/"


@dataclass(frozen=True, slots=True)
class Sweep:
    """Remove what an attempt that the power cut short has left: it comes first and is never put back."""

    path: str

    def __str__(self) -> str:
        return f"remove {self.path}, left by an attempt that was cut short"


Change = Put | Edit | Move | Remove | RemoveFolder | Sweep
