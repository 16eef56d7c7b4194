"""Search for secrets wherever they must not be: files, process lists, environments, screens."""

from collections.abc import Iterable, Mapping
from pathlib import Path

# Where a secret lives by design: 0600 files beside the configuration (DESIGN 4).
KEEPS_SECRETS = frozenset({"registration-token", "node-credential", "admin-token", "pending-cleanup.json"})


def leaks_in_files(root: Path, secrets: Iterable[str]) -> list[str]:
    """Every file below ``root`` that holds one of ``secrets`` and is not made for it."""
    wanted = [secret.encode() for secret in secrets]
    found = []
    for path in root.rglob("*"):
        if not path.is_file() or path.name in KEEPS_SECRETS:
            continue
        content = path.read_bytes()
        found += [str(path) for secret in wanted if secret in content]
    return found


def leaks_in_processes(secrets: Iterable[str]) -> list[str]:
    """Every process whose arguments or environment hold one of ``secrets``."""
    wanted = [secret.encode() for secret in secrets]
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        for place in ("cmdline", "environ"):
            try:
                content = (process / place).read_bytes()
            except OSError:
                continue  # It ended meanwhile, or is the kernel's own.
            found += [f"{process.name}/{place}" for secret in wanted if secret in content]
    return found


def leaks_in_texts(texts: Mapping[str, str | bytes], secrets: Iterable[str]) -> list[str]:
    """Every named text (a screen, standard error, a pty's bytes) that holds one of ``secrets``."""
    wanted = list(secrets)
    return [
        name
        for name, text in texts.items()
        for secret in wanted
        if (secret.encode() if isinstance(text, bytes) else secret) in text  # type: ignore[operator]
    ]
