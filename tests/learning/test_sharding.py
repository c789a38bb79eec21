"""Several devices, and several processes, learn and rank as one does."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest

from tensorbrain.errors import SettingsError
from tensorbrain.numerics.running import ranked
from tensorbrain.numerics.sharding import concept_mesh, divided

WORKER = Path(__file__).parent / "spread_worker.py"


def start(out: Path, devices: int, *more: str, virtual: int = 1) -> subprocess.Popen:
    environment = {
        **os.environ,
        "XLA_FLAGS": f"--xla_force_host_platform_device_count={virtual}",
        "JAX_PLATFORMS": "cpu",
    }
    command = [sys.executable, str(WORKER), str(out), str(devices), *more]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def ended(process: subprocess.Popen) -> None:
    try:
        said, _ = process.communicate(timeout=240)
    finally:
        process.kill()
    assert process.returncode == 0, said


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, np.ndarray]:
    out = tmp_path_factory.mktemp("spread") / "one.npz"
    ended(start(out, 1))
    return dict(np.load(out))


def agree(found: dict[str, np.ndarray], alone: dict[str, np.ndarray]) -> None:
    assert found.keys() == alone.keys()
    for name, value in alone.items():
        np.testing.assert_allclose(found[name], value, atol=1e-5, rtol=1e-5, err_msg=name)
    assert alone["complex.loss"][-1] < alone["complex.loss"][0], "there was something to learn"


def test_four_devices_learn_and_rank_as_one(alone, tmp_path: Path):
    ended(start(tmp_path / "four.npz", 4, virtual=4))
    agree(dict(np.load(tmp_path / "four.npz")), alone)


def test_two_processes_learn_and_rank_as_one(alone, tmp_path: Path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    pair = [start(tmp_path / "two.npz", 2, address, str(number), "2") for number in range(2)]
    for process in pair:
        ended(process)
    agree(dict(np.load(tmp_path / "two.npz")), alone)


def test_ranked_alone_is_the_softmax_over_all(alone):
    keys = np.random.default_rng(2).normal(size=(24, 8)).astype(np.float32)
    clear = ranked(jnp.asarray(keys[:3] * 2), [(keys, None)], n=5)
    np.testing.assert_array_equal(alone["ranked.ids"], clear.ids)
    np.testing.assert_allclose(alone["ranked.log_p"], clear.log_p, atol=1e-5)


def test_rows_that_the_devices_do_not_divide():
    with pytest.raises(
        SettingsError, match="14,541 rows cannot be shared evenly among 4 devices: choose 1 or 3, or give"
    ):
        divided(14_541, 4)


def test_more_devices_than_there_are():
    with pytest.raises(SettingsError, match=r"9999 devices cannot share the rows, where JAX sees \d+: ask for no more"):
        concept_mesh(9999)
