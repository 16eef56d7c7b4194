"""Collecting a bundle's items one after the other: each bounded, cleaned at once, an error instead where one fails."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.cluster.text import harmless
from quantix_tui.host.bundle.items import MOST, Item
from quantix_tui.host.bundle.secrets import Redactor


@dataclass(frozen=True, slots=True)
class Collected:
    """One item as it goes into the archive. ``error`` is why there is no content; both are free of secrets."""

    name: str
    content: str
    error: str = ""


def whole_lines(text: str) -> str:
    """The end of a text that is too long, from the beginning of a line: half a secret would not be recognised."""
    if len(text) < MOST:
        return text
    end = text[-MOST:]
    return end[end.find("\n") + 1 :] if "\n" in end else ""


async def collect(items: Sequence[Item], redactor: Redactor) -> AsyncGenerator[Collected, None]:
    """In their order, each as it is done. Cancelled, what runs is ended."""
    for item in items:
        try:
            async with asyncio.timeout(item.within):
                text = await item.collect()
        except TimeoutError:
            yield Collected(item.name, "", f"It did not end within {item.within:g} s.")
        except QuantixError as error:
            yield Collected(item.name, "", redactor.clean(error.problem.message))
        except OSError as error:
            yield Collected(item.name, "", redactor.clean(harmless(error.strerror or str(error)) + "."))
        else:
            # Beside the event loop: a megabyte takes a while.
            yield Collected(item.name, await asyncio.to_thread(redactor.clean, whole_lines(text)))
