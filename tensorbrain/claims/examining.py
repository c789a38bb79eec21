"""What small brains read rightly in the scenes of their small worlds (`claims.seeing`)."""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp

from tensorbrain.brain import TensorBrain
from tensorbrain.claims.seeing import Condition, Read, Scene, Sizes, World, gated, read, scene
from tensorbrain.typing import Array, Float, Int


class Right(NamedTuple):
    """The share of what was read rightly in new scenes: things, their traits, and predicates; and of the predicates
    their parts: the relation, who leads, and the trait of the subject."""

    thing: Float[Array, "*many"]
    trait: Float[Array, "*many"]
    predicate: Float[Array, "*many"]
    relation: Float[Array, "*many"]
    lead: Float[Array, "*many"]
    whose: Float[Array, "*many"]


@partial(jax.jit, static_argnames=("sizes", "selection"))
def examined(
    brains: TensorBrain,
    lessons: tuple[World, Condition],
    z: Float[Array, "brain scene 6 feature"],
    *,
    sizes: Sizes,
    strange: Float[Array, ""] | float = 0.0,
    selection: str = "attend",
) -> Right:
    """What each of several brains reads rightly in the scenes of ``z``, in its own world and condition.

    ``selection`` is as in ``read``, or ``another``: in place of who is seen another one of its class is written.
    """

    def one(brain: TensorBrain, lesson: tuple[World, Condition], z: Float[Array, "scene 6 feature"]) -> Right:
        world, condition = lesson
        brain = gated(brain, condition)

        def look_at(z: Float[Array, "6 feature"]) -> tuple[Scene, Read]:
            seen = scene(world, z, noise=condition.noise, strange=strange)
            if selection != "another":
                said = read(brain, seen, sizes, selection=selection, teacher=seen.thing, untied=condition.untied)
                return seen, said
            swapped = jnp.where(seen.thing < sizes.individuals, _next_of_kind(seen.thing, sizes.each), seen.thing)
            return seen, read(brain, seen, sizes, selection="teacher", teacher=swapped)

        shown, said = jax.vmap(look_at)(z)
        p, true = said.predicate.argmax(axis=-1), shown.predicate
        trait = jnp.asarray(sizes.groups)[1][said.labels[:, :, 1].argmax(axis=-1)] == shown.labels[..., 1]
        thing = said.thing.argmax(axis=-1) == shown.thing
        parts = (thing, trait, p == true, p // 4 == true // 4, p // 2 % 2 == true // 2 % 2, p % 2 == true % 2)
        return Right(*(part.mean() for part in parts))

    return jax.vmap(one)(brains, lessons, z)


def _next_of_kind(thing: Int[Array, "*many"], each: int) -> Int[Array, "*many"]:
    return thing - thing % each + (thing + 1) % each
