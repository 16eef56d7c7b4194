"""Files that somebody else has named."""

import errno
import os
import stat


def read_plain_file(path: str, most: int) -> bytes:
    """At most so many bytes of it. Raises OSError, also for what is no file: a pipe may be one that nobody ever writes
    into."""
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "it is no file", path)
        return file.read(most)
