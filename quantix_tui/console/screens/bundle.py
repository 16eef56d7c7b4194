"""The support bundle (B): where to first, then its parts one after the other; it can be stopped, and leaves nothing."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Protocol

from textual.app import ComposeResult

from quantix_tui.cluster.errors import Problem, QuantixError
from quantix_tui.console import words
from quantix_tui.console.access import Access
from quantix_tui.console.clock import Clock
from quantix_tui.console.crash import fault_problem, report_folder
from quantix_tui.console.join_form import Note
from quantix_tui.console.lines import BLANK, Role
from quantix_tui.console.screens.dialogue import Dialogue
from quantix_tui.console.tale import Paragraph
from quantix_tui.console.widgets.box import Box
from quantix_tui.console.widgets.choices import Choice, Choices
from quantix_tui.console.widgets.field import Field
from quantix_tui.console.widgets.sentences import Sentences, Told
from quantix_tui.host.audit import record
from quantix_tui.host.bundle.archive import DEFAULT_FOLDER, told_size
from quantix_tui.host.bundle.volumes import Volume, read_volumes
from quantix_tui.node.gateway.bundle import (
    Progress,
    bundle_items,
    default_path,
    known_secrets,
    make_bundle,
    make_bundle_on,
)
from quantix_tui.node.gateway.protocol import NodeGateway
from quantix_tui.settings import Settings

if TYPE_CHECKING:
    from quantix_tui.console.application import ConsoleApp

WHAT = (
    "Versions, state, logs and figures of this node in one archive, for whoever helps you. Tokens, passwords, "
    "keys and credentials are removed. Look through it before you send it all the same."
)
STOPPED = "Stopped. Nothing was written."
STOPPED_LATE = "Stopped while it was being written: it is there whole, or not at all."


class Bundler(Protocol):
    """Who makes the bundle. Both ways raise :class:`QuantixError`."""

    async def volumes(self) -> Sequence[Volume]: ...

    def to_file(self, path: str) -> AsyncGenerator[Progress, None]: ...

    def to_volume(self, volume: Volume) -> AsyncGenerator[Progress, None]: ...


class ThisMachine:
    """Bundles of the machine that the console runs on."""

    def __init__(self, gateway: NodeGateway, settings: Settings, clock: Clock, access: Access) -> None:
        self._access = access
        self._gateway = gateway
        self._settings = settings
        self._clock = clock

    async def volumes(self) -> Sequence[Volume]:
        return await asyncio.to_thread(read_volumes)

    async def to_file(self, path: str) -> AsyncGenerator[Progress, None]:
        secrets = await asyncio.to_thread(known_secrets, self._settings)
        items = bundle_items(self._gateway, self._settings, report_folder())
        async with aclosing(make_bundle(items, secrets, path, self._clock.wall())) as steps:
            async for step in steps:
                yield await self._recorded(step, path)

    async def to_volume(self, volume: Volume) -> AsyncGenerator[Progress, None]:
        secrets = await asyncio.to_thread(known_secrets, self._settings)
        items = bundle_items(self._gateway, self._settings, report_folder())
        async with aclosing(make_bundle_on(volume, items, secrets, self._clock.wall())) as steps:
            async for step in steps:
                yield await self._recorded(step, volume.device)

    async def _recorded(self, step: Progress, where: str) -> Progress:
        if step.size is not None:
            await record(f"support bundle written to {where}", user=self._access.user or "?", line=self._access.line)
        return step


async def open_on(app: "ConsoleApp") -> None:
    async def act() -> None:
        bundler = ThisMachine(app.gateway, app.settings, app.clock, app.guard.access)
        await app.push_screen(BundleScreen(bundler, default_path(DEFAULT_FOLDER, app.clock.wall()), app.clock))

    await app.as_administrator(act)


class BundleScreen(Dialogue[None]):
    """``path`` is where the file goes when nobody says."""

    CHANGES = True

    def __init__(self, bundler: Bundler, path: str, clock: Clock) -> None:
        super().__init__(clock)
        self._bundler = bundler
        self._path = path
        self._volumes: Sequence[Volume] = ()
        self._making = False
        self._writing = False

    @property
    def busy(self) -> bool:
        return self._making

    @property
    def begun(self) -> bool:
        return self._making

    def compose(self) -> ComposeResult:
        field = Field("File", self._path, id="file")
        yield Box(Sentences([Paragraph(WHAT)]), field, Choices(aside="Esc  back"), title="Support bundle")

    def on_mount(self) -> None:
        self._field.tell(Note("on this node; Enter writes it"))
        self._offer()
        self.set_focus(self._field)
        self.run_worker(self._look(), group="volumes")

    async def _look(self) -> None:
        try:
            self._volumes = await self._bundler.volumes()
        except Exception as error:  # noqa: BLE001 - the worker's border: told in the dialogue, with a report kept
            self._refused(fault_problem(error))
        if self._volumes and not self._making:
            self._offer()

    def _offer(self) -> None:
        self._field.display = True
        sticks = [Choice(f"volume {place}", volume_label(volume)) for place, volume in enumerate(self._volumes)]
        self._choices.offer((Choice("file", "Write the file"), *sticks, Choice("back", "Cancel")))

    def on_input_submitted(self, event: Field.Submitted) -> None:
        event.stop()
        self._write_file()

    def on_choices_chosen(self, event: Choices.Chosen) -> None:
        event.stop()
        match event.key.partition(" "):
            case "file", _, _:
                self._write_file()
            case "volume", _, place:
                volume = self._volumes[int(place)]
                self._begin(self._bundler.to_volume(volume), f"{volume.device} ({words.size(volume.size_bytes)})")
            case "again", _, _:
                self._say([Paragraph(WHAT)])
                self._offer()
                self.set_focus(self._field)
            case _:
                self.action_back()

    def _write_file(self) -> None:
        path = self._field.value.strip()
        if path.startswith("/"):
            self._begin(self._bundler.to_file(path), path)
        else:
            self._field.tell(Note("Give the whole path, beginning with /.", Role.BAD))

    def action_back(self) -> None:
        """The first Esc stops what runs, the next one goes back."""
        if not self._making:
            self.dismiss(None)
            return
        self.workers.cancel_group(self, "bundle")
        self._end([Paragraph(STOPPED_LATE if self._writing else STOPPED, Role.WARN)])

    def _begin(self, steps: AsyncGenerator[Progress, None], where: str) -> None:
        if self._making:
            return
        self._making = True
        self._writing = False
        self._field.display = False
        self._choices.offer(())
        self._say([Paragraph("Beginning ...", Role.STRONG)])
        self.run_worker(self._run(steps, where), group="bundle", exclusive=True)

    async def _run(self, steps: AsyncGenerator[Progress, None], where: str) -> None:
        try:
            async with aclosing(steps):
                async for step in steps:
                    self._writing = step.place == step.total
                    self._say(progress_lines(step, where))
                    if step.size is not None:
                        self._end(done_lines(step, where))
        except QuantixError as error:
            self._refused(error.problem)
        except Exception as error:  # noqa: BLE001 - the worker's border: told in the dialogue, with a report kept
            self._refused(fault_problem(error))

    def _refused(self, problem: Problem) -> None:
        self._end([Paragraph(problem.message, Role.BAD), Paragraph(problem.hint)])

    def _end(self, told: Sequence[Told]) -> None:
        self._making = False
        self._field.display = False
        self._say(told)
        self._choices.offer((Choice("back", "Close"), Choice("again", "Once more")))
        self.set_focus(self._choices)

    def _say(self, told: Sequence[Told]) -> None:
        self.query_one(Sentences).tell(told)

    @property
    def _field(self) -> Field:
        return self.query_one(Field)

    @property
    def _choices(self) -> Choices:
        return self.query_one(Choices)


def volume_label(volume: Volume) -> str:
    """``To sdb1 BACKUP 16 GiB``."""
    name = volume.device.removeprefix("/dev/")
    return " ".join(part for part in ("To", name, volume.label, words.size(volume.size_bytes)) if part)


def progress_lines(step: Progress, where: str) -> list[Told]:
    return [
        Paragraph(f"Writing {where}"),
        BLANK,
        Paragraph(f"{step.place} of {step.total}  {step.doing} ...", Role.STRONG),
        *([Paragraph(f"{step.failed} parts could not be collected.", Role.DIM)] if step.failed else []),
        BLANK,
        Paragraph("Esc stops it.", Role.DIM),
    ]


def done_lines(step: Progress, where: str) -> list[Told]:
    told: list[Told] = [Paragraph(f"Written, {told_size(step.size or 0)}: {where}", Role.GOOD)]
    if step.failed:
        told.append(Paragraph(f"{step.failed} parts could not be collected; manifest.json in it says why.", Role.WARN))
    return [*told, Paragraph("Look through it before you send it.")]
