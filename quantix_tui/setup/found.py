"""Answers that came with the boot: named on the kernel's command line, or on a volume of a known label."""

import asyncio
import contextlib
import os
import re
import tempfile
import time
from collections.abc import AsyncGenerator, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.text import harmless
from quantix_tui.host.addresses import read_text
from quantix_tui.host.files.tree import Tree
from quantix_tui.host.programs import run
from quantix_tui.host.services import last_lines
from quantix_tui.host.system_log import LOGGER
from quantix_tui.setup.answer_file import AnswerFile, ReadFile, read_answers
from quantix_tui.setup.checking import Ground
from quantix_tui.setup.plain_file import read_plain_file
from quantix_tui.setup.yaml_tree import MOST_BYTES

PARAMETER = "quantix.answers="
LABEL = "QUANTIX-CFG"
FILE = "answers.yaml"
_BY_LABEL = "/dev/disk/by-label"
_WITHIN = 20.0
NOT_THERE = "answers_not_there"
"""The reason of a problem that may pass by itself."""
_NOT_READY = frozenset({502, 503, 504})
"""A server's status while it comes up."""
PATIENCE_SECS = 60.0
"""How long a network, or what else was named, may take to come at a boot, until the answers are given up."""
UNNAMED_SECS = 5.0
"""How long a volume that nobody has named may take to be seen."""
AGAIN_SECS = 2.0
_MOST_LABEL = 64
_LABEL_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_. ")


@dataclass(frozen=True, slots=True)
class Source:
    """Where answers are said to be: ``url``, or a ``path``, or else a volume's ``label``. ``asked``: it was named."""

    url: str = ""
    label: str = ""
    asked: bool = False
    path: str = ""

    def __str__(self) -> str:
        return harmless(_told(self.url) or self.path or f"volume {self.label}", 120)


@dataclass(frozen=True, slots=True)
class Found:
    source: Source
    file: AnswerFile


def named_source(command_line: str) -> Source:
    """What the kernel's command line (proc(5), ``/proc/cmdline``) names, else the volume of the known label.

    Raises :class:`QuantixError` when it names something that answers do not come from.
    """
    words = [word.removeprefix(PARAMETER) for word in command_line.split() if word.startswith(PARAMETER)]
    if not words:
        return Source(label=LABEL)
    # As with the kernel's own parameters, the last one counts.
    word = words[-1]
    if word.startswith("https://"):
        return Source(url=word, asked=True)
    label = word.removeprefix("LABEL=")
    if label != word and 0 < len(label) <= _MOST_LABEL and set(label) <= _LABEL_CHARACTERS:
        return Source(label=label, asked=True)
    what = harmless(_told(word), 80) or "nothing"
    plain = ": over plain http anybody on the way could set this node up" if word.startswith("http://") else ""
    raise _problem(
        f"The kernel's command line names answers that are not taken: {what}{plain}.",
        f"Name them as {PARAMETER}https://HOST/answers.yaml or {PARAMETER}LABEL={LABEL}.",
    )


@dataclass(frozen=True, slots=True)
class Finder:
    """Where a machine's answers are looked for: in the file ``path``, or where its own boot says.

    ``root``: the machine's files; in a tree a volume may be a folder, ``dev/disk/by-label/LABEL``.
    """

    root: str = "/"
    path: str = ""

    def source(self) -> Source:
        """Where they are said to be. Raises :class:`QuantixError`, as :func:`named_source`."""
        if self.path:
            return Source(path=os.path.abspath(self.path), asked=True)
        return named_source(read_text(os.path.join(self.root, "proc/cmdline")))

    async def find(self, ground: Ground) -> Found | None:
        """None when there are none. Raises :class:`QuantixError` when those that were named cannot be had."""
        source = self.source()
        LOGGER.info("setup: looking for answers: %s", source)
        if source.url:
            return Found(source, read_answers(await _fetched(source.url), _no_file, ground))
        if source.path:
            return await asyncio.to_thread(_in_file, source, ground)
        device = await _device(source.label, self.root)
        if device is None:
            if source.asked:
                raise _problem(f"There is no {source} with answers.", "Plug it in, or name another one.", NOT_THERE)
            return None
        if self.root != "/" and os.path.isdir(device):  # noqa: ASYNC240 - a folder in a folder
            return await asyncio.to_thread(_on_volume, source, device, ground)
        async with _mounted(device) as folder:
            reading = asyncio.create_task(asyncio.to_thread(_on_volume, source, folder, ground))
            try:
                return await asyncio.shield(reading)
            finally:
                # A thread reads on though the search is given up, and the volume is not let go meanwhile.
                await asyncio.wait([reading])

    async def find_patiently(self, ground: Callable[[], Ground], seconds: float) -> Found | None:
        """As :meth:`find`, on the ground as it is by then.

        A server, a volume that was named, or an interface may take ``seconds`` to come, any other volume less.
        """
        began = time.monotonic()
        while True:
            waited = time.monotonic() - began
            try:
                found = await self.find(await asyncio.to_thread(ground))
            except QuantixError as error:
                if error.problem.reason != NOT_THERE or waited > seconds:
                    raise
            else:
                patience = min(seconds, UNNAMED_SECS) if found is None else seconds
                if waited > patience or (found is not None and not _only_lacks_interface(found.file)):
                    return found
            await asyncio.sleep(min(AGAIN_SECS, seconds))


