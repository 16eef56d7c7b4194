"""The support bundle of a node: what its daemon says, what its configuration says, and what the machine says."""

import json
import os
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.config.cleanup import cleanups_from_text
from quantix_tui.config.paths import ConfigPaths
from quantix_tui.config.secrets import read_secret
from quantix_tui.host.bundle.archive import default_name, pack, refuse_place, refuse_secrets, write
from quantix_tui.host.bundle.collecting import Collected, collect
from quantix_tui.host.bundle.items import Item, content_of, machine_items
from quantix_tui.host.bundle.secrets import Redactor, clean_yaml
from quantix_tui.host.bundle.volumes import Volume, mounted
from quantix_tui.host.network.steps import run_steps
from quantix_tui.node.gateway.about import read_about
from quantix_tui.node.gateway.background import in_background
from quantix_tui.node.gateway.network import network_steps
from quantix_tui.node.gateway.protocol import NodeGateway
from quantix_tui.settings import Settings

EVENTS = 1000
NETWORK_SECS = 40.0


@dataclass(frozen=True, slots=True)
class Progress:
    """``place`` of ``total`` is under way: ``doing`` in words, ``failed`` those so far that gave nothing."""

    place: int
    total: int
    doing: str
    failed: int = 0
    size: int | None = None
    """Bytes of the finished archive; None until it is written."""


def known_secrets(settings: Settings) -> list[str]:
    """The secrets of this node that can be read: they are removed wherever they stand."""
    paths = ConfigPaths(settings.config_file)
    found: list[str] = []
    for path in (paths.registration_token, paths.node_credential, settings.admin_token):
        try:
            found.append(read_secret(path) or "")
        except OSError:
            continue  # What this user cannot read is removed by what it looks like.
    try:
        with open(paths.pending_cleanup, encoding="utf-8") as file:
            records = cleanups_from_text(file.read() or None)
    except (OSError, ValueError, QuantixError):
        records = ()
    found += [record.credential.reveal() for record in records if record.credential is not None]
    return [secret for secret in found if secret]


def bundle_items(gateway: NodeGateway, settings: Settings, crash_folder: str, root: str = "/") -> Sequence[Item]:
    """Everything that goes in, in the order in which it is collected."""

    def as_json(ask: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[str]]:
        async def told() -> str:
            return json.dumps(await ask(), indent=2)

        return told

    async def about() -> object:
        return (await read_about(gateway, settings, root)).to_json()

    async def status() -> object:
        return (await gateway.status()).to_json()

    async def facts() -> object:
        return asdict(await gateway.facts())

    async def metrics() -> object:
        return asdict(await gateway.metrics())

    async def events() -> object:
        return [asdict(event) for event in await gateway.events(EVENTS)]

    async def network() -> object:
        results = [result async for _, result in run_steps(await network_steps(settings, root))]
        return [result.to_json() for result in results]

    async def config() -> str:
        return clean_yaml(await content_of(os.fspath(settings.config_file)))

    asked = (
        ("node/about.json", about),
        ("node/status.json", status),
        ("node/facts.json", facts),
        ("node/metrics.json", metrics),
        ("node/events.json", events),
    )
    return [
        *(Item(name, as_json(ask)) for name, ask in asked),
        Item("network/test.json", as_json(network), NETWORK_SECS),
        Item("node/config.yaml", config),
        *machine_items(crash_folder, root),
    ]


async def make_bundle(
    items: Sequence[Item], secrets: Sequence[str], path: str, now: datetime
) -> AsyncGenerator[Progress, None]:
    """Collect, pack, look through, write to ``path``; tells before each step what it does.

    Raises :class:`QuantixError` when it cannot be written, or when a secret stands in it after all. Closing it ends
    what runs; nothing is left.
    """
    await in_background(lambda: refuse_place(path), _nothing)
    redactor = Redactor(secrets)
    collected: list[Collected] = []
    total = len(items) + 2
    failed = 0
    yield Progress(1, total, items[0].name if items else "packing")
    async for item in collect(items, redactor):
        collected.append(item)
        failed += bool(item.error)
        place = len(collected)
        yield Progress(place + 1, total, items[place].name if place < len(items) else "packing", failed)
    folder = os.path.basename(path).partition(".")[0] or "quantix-support"
    packed = await in_background(lambda: _packed(collected, folder, now, redactor), _nothing)
    yield Progress(total, total, f"writing {path}", failed)
    stopped = threading.Event()
    await in_background(lambda: write(packed, path, stopped), stopped.set)
    yield Progress(total, total, "done", failed, len(packed))


async def make_bundle_on(
    volume: Volume, items: Sequence[Item], secrets: Sequence[str], now: datetime
) -> AsyncGenerator[Progress, None]:
    """The same on a volume, which is mounted for it and unmounted before the last word."""
    last: Progress | None = None
    async with (
        mounted(volume) as folder,
        aclosing(make_bundle(items, secrets, default_path(folder, now), now)) as steps,
    ):
        async for step in steps:
            if step.size is None:
                yield step
            last = step
        if last is not None:
            yield replace(last, size=None, doing=f"unmounting {volume.device}")
    if last is not None:
        yield last


def _packed(collected: Sequence[Collected], folder: str, now: datetime, redactor: Redactor) -> bytes:
    packed = pack(collected, folder, now)
    refuse_secrets(packed, redactor)
    return packed


def default_path(folder: str, now: datetime) -> str:
    """Where the bundle of this machine goes when nobody says."""
    return os.path.join(folder, default_name(os.uname().nodename, now))


def _nothing() -> None:
    """Packing ends by itself, and leaves nothing."""
