"""A registration to the Kubernetes manifests of its cluster: Secret, ConfigMap, Deployment and load Job."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass, field, replace
from typing import Final

import atlint
from atlint.model import AtlintError
from atlint.pipeline.encoded import NAME, PROJECT, TOKEN
from atlint.pipeline.environment import LOG_FILE
from atlint.pipeline.names import names
from atlint.pipeline.registration_facts import host_of, logs_of
from atlint.pipeline.service_token import wrong_kind
from atlint.plan.registration import Region, Registration
from atlint.targets.registration import value_of

#: who the service runs as; any user but root will do
USER: Final = 10001
#: the time of the load's first event unless another is given: long past, and the same for every shard
NOW: Final = "2026-01-01T00:00:00Z"

_FOLDER: Final = re.compile(r"[A-Za-z0-9._/-]+")
#: what stands where the service token should, in words
_INSTEAD: Final = {"placeholder": "a placeholder", "iam": "an IAM token", "api-key": "an API key"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the manifests are for. The token is in no representation."""

    registration: Registration
    region: Region
    token: str = field(repr=False)
    shards: int = 4
    rate: int = 1000
    duration: str = "10m"
    now: str = NOW
    image: str = ""

    @property
    def folder(self) -> str:
        """Where the service's pods write."""
        return logs_of(self.registration)

    @property
    def root(self) -> str:
        """The log root that the folder lies below."""
        found = next((root for root in reversed(names().roots) if f"{self.folder}/".startswith(f"{root}/")), None)
        if found is None:
            raise AtlintError(
                f"logs: {self.folder} lies below none of {', '.join(names().roots)}, which fluentd's pods can see"
            )
        if not _FOLDER.fullmatch(self.folder) or ".." in self.folder.split("/"):
            raise AtlintError("logs: the folder's name may hold letters, digits, dots, dashes and underscores only")
        return found

    @property
    def name(self) -> str:
        """The service's name as Kubernetes takes it for objects (RFC 1123)."""
        name = re.sub(r"[^a-z0-9]+", "-", self.registration.service.lower()).strip("-")[:40]
        return name or "service"


def token_of(text: str) -> str:
    """A service token as it was read from the environment or a file.

    Raises AtlintError, without the token, for what is surely none: blanks within it, or what AT709 tells of.
    """
    token = text.strip()
    if kind := wrong_kind(token):
        what = _INSTEAD[kind]
        raise AtlintError(f"this is {what}; Activity Tracker gives a service token when a service is registered")
    if not token or re.search(r"\s", token) or not token.isprintable():
        raise AtlintError("the service token must be one word, on one line")
    return token


def manifests(wanted: Wanted) -> dict[str, str]:
    """The files by their names. Raises AtlintError for a log folder that fluentd cannot see."""
    _ = wanted.root
    return {
        "at_secret.yaml": _secret(wanted),
        "at_config.yaml": _config_map(wanted),
        "deployment.yaml": _deployment(wanted),
        "load_job.yaml": _job(wanted),
        "restart_fluentd.sh": _restart(),
    }


def encoded_services(registration: Registration, region: Region, token: str) -> str:
    """The services JSON, base64 without a line break."""
    entry = {NAME: registration.service, TOKEN: token, PROJECT: region.space_id}
    text = json.dumps({"services": [entry]}, separators=(",", ":"), ensure_ascii=False)
    return base64.b64encode(text.encode()).decode("ascii")


def _head(wanted: Wanted, about: str) -> str:
    where = f"{wanted.region.environment}, region {wanted.region.region}"
    return f"# {about} of {wanted.registration.service} for {where}. Made by atlint {atlint.__version__}.\n"


def _secret(wanted: Wanted) -> str:
    return f"""{_head(wanted, "Activity Tracker's secret")}# It holds a live token: keep it out of version control.
# Several services on one cluster share this Secret: put their entries into one list of services.
apiVersion: v1
kind: Secret
metadata:
  name: {names().secret}
  namespace: {names().namespace}
type: Opaque
data:
  {host_of(wanted.region.endpoint)}: {encoded_services(wanted.registration, wanted.region, wanted.token)}
"""


def configuration(region: Region) -> str:
    """What fluentd reads, and where it sends it.

    The retry settings stand within `<buffer>`, where they have an effect, and never give up. A renamed file is
    read to its end through its open handle, so that the paths need not match its new name (tailer#rotation).
    """
    paths = ",".join(f"{root}/**/*.log" for root in names().roots)
    return f"""<worker 0>
  <source>
    @type tailinodes
    path {paths}
    pos_file /mnt/ibm-kube-fluentd-persist/fluentd-at.pos
    tag kubernetes.at.*
    format json
    read_from_head true
    read_lines_limit 100
    rotate_wait 43200
    follow_inodes true
  </source>
  <match kubernetes.at.**>
    @type {names().output}
    targetHost {host_of(region.endpoint)}
    service_region {region.region}
    ibm_plugin_log_level warn
    secrets_path /mnt/activity-tracker/secrets
    <buffer>
      @type file
      path /mnt/ibm-kube-fluentd-persist/fluentd-at-buffer.buf
      overflow_action block
      flush_interval 10s
      flush_at_shutdown true
      total_limit_size 800m
      chunk_limit_size 500k
      retry_forever true
      retry_wait 1s
      retry_max_interval 10s
    </buffer>
  </match>
</worker>
"""


