"""How JAX is set up by the command line and the app: programs are kept between runs, products are exact."""

import os
from pathlib import Path

import jax


def set_up() -> None:
    """Set up JAX as the command line and the app want it; never called by the import of the library.

    What JAX compiles is kept in the user's cache folder, unless JAX_COMPILATION_CACHE_DIR names another place. And
    float32 is multiplied as float32, unless JAX_DEFAULT_MATMUL_PRECISION says otherwise: by default some devices round
    the factors, and probabilities differ in the third digit.

    >>> set_up()
    """
    if not os.environ.get("JAX_DEFAULT_MATMUL_PRECISION"):
        jax.config.update("jax_default_matmul_precision", "highest")
    if os.environ.get("JAX_COMPILATION_CACHE_DIR"):
        return
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    jax.config.update("jax_compilation_cache_dir", str(home / "tensorbrain" / "jax"))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.1)
