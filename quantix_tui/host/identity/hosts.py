"""The machine's own line of ``/etc/hosts`` (hosts(5); 127.0.1.1 as Debian's installer writes it). Pure."""

import re

from quantix_tui.host.files.texts import lines_of

OWN_ADDRESS = "127.0.1.1"
NEW = "127.0.0.1\tlocalhost\n{own}\n::1\tlocalhost ip6-localhost ip6-loopback\n"
_LINE = re.compile(r"(?P<indent>[ \t]*)(?P<address>[^\s#]+)(?P<gap>[ \t]+)(?P<names>[^#\r\n]*?)(?P<rest>[ \t]*(#.*)?)")


def with_name(text: str | None, hostname: str, before: str) -> str:
    """``text`` (None: no such file) with the own line for ``hostname``; not one other byte changes.

    Aliases on the line that are not names of the machine as it was called ``before`` stay.
    """
    own = f"{OWN_ADDRESS}\t{' '.join(names_of(hostname))}"
    if text is None:
        return NEW.format(own=own)
    lines = lines_of(text)
    for place, line in enumerate(lines):
        found = _entry(line)
        if found and found["address"] == OWN_ADDRESS:
            lines[place] = _renamed(line, found, hostname, before)
            return "".join(lines)
    after = next((place + 1 for place, line in enumerate(lines) if _is_loopback(line)), len(lines))
    ending = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    if after and not lines[after - 1].endswith("\n"):
        # The file ends without a newline, and goes on doing so.
        lines[after - 1] += ending
        lines.insert(after, own)
    else:
        lines.insert(after, own + ending)
    return "".join(lines)


def names_of(hostname: str) -> tuple[str, ...]:
    """The whole name first, then the short one (hostname(1), "the FQDN")."""
    short = hostname.split(".", 1)[0]
    return (hostname,) if short == hostname else (hostname, short)


def _renamed(line: str, found: re.Match[str], hostname: str, before: str) -> str:
    old = before.split(".", 1)[0].lower()
    new = names_of(hostname)
    known = {name.lower() for name in new}
    others = [
        name
        for name in found["names"].split()
        if name.lower() not in known and name.lower().split(".", 1)[0] != old and name.lower() != before.lower()
    ]
    names = " ".join((*new, *others))
    if names == " ".join(found["names"].split()):
        return line
    start, end = found.span("names")
    return line[:start] + names + line[end:]


def _entry(line: str) -> re.Match[str] | None:
    return _LINE.fullmatch(line.rstrip("\r\n"))


def _is_loopback(line: str) -> bool:
    found = _entry(line)
    return found is not None and found["address"] == "127.0.0.1"
