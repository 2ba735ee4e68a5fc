"""Family AT7: the manifests of a cluster and fluentd's configuration, each by itself and against each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from atlint.pipeline.checks import across, config_map, fluentd, manifest, secret, workload
from atlint.pipeline.view import Sighting, View

Check: TypeAlias = Callable[[View], Iterator[Sighting]]

#: in the order in which a reader mends: first what hides everything else
CHECKS: Final[tuple[Check, ...]] = (
    *manifest.CHECKS,
    *secret.CHECKS,
    *config_map.CHECKS,
    *fluentd.CHECKS,
    *across.CHECKS,
    *workload.CHECKS,
)


def problems(view: View) -> Iterator[Sighting]:
    """All that the selected rules find, in the order of the checks."""
    for check in CHECKS:
        for sighting in check(view):
            if view.plan.selected(sighting.problem.code):
                yield sighting
