"""The cluster's manifests against a registration: what they name differently, each with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import normpath

from atlint.model import Place, Span
from atlint.pipeline.cluster import Secret, SecretEntry
from atlint.pipeline.environment import LOG_FILE
from atlint.pipeline.fluentd import Section
from atlint.pipeline.names import names
from atlint.pipeline.node import at
from atlint.pipeline.registration_facts import host_of, logs_of, places
from atlint.pipeline.view import Configuration, View
from atlint.pipeline.workload import Workload
from atlint.plan.registration import Region, Registration


@dataclass(frozen=True, slots=True)
class Difference:
    """A fact that is another one here than in the registration. `region` where it is of no registered region."""

    why: str
    place: Place
    region: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the manifests hold of each kind, and how it differs."""

    secrets: int
    configurations: int
    #: to the tracker, in all configurations
    outputs: int
    workloads: int
    differences: tuple[Difference, ...]

    @property
    def absent(self) -> tuple[str, ...]:
        """The kinds of manifests that nothing can be said of."""
        output = f"output with @type {names().output} in fluentd's configuration"
        kinds = {
            f"Secret {names().secret}": self.secrets,
            output if self.configurations else "ConfigMap with fluentd's configuration": self.outputs,
            "Deployment that writes events": self.workloads,
        }
        return tuple(kind for kind, count in kinds.items() if not count)


def compare(view: View, registration: Registration, judged: tuple[Region, ...]) -> Facts:
    """Compare Secret, ConfigMap and workloads with the registered service, spaces, endpoints and log folder."""
    cluster = view.cluster
    own = [each for each in cluster.workloads if not _other(each)]
    secrets = [(secret, entry) for secret in cluster.secrets for entry in secret.entries if _speaks(secret, entry)]
    outputs = [(each, section) for each in view.configurations for section in each.outputs()]
    found = [
        *(difference for secret, entry in secrets for difference in _secret(secret, entry, registration, judged)),
        *(difference for each, section in outputs for difference in _output(each, section, judged)),
        *_elsewhere(own, logs_of(registration)),
        *(_log_files(own, registration.logs.rstrip("/")) if registration.logs else ()),
    ]
    return Facts(len(secrets), len(view.configurations), len(outputs), len(own), tuple(found))


def _speaks(secret: Secret, entry: SecretEntry) -> bool:
    return secret.resource.name == names().secret or bool(entry.encoded.services)


def _secret(
    secret: Secret, entry: SecretEntry, registration: Registration, judged: tuple[Region, ...]
) -> Iterator[Difference]:
    here = secret.resource.place(entry.key)
    regions = _of_host(judged, entry.key.value)
    if not regions:
        yield _host("the Secret's key", entry.key.value, here, judged)
    ours = [service for service in entry.encoded.services if service.name and service.name.value in registration.names]
    if entry.encoded.services and not ours:
        yield Difference(f"the Secret has no token for the service {registration.service}", here)
    for service in ours:
        if service.project is not None and regions and not {service.project.value, ""} & {r.space_id for r in regions}:
            place = secret.place(entry, service.project.span)
            yield Difference(f"project_id in the Secret is not the spaceId of {regions[0].region}", place)


def _output(each: Configuration, section: Section, judged: tuple[Region, ...]) -> Iterator[Difference]:
    host, region = section.get("targetHost"), section.get("service_region")
    regions = judged
    if host is not None:
        regions = _of_host(judged, host.value.value)
        if not regions:
            yield _host("targetHost", host.value.value, _place(each, host.value.span), judged)
    if region is not None and regions and not {region.value.value, ""} & {entry.region for entry in regions}:
        want = ", ".join(sorted({entry.region for entry in regions}))
        yield Difference(f"service_region is not {want}, which is registered", _place(each, region.value.span))


def _of_host(judged: tuple[Region, ...], host: str) -> tuple[Region, ...]:
    """The registrations that may be of a tracker's host: one that does not say its endpoint is of any."""
    return tuple(entry for entry in judged if host_of(entry.endpoint) in {host, ""})


def _place(each: Configuration, span: Span) -> Place:
    return each.source.place(each.offsets.span(span))


def _host(what: str, host: str, place: Place, judged: tuple[Region, ...]) -> Difference:
    """A host that is none of the judged ones: that of another place, or no endpoint at all."""
    for environment, table in places().items():
        for region, tracker in table.items():
            if tracker.host == host:
                why = f"{what} is the endpoint of {tracker.place} ({region}) at {environment}"
                return Difference(why, place, region)
    want = ", ".join(host_of(entry.endpoint) for entry in judged)
    return Difference(f"{what} is not the registered endpoint {want}", place)


def _other(workload: Workload) -> bool:
    """Whether a workload is surely not the service: atlint's own load, or the agents that read the logs."""
    label, _, value = names().agents.partition("=")
    return workload.loads or workload.labels.get(label) == value


def _mounts(workload: Workload, folder: str) -> bool:
    """Whether a container of it can write into the folder of the logs on its node."""
    for container in workload.containers:
        for mount in container.mounts:
            root = None if container.init or mount.read_only else workload.host_path(container, mount.path)
            if root and f"{folder}/".startswith(f"{root.rstrip('/')}/"):
                return True
    return False


def _log_files(own: list[Workload], folder: str) -> Iterator[Difference]:
    """Log files that a workload is told to write and that lie on its node, in another folder than the declared one."""
    for workload in own:
        for container in workload.containers:
            for variable in container.variables:
                value = at(variable.node, "value")
                if variable.name != LOG_FILE or not variable.text or value is None:
                    continue
                path = workload.host_path(container, normpath(variable.text))
                if path and not path.startswith(f"{folder}/"):
                    place = workload.stream.source.place(value.span)
                    yield Difference(f"{LOG_FILE} is not in {folder}, which is registered", place)


def _elsewhere(own: list[Workload], folder: str) -> Iterator[Difference]:
    """Workloads of which none can write where the registration says that the logs are."""
    if own and not any(_mounts(each, folder) for each in own):
        first = own[0]
        place = first.stream.source.place(first.pod.entries[0].key.span if first.pod.entries else first.pod.span)
        yield Difference(f"no container has {folder} of its node mounted for writing", place)
