"""How long ``import tensorbrain`` takes beside importing the libraries that it is built on.

Each import runs in an interpreter of its own, the two in turn, and the best of five counts: the rest is
the machine.
"""

import subprocess
import sys
import time

PEERS = "import jax, equinox, optax, rdflib"
OURS = "import tensorbrain"
ROUNDS = 5
BAR = 1.3


def seconds(code: str) -> float:
    """Wall-clock time of a fresh interpreter that runs ``code``."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - start


def main() -> None:
    for code in (PEERS, OURS):  # once for the disk's cache and the byte code, not counted
        seconds(code)
    pairs = [(seconds(PEERS), seconds(OURS)) for _ in range(ROUNDS)]
    peers, ours = (min(column) for column in zip(*pairs, strict=True))
    ratio = ours / peers
    print(f"{PEERS}: {peers:.2f} s   {OURS}: {ours:.2f} s")
    print(f"ratio {ratio:.2f} (bar {BAR}): {'met' if ratio <= BAR else 'missed'}")


if __name__ == "__main__":
    main()