def _config_map(wanted: Wanted) -> str:
    return f"""{_head(wanted, "fluentd's configuration for the events")}apiVersion: v1
kind: ConfigMap
metadata:
  name: {names().config_map}
  namespace: {names().namespace}
data:
  {names().key}: |
{_indented(configuration(wanted.region), 4)}"""


def _deployment(wanted: Wanted) -> str:
    name = wanted.name
    return f"""{_head(wanted, "What the deployment needs to write events")}# Take over all but the image and the name.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  labels:
    app: {name}
spec:
  replicas: 2
  selector:
    matchLabels:
      app: {name}
  template:
    metadata:
      labels:
        app: {name}
    spec:
      securityContext:
        runAsNonRoot: true
        runAsUser: {USER}
        runAsGroup: {USER}
{_indented(_init_container(wanted), 6)}      containers:
      - name: {name}
        image: {_quoted(wanted.image or f"{name}:latest")}
        env:
        - name: POD_NAME
          valueFrom:
            fieldRef:
              fieldPath: metadata.name
        # one file for each pod: the folder is shared by all pods of the node
        - name: {LOG_FILE}
          value: {wanted.folder}/$(POD_NAME).log
        securityContext:
          allowPrivilegeEscalation: false
        volumeMounts:
        - name: at-events
          mountPath: {wanted.root}
{_indented(_volume(wanted), 6)}"""


def _init_container(wanted: Wanted) -> str:
    """The host's folder is made by root: hand it to the service's user before it starts (SEED#init containers)."""
    folder = wanted.folder
    script = f"mkdir -p {folder} && chown {USER}:{USER} {folder} && chmod a+rwx {folder}"
    return f"""initContainers:
- name: prepare-log-folder
  image: busybox:1.36
  command:
  - sh
  - -c
  - {script}
  securityContext:
    runAsUser: 0
    runAsNonRoot: false
  volumeMounts:
  - name: at-events
    mountPath: {wanted.root}
"""


def _volume(wanted: Wanted) -> str:
    return f"""volumes:
- name: at-events
  hostPath:
    path: {wanted.root}
    type: DirectoryOrCreate
"""


def _job(wanted: Wanted) -> str:
    """One shard of the load for each pod; names and bytes follow from the shard's index alone."""
    name = f"{wanted.name}-at-load"
    root, _, last = wanted.folder.rpartition("/")
    plain = last == wanted.registration.service
    target = root if plain else wanted.folder
    manifest = f"{wanted.folder}/{name}-$JOB_COMPLETION_INDEX.manifest.jsonl"
    script = (
        f"exec atlint load {target} --registration /etc/atlint/registration.json --rate {wanted.rate}"
        f" --duration {wanted.duration} --now {wanted.now}"
        f' --shard "$((JOB_COMPLETION_INDEX + 1))/{wanted.shards}" --manifest "{manifest}"'
    )
    return f"""{_head(wanted, "A load on the whole cluster")}# The image holds atlint {atlint.__version__}.
# The truth about each shard lies beside its log, in a file that no tailer reads.
apiVersion: v1
kind: ConfigMap
metadata:
  name: {name}
data:
  registration.json: |
{_indented(_registration(wanted), 4)}---
apiVersion: batch/v1
kind: Job
metadata:
  name: {name}
spec:
  completionMode: Indexed
  completions: {wanted.shards}
  parallelism: {wanted.shards}
  backoffLimit: 0
  ttlSecondsAfterFinished: 3600
  template:
    metadata:
      labels:
        app: {name}
    spec:
      restartPolicy: Never
      securityContext:
        runAsNonRoot: true
        runAsUser: {USER}
        runAsGroup: {USER}
{_indented(_init_container(wanted), 6)}      containers:
      - name: load
        image: {_quoted(f"atlint:{atlint.__version__}")}
        command:
        - sh
        - -c
        - {script}
        securityContext:
          allowPrivilegeEscalation: false
        volumeMounts:
        - name: at-events
          mountPath: {wanted.root}
        - name: registration
          mountPath: /etc/atlint
          readOnly: true
{_indented(_volume(wanted), 6)}      - name: registration
        configMap:
          name: {name}
"""


def _registration(wanted: Wanted) -> str:
    """The registration of this cluster as JSON, which is YAML too: its events are of its region alone."""
    here = replace(wanted.registration, regions=(wanted.region,))
    return json.dumps(value_of(here), indent=2) + "\n"


def _indented(text: str, blanks: int) -> str:
    return "".join(f"{' ' * blanks}{line}" if line.strip() else line for line in text.splitlines(keepends=True))


def _quoted(text: str) -> str:
    return json.dumps(text)


def _restart() -> str:
    pods = f"-n {names().namespace}"
    return f"""#!/bin/sh
# fluentd reads the Secret and the ConfigMap when its pods start.
set -eu
cd "$(dirname "$0")"
kubectl apply -f at_secret.yaml -f at_config.yaml
kubectl {pods} delete pods -l {names().agents}
kubectl {pods} wait --for=condition=Ready pods -l {names().agents} --timeout=180s
kubectl {pods} get pods -l {names().agents}
"""
