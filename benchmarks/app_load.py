"""How the app bears a lecture hall: many visits at once, each asking memory for another recall every second.

    python benchmarks/app_load.py [--visits 20] [--seconds 60]

The app is served on this machine alone. Every visit opens the page of semantic memory over its own connection and then,
once a second, chooses a subject by chance, as the browser would: what is timed is from the choice to the end of the
page's answer, the film of the recall with it. Printed are the quantiles of that time, how many answers came, and the
largest memory of the server. The bars: the 95th percentile under 1 s, memory under 3 GB. Before it, one visit
alone: a new cue that was never asked, and a dial, until the film of the new recall is here (bars 300 and 100 ms)."""

import argparse
import asyncio
import os
import random
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

ROOT = Path(__file__).parents[1]
PAGE = "know"
ANSWER_BAR, MEMORY_BAR, CUE_BAR, DIAL_BAR = 1.0, 3.0, 0.3, 0.1


class Visit:
    """One open connection: what a browser would send, and what it would wait for."""

    def __init__(self, address: str):
        self.address = address
        self.widgets: dict[str, tuple[str, list[str], str]] = {}  # by label: id, options, and the kind of its value
        self.chosen: dict[str, str | float] = {}
        self.page = ""
        self.received = 0

    async def open(self) -> None:
        """Connect, find the page, and let it run once."""
        self.line = await websockets.connect(self.address, subprotocols=["streamlit"], max_size=None, proxy=None)  # pyright: ignore
        await self.run()
        await self.run()

    async def run(self) -> tuple[float, float]:
        """Ask for a run of the page with what is chosen: seconds until its film is here, and until it is whole."""
        ask = BackMsg()
        ask.rerun_script.page_script_hash = self.page
        for label, value in self.chosen.items():
            widget, _, kind = self.widgets[label]
            state = ask.rerun_script.widget_states.widgets.add(id=widget)
            if kind == "slider":
                state.double_array_value.data.append(value)
            else:
                state.string_value = str(value)
        start, film = time.perf_counter(), float("nan")
        await self.line.send(ask.SerializeToString())
        while True:
            content = await self.line.recv()
            self.received += len(content)
            said = ForwardMsg()
            said.ParseFromString(content)  # pyright: ignore
            self._note(said)
            if said.delta.new_element.WhichOneof("type") == "bidi_component":
                film = time.perf_counter() - start
            if (
                said.WhichOneof("type") == "script_finished"
                and said.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
            ):
                return film, time.perf_counter() - start

    def _note(self, said: ForwardMsg) -> None:
        if said.WhichOneof("type") == "navigation":
            self.page = next(p.page_script_hash for p in said.navigation.app_pages if p.url_pathname == PAGE)
        element = said.delta.new_element
        kind = element.WhichOneof("type")
        if kind in ("selectbox", "slider"):
            widget = getattr(element, kind)
            self.widgets[widget.label] = (widget.id, list(widget.options), kind)


def memory(process: int) -> float:
    """The resident memory of a process at its largest, in GB."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1e6


def milliseconds(times: tuple[float, ...]) -> str:
    """The median, and the 95th percentile in brackets."""
    return f"{1e3 * np.median(times):.0f} ({1e3 * np.quantile(times, 0.95):.0f}) ms"


async def alone(address: str) -> None:
    """One visit by itself: cues never asked before, then a dial."""
    visit = Visit(address)
    await visit.open()
    subjects = visit.widgets["Subject"][1]
    visit.chosen["Subject"] = subjects[1]
    await visit.run()
    cues = []
    for subject in subjects[2:22]:
        visit.chosen["Subject"] = subject
        cues.append(await visit.run())
    visit.chosen["Temperature"] = 1.1
    await visit.run()
    dials = []
    for step in range(20):
        visit.chosen["Temperature"] = round(1.2 + step / 10, 1)
        dials.append(await visit.run())
    for what, times, bar in (("new cue", cues, CUE_BAR), ("dial", dials, DIAL_BAR)):
        films, ends = zip(*times, strict=True)
        print(
            f"alone, {what}: film after {milliseconds(films)}, page after {milliseconds(ends)} (bar {1e3 * bar:.0f} ms)"
        )
    await visit.line.close()


async def lecture(address: str, visits: int, seconds: float) -> list[float]:
    """All visits at once: the times of their answers."""
    hall = [Visit(address) for _ in range(visits)]
    await asyncio.gather(*(visit.open() for visit in hall))
    end, times = time.perf_counter() + seconds, []

    async def ask(number: int, visit: Visit) -> None:
        dice = random.Random(number)
        subjects = visit.widgets["Subject"][1]
        await asyncio.sleep(number / visits)
        while time.perf_counter() < end:
            turn = time.perf_counter() + 1
            visit.chosen["Subject"] = dice.choice(subjects)
            times.append((await visit.run())[1])
            await asyncio.sleep(max(0.0, turn - time.perf_counter()))

    await asyncio.gather(*(ask(number, visit) for number, visit in enumerate(hall)))
    for visit in hall:
        await visit.line.close()
    return times


def serve() -> tuple[subprocess.Popen, str]:
    """Start the app on a free port of the loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app" / "app.py")]
    command += ["--server.address=127.0.0.1", f"--server.port={port}", "--server.headless=true"]
    paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    server = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ | {"PYTHONPATH": paths}
    )
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    return server, f"ws://127.0.0.1:{port}/_stcore/stream"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--visits", type=int, default=20)
    arguments.add_argument("--seconds", type=float, default=60.0)
    asked = arguments.parse_args()
    server, address = serve()
    try:
        asyncio.run(alone(address))
        times = asyncio.run(lecture(address, asked.visits, asked.seconds))
        median, late = np.median(times), np.quantile(times, 0.95)
        print(f"{asked.visits} visits, {len(times)} recalls in {asked.seconds:.0f} s")
        print(f"answer: median {median:.3f} s, 95 % {late:.3f} s, longest {max(times):.3f} s (bar {ANSWER_BAR:.0f} s)")
        print(f"memory of the server: {memory(server.pid):.2f} GB (bar {MEMORY_BAR:.0f} GB)")
    finally:
        server.terminate()
        server.wait(timeout=20)


if __name__ == "__main__":
    main()
