"""A process without JAX that lives the records of a journal over and over, until it is killed.

Each line on its stdin names a folder with a life to go on with. It forks a writer and says its number; the writer says
after each record how many are on the disk. What it writes is given: record n of the journal in the folder ``told``.
Whenever ten have come together it folds them into the brain that lies there, as ``compact`` does.
"""

import os
import shutil
import signal
import sys
from pathlib import Path
from typing import NoReturn

from tensorbrain.journal import Record, diary, folder, frames
from tensorbrain.journal.diary import BEGINNING
from tensorbrain.journal.lock import locked

TOGETHER = 10


def live(home: Path, told: Path, payloads: list[bytes]) -> NoReturn:
    """Go on where the life stands, to the end of what is told, and wait there for the end."""
    with locked(home):
        folder.tidy(home)
        generation, records, place, _ = folder.read_journal(home)
        records = list(records)
        while (done := TOGETHER * (generation - 1) + len(records) - 1) < len(payloads):
            if len(records) > TOGETHER:
                generation += 1
                episodes = [episode.to_json() for episode in diary(records).values()]
                records = [Record(BEGINNING, {"episodes": episodes}, {})]
                brain = told / f"brain-after-{done}.safetensors"
                place = folder.renew(home, generation, lambda path, brain=brain: shutil.copyfile(brain, path), records)
            place = frames.append(folder.files(home, generation)[1], place, payloads[done])
            records.append(Record.from_bytes(payloads[done]))
            os.write(1, b"%d\n" % (done + 1))
        while True:
            signal.pause()


def main() -> None:
    """Read folders from stdin, one after another."""
    told = Path(sys.argv[1])
    payloads = [bytes(payload) for payload in frames.read(told / "journal-1").payloads[1:]]
    assert "jax" not in sys.modules
    while line := sys.stdin.readline():
        if (writer := os.fork()) == 0:
            live(Path(line.strip()), told, payloads)
        os.write(1, b"writer %d\n" % writer)
        os.waitpid(writer, 0)
        os.write(1, b"dead\n")


if __name__ == "__main__":
    main()
