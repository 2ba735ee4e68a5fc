"""A container's `env` to its variables as Kubernetes makes them: each $(NAME) put in, in the order of the list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from atlint.pipeline.node import Mapping, Node, Scalar, at, items, text

#: the variable by which the manifests of `atlint compile` tell a service its log file
LOG_FILE: Final = "AT_LOG_FILE"
#: a longer text is no path, and doubling it over and over is an attack
_LONGEST: Final = 4096
#: `$$` stands for `$`; a reference ends at the first bracket (K8S#API reference), and is no longer than names are
_REFERENCE: Final = re.compile(r"\$(?:\$|\(([^)]{0,255})\))")
#: what Kubernetes may add for the services of the namespace, whatever the manifest says
_OF_SERVICES: Final = re.compile(r"[A-Z0-9_]+_(?:SERVICE_HOST|(?:SERVICE_)?PORT(?:_[A-Z0-9_]+)?)")
#: fields of a pod that are the same for all pods of a workload on a node
_ALIKE: Final = frozenset(
    {"metadata.namespace", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs"}
)


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the environment: a text, a field of the pod (downward API), or something from elsewhere."""

    name: str
    #: as the container sees it, $(NAME) for what only the cluster knows; None where all of it is from elsewhere
    text: str | None
    field: str
    node: Node
    #: the manifest says all of the text
    known: bool = False
    #: it is the same in all pods of a workload that run on one node
    alike: bool = False
    #: names that the text refers to and that are none: Kubernetes leaves these references as they are
    undefined: tuple[str, ...] = ()

    @property
    def value(self) -> str | None:
        """The text where the manifest says all of it."""
        return self.text if self.known else None


def variables(container: Mapping) -> Iterator[Variable]:
    """The variables that a container lists; a reference is to one that stands before it."""
    before: dict[str, Variable] = {}
    more = container.get("envFrom") is not None
    for node in items(container.get("env")):
        name, value = text(at(node, "name")), at(node, "value")
        if isinstance(value, Scalar):
            found = _expanded(name, value.value, node, before, more=more)
        else:
            field = text(at(node, "valueFrom", "fieldRef", "fieldPath"))
            found = Variable(name, None, field, node, alike=field in _ALIKE)
        before[name] = found
        yield found


def _expanded(name: str, written: str, node: Node, before: dict[str, Variable], *, more: bool) -> Variable:
    """A variable with its references put in; with `more` there are variables that the list does not have."""
    pieces, end = [], 0
    known = alike = True
    undefined = []
    for found in _REFERENCE.finditer(written):
        pieces.append(written[end : found.start()])
        end = found.end()
        meant = found[1]
        if meant is None:
            pieces.append("$")
        elif (other := before.get(meant)) is not None:
            pieces.append(found[0] if other.text is None else other.text)
            known, alike = known and other.known, alike and other.alike
        else:
            pieces.append(found[0])
            if more or _OF_SERVICES.fullmatch(meant):
                known = alike = False
            else:
                undefined.append(meant)
    whole = "".join((*pieces, written[end:]))
    if len(whole) > _LONGEST:
        return Variable(name, None, "", node)
    return Variable(name, whole, "", node, known, alike, tuple(undefined))
