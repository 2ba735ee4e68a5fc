"""The tracker's ConfigMap: its name, its key and its namespace, without which fluentd never reads it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from atlint.pipeline.checks.secret import misplaced
from atlint.pipeline.cluster import ConfigMap
from atlint.pipeline.names import names
from atlint.pipeline.view import Configuration, Sighting, View, name_node, said, sight
from atlint.rules.nearness import near


def _of_tracker(config_map: ConfigMap, configurations: list[Configuration]) -> bool:
    name, keys = config_map.resource.name, {entry.key.value for entry in config_map.entries}
    return (
        name == names().config_map
        or near(name, [names().config_map], most=3) is not None
        or names().key in keys
        or any(next(each.outputs(), None) is not None for each in configurations)
    )


def _names(view: View) -> Iterator[Sighting]:
    for config_map in view.cluster.config_maps:
        own = [each for each in view.configurations if each.config_map is config_map]
        if not _of_tracker(config_map, own):
            continue
        resource = config_map.resource
        source, root = resource.stream.source, resource.root.pointer
        if resource.name != names().config_map:
            yield sight(
                source, "AT711", name_node(resource), "name",
                pointer=f"{root}/metadata/name", said=said(resource.name), want=names().config_map,
            )  # fmt: skip
        if not any(entry.key.value == names().key for entry in config_map.entries):
            entry = next((each.entry for each in own if each.entry), None)
            if entry is not None:
                yield sight(source, "AT711", entry.key, "key", said=said(entry.key.value), want=names().key)
            else:
                yield sight(source, "AT711", name_node(resource), "missing", pointer=f"{root}/data", want=names().key)
        yield from misplaced(config_map)


CHECKS: Final = (_names,)
