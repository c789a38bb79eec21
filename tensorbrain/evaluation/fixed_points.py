"""Fixed points: the states that a map leaves as they are, found from where its orbits ended."""

from collections.abc import Callable
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.typing import Array, Float, Float64, Int64

Step = Callable[[Float[Array, " unit"]], Float[Array, " unit"]]


class FixedPoints(NamedTuple):
    """States that evolve leaves as they are.

    ``points`` (point, unit); ``residual`` |g(z) - z| / (1 + |z|); ``radius`` the largest |eigenvalue| of the Jacobian,
    stable below 1; ``basin`` (start,) the point to which each start went, -1 where it went to none.
    """

    points: Float64[np.ndarray, "point unit"]
    residual: Float64[np.ndarray, " point"]
    radius: Float64[np.ndarray, " point"]
    basin: Int64[np.ndarray, " start"]


def fixed_points(step: Step, ends: Float[Array, "start unit"], *, near: float = 1e-3, newton: int = 8) -> FixedPoints:
    """The fixed points to which orbits went, from where they ended: clustered, and polished by Newton's method.

    An end belongs to a point if after Newton it is the same up to ``near`` of its length, and if Newton had not to
    move it farther than a tenth of that length: a cycle has fixed points beside it to which nothing goes. Ours.

    >>> ends = jnp.array([[0.999], [-1.001], [0.3]])
    >>> found = fixed_points(lambda z: jnp.where(jnp.abs(z) > 0.5, 1.5 * z - 0.5 * z**3, 3.9 * z * (1 - z)), ends)
    >>> found.points.round(3).tolist(), found.radius.round(3).tolist(), found.basin.tolist()
    ([[1.0], [-1.0]], [0.0, 0.0], [0, 1, -1])
    """
    points: list[np.ndarray] = []
    residuals, radii, basin = [], [], []
    for end in ends:
        at = np.asarray(end, np.float64)
        known = [k for k, point in enumerate(points) if _close(at, point, near)]
        if not known and np.isfinite(at).all():
            z, residual = (np.asarray(x, np.float64) for x in _newton(step, end, newton))
            if residual < near and _close(z, at, 0.1):
                known = [k for k, point in enumerate(points) if _close(z, point, near)]
                if not known:
                    known = [len(points)]
                    points.append(z)
                    residuals.append(float(residual))
                    jacobian = np.asarray(_jacobian(step, jnp.asarray(z, end.dtype)), np.float64)
                    radii.append(float(np.abs(np.linalg.eigvals(jacobian)).max()))
        basin.append(known[0] if known else -1)
    shaped = np.asarray(points, np.float64).reshape(-1, ends.shape[1])
    return FixedPoints(shaped, np.asarray(residuals, float), np.asarray(radii, float), np.asarray(basin, np.int64))


def _close(one: np.ndarray, other: np.ndarray, share: float) -> bool:
    return bool(np.linalg.norm(one - other) <= share * (1 + np.linalg.norm(other)))


@eqx.filter_jit
def _jacobian(step: Step, z: Float[Array, " unit"]) -> Float[Array, "unit unit"]:
    return jax.jacfwd(step)(z)


@eqx.filter_jit
def _newton(step: Step, z: Float[Array, " unit"], steps: int) -> tuple[Float[Array, " unit"], Float[Array, ""]]:
    """Solve g(z) = z from nearby: z <- z - (Dg - 1)^-1 (g(z) - z); the best of the steps, and what is left there."""

    def residual(z: Float[Array, " unit"]) -> Float[Array, ""]:
        return jnp.linalg.norm(step(z) - z) / (1 + jnp.linalg.norm(z))

    def better(
        carry: tuple[Float[Array, " unit"], Float[Array, " unit"], Float[Array, ""]], _: None
    ) -> tuple[tuple[Float[Array, " unit"], Float[Array, " unit"], Float[Array, ""]], None]:
        z, best, least = carry
        z = z - jnp.linalg.solve(jax.jacfwd(step)(z) - jnp.eye(len(z), dtype=z.dtype), step(z) - z)
        now = residual(z)
        closer = now < least
        return (z, jnp.where(closer, z, best), jnp.where(closer, now, least)), None

    (_, best, least), _ = jax.lax.scan(better, (z, z, residual(z)), length=steps)
    return best, least