def _only_lacks_interface(file: AnswerFile) -> bool:
    """A card whose driver takes its time is seen some seconds after the boot."""
    return {fault.place for fault in file.faults} == {("network", "interface")}


def _in_file(source: Source, ground: Ground) -> Found:
    try:
        data = _read(source.path)
    except OSError as error:
        hint = "Give the file that holds them."
        raise _problem(f"The answers {source} cannot be read: {error.strerror}.", hint) from None
    folder = os.path.dirname(source.path)
    return Found(source, read_answers(data, lambda name: _read(os.path.join(folder, name)), ground))


def _read(path: str) -> bytes:
    return read_plain_file(path, MOST_BYTES + 1)


def _on_volume(source: Source, folder: str, ground: Ground) -> Found | None:
    try:
        data = _content(folder, FILE)
    except FileNotFoundError:
        if source.asked:
            raise _problem(f"There is no {FILE} on the {source}.", "Write the answers onto it.") from None
        return None
    except OSError as error:
        raise _problem(f"{FILE} on the {source} cannot be read: {error.strerror}.", "Write it anew.") from None
    return Found(source, read_answers(data, _reader(folder), ground))


def _reader(folder: str) -> ReadFile:
    return lambda name: _content(folder, name)


def _content(folder: str, name: str) -> bytes:
    # A link on the volume stands for a file on the volume.
    return _read(Tree(folder).real(f"/{name}", follow=True))


def _no_file(name: str) -> bytes:
    raise FileNotFoundError(2, "answers from elsewhere name no files", name)


async def _device(label: str, root: str) -> str | None:
    # As udev writes labels into names.
    name = label.replace(" ", "\\x20")
    path = Tree(root).real(f"{_BY_LABEL}/{name}", follow=True)
    if os.path.exists(path):  # noqa: ASYNC240 - a name in memory
        return path
    if root != "/":
        return None
    try:
        ran = await run(("findfs", f"LABEL={label}"), _WITHIN)
    except OSError:
        return None
    found = ran.output.decode("utf-8", "replace").strip()
    return found if ran.code == 0 and found.startswith("/dev/") else None


@contextlib.asynccontextmanager
async def _mounted(device: str) -> AsyncGenerator[str, None]:
    # At once: what is cancelled in a thread goes on there.
    folder = tempfile.mkdtemp(prefix="quantix-answers-")
    try:
        try:
            await _act(("mount", "-o", "ro,nosuid,nodev,noexec", device, folder), f"{device} cannot be read")
            yield folder
        finally:
            # Also where the search was given up while it was being mounted.
            if os.path.ismount(folder):  # noqa: ASYNC240 - one look at a folder of our own
                await _to_the_end(_act(("umount", folder), f"{device} cannot be let go"))
    finally:
        os.rmdir(folder)


async def _to_the_end(work: Coroutine[Any, Any, None]) -> None:
    """Also where the search is given up meanwhile. Raises what ``work`` raises."""
    working = asyncio.create_task(work)
    try:
        await asyncio.shield(working)
    except asyncio.CancelledError:
        await working
        raise


async def _act(command: tuple[str, ...], failed: str) -> None:
    try:
        ran = await run(command, _WITHIN)
    except OSError as error:
        raise _problem(f"{harmless(failed, 80)}: {error.strerror}.", "Look at the volume.") from None
    if ran.code != 0:
        why = last_lines(ran.output).rstrip(".") or "it did not answer"
        raise _problem(f"{harmless(failed, 80)}: {why}.", "Look at the volume.")


async def _fetched(url: str) -> bytes:
    # Imported here: a boot with answers from elsewhere is the exception.
    import ssl

    import httpx

    # The machine's own authorities.
    context = await asyncio.to_thread(ssl.create_default_context)
    told = harmless(_told(url), 80)
    try:
        async with (
            asyncio.timeout(_WITHIN),
            httpx.AsyncClient(follow_redirects=False, trust_env=False, verify=context) as client,
            client.stream("GET", url) as answer,
        ):
            if answer.status_code != 200:
                passes = NOT_THERE if answer.status_code in _NOT_READY else "answers"
                raise _problem(f"{told} answers {answer.status_code}.", "Look at the server's log.", passes)
            data = bytearray()
            async for chunk in answer.aiter_bytes():
                data += chunk
                if len(data) > MOST_BYTES:
                    break
            return bytes(data)
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError) as error:
        why = harmless(str(error) or f"nothing came within {_WITHIN:g} s", 120).rstrip(".")
        # Also a certificate: the clock may have yet to be set.
        passes = "answers" if isinstance(error, httpx.InvalidURL) else NOT_THERE
        raise _problem(f"The answers at {told} cannot be had: {why}.", "Look at network and server.", passes) from None


def _told(url: str) -> str:
    """Without a user's name and password, and without what stands behind ``?``: those may be secrets."""
    return re.sub(r"[?#].*", "?...", re.sub(r"//[^/?#]*@", "//...@", url))


def _problem(message: str, hint: str, reason: str = "answers") -> QuantixError:
    return QuantixError(Problem(ErrorCode.INVALID_REQUEST, message, hint, reason))
