"""``python -m tensorbrain`` is the command ``tensorbrain``."""

import sys

from tensorbrain.cli import main

if __name__ == "__main__":
    sys.exit(main())
