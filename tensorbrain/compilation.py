"""Compiled programs are kept between runs: to compile takes longer than to recall."""

import os
from pathlib import Path

import jax


def keep_compiled() -> None:
    """Let JAX keep what it compiles in the user's cache folder, unless JAX_COMPILATION_CACHE_DIR names another place.

    Called by the command line and the app, never by the import of the library: a script decides for itself.

    >>> keep_compiled()
    """
    if os.environ.get("JAX_COMPILATION_CACHE_DIR"):
        return
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    jax.config.update("jax_compilation_cache_dir", str(home / "tensorbrain" / "jax"))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.1)
