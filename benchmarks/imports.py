"""How long ``import tensorbrain`` takes beside importing the libraries that it is built on.

Each import runs in an interpreter of its own, all in turn, and the best of five counts: the rest is
the machine.
"""

import subprocess
import sys
import time

PEERS = "import jax, equinox, optax, rdflib"
OURS = "import tensorbrain"
# The package imports a part when a name of it is first used: this is what a script pays that uses all of them.
WHOLE = "import tensorbrain as tb; [getattr(tb, name) for name in tb.__all__]"
ROUNDS = 5
BAR = 1.3


def seconds(code: str) -> float:
    """Wall-clock time of a fresh interpreter that runs ``code``."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - start


def main() -> None:
    codes = (PEERS, OURS, WHOLE)
    for code in codes:  # once for the disk's cache and the byte code, not counted
        seconds(code)
    rounds = [[seconds(code) for code in codes] for _ in range(ROUNDS)]
    peers, *ours = (min(column) for column in zip(*rounds, strict=True))
    print(f"{PEERS}: {peers:.2f} s")
    for words, took in zip((OURS, "and every public name used"), ours, strict=True):
        ratio = took / peers
        print(f"{words}: {took:.2f} s, ratio {ratio:.2f} (bar {BAR}): {'met' if ratio <= BAR else 'missed'}")


if __name__ == "__main__":
    main()
