"""Timed scenes of films: which characters are in which place, scene by scene, read as episodes in time order."""

import dataclasses
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyoxigraph as ox

from tensorbrain.errors import GraphError
from tensorbrain.graph.interpretation import Settings
from tensorbrain.graph.knowledge_graph import KnowledgeGraph, graph_of
from tensorbrain.graph.names import PLAIN, RDF, short_label
from tensorbrain.graph.quads import Term, quads_of
from tensorbrain.graph.scene_files import read_json

_TYPE = ox.NamedNode(RDF + "type")
_START = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d\d)(?:[.,]\d+)?")


@dataclasses.dataclass(frozen=True, order=True)
class TimedScene:
    """One scene: when it starts (``start`` in seconds from the episode's beginning), where it is and who is in it.

    ``place`` is the finest place that is told, ``region`` the larger one that it is part of, or "". Scenes sort in the
    order in which they were shown.
    """

    season: int
    episode: int
    start: int
    place: str = dataclasses.field(compare=False)
    region: str = dataclasses.field(compare=False)
    characters: tuple[str, ...] = dataclasses.field(compare=False)


def read_timed_scenes(path: str | Path) -> tuple[tuple[TimedScene, ...], dict[str, int]] | None:
    """The scenes of a file in time order, and how much was left out by reason; None where it holds other JSON.

    The layout is ``{"episodes": [{"seasonNum", "episodeNum", "scenes": [{"sceneStart": "0:01:45", "location",
    "subLocation", "characters": [{"name"}]}]}]}``, .json or .json.gz; what else it says is not read. Scenes in which
    nobody is are left out, as nothing can be said of them. Raises GraphError for what is no JSON.

    >>> import json, tempfile
    >>> scene = {"sceneStart": "0:01:45", "location": "Town", "subLocation": "Inn", "characters": [{"name": "Ada"}]}
    >>> told = {"episodes": [{"seasonNum": 1, "episodeNum": 2, "scenes": [scene, {"location": "Town"}]}]}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "one.json")
    ...     _ = path.write_text(json.dumps(told))
    ...     scenes, skipped = read_timed_scenes(path)
    >>> scenes[0].start, scenes[0].place, scenes[0].characters, skipped
    (105, 'Inn, Town', ('Ada',), {'scenes without a usable start': 1})
    """
    data = read_json(Path(path))
    episodes = data.get("episodes") if isinstance(data, dict) else None
    if not isinstance(episodes, list) or not any(isinstance(told, dict) and "scenes" in told for told in episodes):
        return None
    skipped: Counter[str] = Counter()
    found: list[TimedScene] = []
    for told in episodes:
        match told:
            case {"seasonNum": int(season), "episodeNum": int(episode), "scenes": list(scenes)}:
                each = (_scene(scene, season, episode, skipped) for scene in scenes)
                found += [scene for scene in each if scene is not None]
            case _:
                skipped["episodes without seasonNum, episodeNum or scenes"] += 1
    return tuple(sorted(found)), dict(skipped.most_common())


def _scene(told: Any, season: int, episode: int, skipped: Counter[str]) -> TimedScene | None:
    told = told if isinstance(told, dict) else {}
    start, region, part = _seconds(told.get("sceneStart")), _name(told.get("location")), _name(told.get("subLocation"))
    if start is None:
        skipped["scenes without a usable start"] += 1
        return None
    if not region:
        skipped["scenes without a location"] += 1
        return None
    listed = told.get("characters")
    everybody = listed if isinstance(listed, list) else []
    named = [_name(each.get("name")) if isinstance(each, dict) else "" for each in everybody]
    if nameless := named.count(""):
        skipped["characters without a name"] += nameless
    characters = tuple(dict.fromkeys(name for name in named if name))
    if not characters:
        skipped["scenes without characters"] += 1
        return None
    return TimedScene(season, episode, start, f"{part}, {region}" if part else region, region * bool(part), characters)


