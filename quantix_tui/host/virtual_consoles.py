"""Which virtual console is the one in sight."""

ACTIVE = "/sys/class/tty/tty0/active"


def in_sight(line: str, active: str = ACTIVE) -> bool:
    """Whether ``line`` (as in tty1) is what the monitor shows. True where that cannot be known: of a serial line it
    means nothing, and what is not known locks nobody out."""
    if not line.removeprefix("tty").isdigit():
        return True
    try:
        with open(active, encoding="ascii") as file:
            return file.read().strip() == line
    except (OSError, UnicodeError):
        return True
