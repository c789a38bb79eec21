"""The grid world against one step at a time, in Python."""

from collections import deque

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorbrain.datasets.grid_world import ACTIONS, TRAP, grid_world, happens, steps_to_goal, wander, words_of
from tensorbrain.errors import SettingsError

STEP = {"go north": (-1, 0), "go east": (0, 1), "go south": (1, 0), "go west": (0, -1)}


@st.composite
def pictures(draw):
    height, width = draw(st.integers(1, 4)), draw(st.integers(2, 5))
    letters = draw(st.lists(st.sampled_from("..#"), min_size=height * width, max_size=height * width))
    start, goal = draw(st.permutations(range(height * width)))[:2]
    letters[start], letters[goal] = "S", "G"
    return ["".join(letters[row * width : (row + 1) * width]) for row in range(height)]


@given(pictures())
@settings(max_examples=30)
def test_actions_lead_where_they_should(rows):
    world, width = grid_world("\n".join(rows)), len(rows[0])
    after = np.asarray(world.after)
    for cell in range(len(after)):
        r, c = divmod(cell, width)
        for action, name in enumerate(ACTIONS):
            there = (r + STEP[name][0], c + STEP[name][1])
            free = 0 <= there[0] < len(rows) and 0 <= there[1] < width and rows[there[0]][there[1]] != "#"
            moves = free and rows[r][c] not in "#G"
            assert after[cell, action] == (there[0] * width + there[1] if moves else cell)
    goal = divmod(int(world.goal), width)
    distance = [abs(k // width - goal[0]) + abs(k % width - goal[1]) for k in range(len(after))]
    np.testing.assert_allclose(world.worth, 1 - np.array(distance) / max(distance), atol=1e-6)
    assert [rows[k // width][k % width] for k in (int(world.start), int(world.goal))] == ["S", "G"]

    nearest = {int(world.goal): 0}
    queue = deque(nearest)
    while queue:
        cell = queue.popleft()
        for before in range(len(after)):
            if before not in nearest and cell in after[before]:
                nearest[before] = nearest[cell] + 1
                queue.append(before)
    assert steps_to_goal(world).tolist() == [nearest.get(cell, -1) for cell in range(len(after))]


def test_walks_and_slips():
    world = grid_world(TRAP, slip=0.4)
    events, worth = jax.vmap(lambda key: wander(world, key, 6))(jax.random.split(jax.random.key(0), 800))
    before = np.concatenate([np.asarray(events.subject)[:, None], np.asarray(events.objects)[:, :-1]], axis=1)
    after = np.asarray(world.after)
    meant, happened = after[before, np.asarray(events.predicates)], np.asarray(events.objects)
    assert (after[before] == happened[..., None]).any(axis=2).all() and np.asarray(world.open)[before].all()
    np.testing.assert_array_equal(worth, np.asarray(world.worth)[happened])
    free = 4 + 6 * 1  # a cell in the open: row 2, column 5, where every action leads elsewhere
    ends = jax.vmap(lambda key: happens(world, jnp.asarray(free), jnp.asarray(0), key))(
        jax.random.split(jax.random.key(1), 4000)
    )
    share = [(np.asarray(ends) == after[free, action]).mean() for action in range(4)]
    np.testing.assert_allclose(share, [0.6, 0.2, 0.0, 0.2], atol=0.03)
    assert (meant == happened).mean() > 0.55


def test_the_words_of_a_world():
    words = words_of(grid_world(TRAP), 6)
    assert (len(words.concepts), len(words.predicates)) == (31, 4)
    assert words.find("row 2, column 5", "concept") == 10


@pytest.mark.parametrize(
    ("picture", "words"), [("", "drawn"), ("S.\nG", "drawn"), ("S.x.G", "drawn"), ("S..", "one S"), ("SG\nG.", "one S")]
)
def test_other_pictures_are_refused(picture, words):
    with pytest.raises(SettingsError, match=words):
        grid_world(picture)
    with pytest.raises(SettingsError, match="slip"):
        grid_world(slip=1.0)