def _seconds(told: Any) -> int | None:
    """The seconds of "h:mm:ss" or "mm:ss", or None."""
    found = _START.fullmatch(told.strip()) if isinstance(told, str) else None
    if not found:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return 3600 * hours + 60 * minutes + seconds


def _name(told: Any) -> str:
    return short_label(told) if isinstance(told, str) else ""


def timed_scenes_graph(
    scenes: Sequence[TimedScene],
    *,
    source: str = "scenes",
    skipped: Mapping[str, int] | None = None,
    groups: Mapping[str, str] | None = None,
) -> KnowledgeGraph:
    """Every scene as an instant with the statements ``X is in place`` and ``X is with Y``, as a knowledge graph.

    Facts say of what region a place is part, and who is a person and what a place. GraphError where no scene is left,
    SettingsError for unknown ``groups`` as `read_graph` does.

    >>> graph = timed_scenes_graph([TimedScene(1, 1, 0, "Inn, Town", "Town", ("Ada", "Bob"))])
    >>> words, rows = graph.vocabulary, graph.episodes.coordinates.tolist()
    >>> sorted((words.label("predicate", p), words.label("object", o)) for _, p, o, _ in rows)
    [('is in', 'Inn, Town'), ('is in', 'Inn, Town'), ('is with', 'Ada'), ('is with', 'Bob')]
    """
    skipped = dict(skipped or {})
    name = Path(source).name
    if not scenes:
        why = f" ({', '.join(f'{n} {what}' for what, n in skipped.items())})" if skipped else ""
        raise GraphError(f"{name} holds no scene with a start, a place and a character{why}: mend the file")
    quads = quads_of(_statements(sorted(scenes)))
    graph = graph_of(quads, Settings(groups=dict(groups or {})), source, (name,), ())
    return dataclasses.replace(graph, report=dataclasses.replace(graph.report, left_out=skipped))


def _statements(scenes: Sequence[TimedScene]) -> Iterator[tuple[Term, Term, Term, Term | None]]:
    people = {name for scene in scenes for name in scene.characters}
    is_in, is_with, part_of = (_node(name) for name in ("is in", "is with", "is part of"))

    def place_node(name: str) -> ox.NamedNode:
        return _node(f"{name} (place)" if name in people else name)  # who is called after a place is not that place

    for name in people_in_order(scenes):
        yield _node(name), _TYPE, _node("person"), None
    for place, region in dict.fromkeys((scene.place, scene.region) for scene in scenes):
        yield place_node(place), _TYPE, _node("place"), None
        if region:
            yield place_node(place), part_of, place_node(region), None
    for scene, when in zip(scenes, _instants(scenes), strict=True):
        for i, one in enumerate(scene.characters):
            yield _node(one), is_in, place_node(scene.place), _node(when)
            for j, other in enumerate(scene.characters):
                if i != j:
                    yield _node(one), is_with, _node(other), _node(when)


def people_in_order(scenes: Sequence[TimedScene]) -> list[str]:
    """All characters, as they appear.

    >>> people_in_order([TimedScene(1, 1, 0, "Inn", "", ("Bob", "Ada"))])
    ['Bob', 'Ada']
    """
    return list(dict.fromkeys(name for scene in scenes for name in scene.characters))


def _instants(scenes: Sequence[TimedScene]) -> list[str]:
    """What to call each scene; scenes that start together are numbered."""
    times: Counter[str] = Counter()
    names = []
    for scene in scenes:
        minutes, seconds = divmod(scene.start, 60)
        clock = f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
        name = f"season {scene.season} episode {scene.episode}, {clock}"
        times[name] += 1
        names.append(name if times[name] == 1 else f"{name} ({times[name]})")
    return names


def _node(name: str) -> ox.NamedNode:
    return ox.NamedNode(PLAIN + quote(name, safe="", errors="replace"))
