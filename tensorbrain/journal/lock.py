"""The lock of a life: one process writes at a time."""

import contextlib
import os
from pathlib import Path
from typing import IO

from tensorbrain.errors import BrainFileError

LOCK = "lock"
"""The name of the file that is locked, which holds the number of the process that has it."""


def locked(folder: Path) -> IO[bytes]:
    """Make this process the only one that writes to a folder, until the file is closed or the process ends.

    The lock is the system's (flock), so that none is left behind by a process that was killed. BrainFileError where
    another has it, naming the process, and where the folder cannot be written to.
    """
    try:
        import fcntl
    except ImportError as error:
        raise BrainFileError("a life can only be written on a system with file locks of POSIX: read it") from error
    try:
        file = (folder / LOCK).open("a+b", buffering=0)
    except OSError as error:
        raise BrainFileError(f"the life {folder} cannot be written to ({error.strerror}): check its folder") from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.seek(0)
        holder = file.read(20).decode(errors="replace").strip()
        file.close()
        who = "this process" if holder == str(os.getpid()) else f"process {holder}" if holder else "another process"
        raise BrainFileError(
            f"the life {folder} is being written by {who}: close it there, or wait until it is done"
        ) from error
    with contextlib.suppress(OSError):  # the number only serves the sentence above, also where the disk is full
        file.truncate(0)
        file.write(b"%d" % os.getpid())
    return file
