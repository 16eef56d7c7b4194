"""Log files of any length, as busybox' syslogd writes them."""

from pathlib import Path


def line(number: int) -> str:
    clock = f"{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}"
    level = ("info", "info", "warn", "info", "err")[number % 5]
    return f"Mar  2 {clock} node daemon.{level} program-{number % 7}[{number}]: line {number} of a log that is long\n"


def write_log(path: Path, count: int) -> None:
    with path.open("w") as file:
        file.writelines(line(number) for number in range(count))


def add(path: Path, first: int, count: int) -> None:
    with path.open("a") as file:
        file.write("".join(line(number) for number in range(first, first + count)))
