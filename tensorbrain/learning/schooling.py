"""What all training loops share: the optimiser, its learning rate, and a Ctrl-C that tears no step."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import optax


def optimiser(weight_decay: float) -> optax.GradientTransformation:
    """Clipped Adam with decoupled weight decay; the learning rate is applied by the loop.

    >>> import jax.numpy as jnp
    >>> optimiser(0.0).init(jnp.zeros(2)) is not None
    True
    """
    return optax.chain(optax.clip_by_global_norm(1.0), optax.scale_by_adam(), optax.add_decayed_weights(weight_decay))


def learning_rate(peak: float, done: float) -> float:
    """A cosine from the peak to a twentieth of it, over the share of the training that is done.

    >>> round(learning_rate(1.0, 0.0), 3), round(learning_rate(1.0, 1.0), 3)
    (1.0, 0.05)
    """
    return peak * (0.05 + 0.95 * 0.5 * (1 + float(np.cos(np.pi * min(done, 1.0)))))


@contextmanager
def stop_on_ctrl_c() -> Iterator[threading.Event]:
    """Turn the first Ctrl-C into a flag, so that no step is torn; a second one interrupts as usual."""
    stopped = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stopped
        return
    previous = signal.getsignal(signal.SIGINT)

    def ask_to_stop(number, frame):
        stopped.set()
        signal.signal(signal.SIGINT, previous)

    signal.signal(signal.SIGINT, ask_to_stop)
    try:
        yield stopped
    finally:
        signal.signal(signal.SIGINT, previous)
