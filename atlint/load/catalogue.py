"""Services to make events about where no registration names one: what they are called and what can be done."""

from __future__ import annotations

from typing import Final, NamedTuple


class Thing(NamedTuple):
    """A kind of object of a service, and the verbs that its events usually have."""

    name: str
    verbs: tuple[str, ...]
    #: whether work on it is work on the user's data
    data: bool = False


class Service(NamedTuple):
    """A service as actions name it, as CRNs name it, and as people do."""

    name: str
    crn: str
    display: str
    things: tuple[Thing, ...]


_LIFE: Final = ("create", "read", "update", "delete")

SERVICES: Final = (
    Service(
        "containers-kubernetes",
        "containers-kubernetes",
        "Kubernetes Service",
        (
            Thing("cluster", ("create", "read", "update", "delete")),
            Thing("worker", ("create", "delete", "update", "read")),
            Thing("worker-pool", ("create", "delete", "update")),
            Thing("subnet", ("create", "delete")),
        ),
    ),
    Service(
        "kms",
        "kms",
        "Key Protect",
        (
            Thing("secrets", ("create", "read", "delete", "restore", "enable", "disable"), data=True),
            Thing("policies", ("read", "update")),
            Thing("registrations", ("create", "delete", "read")),
        ),
    ),
    Service(
        "cloud-object-storage",
        "cloud-object-storage",
        "Object Storage",
        (
            Thing("bucket", _LIFE),
            Thing("object", _LIFE, data=True),
            Thing("bucket-cors", ("read", "update", "delete")),
            Thing("bucket-lifecycle", ("read", "update")),
        ),
    ),
    Service(
        "cloudantnosqldb",
        "cloudantnosqldb",
        "Cloudant",
        (
            Thing("database", ("create", "delete", "read"), data=True),
            Thing("document", _LIFE, data=True),
            Thing("session", ("authenticate", "create", "delete")),
        ),
    ),
    Service(
        "secrets-manager",
        "secrets-manager",
        "Secrets Manager",
        (Thing("secret", _LIFE), Thing("secret-group", _LIFE), Thing("instance", ("read", "backup", "restore"))),
    ),
    Service(
        "iam-groups",
        "iam-groups",
        "IAM Access Groups",
        (Thing("group", _LIFE), Thing("member", ("create", "delete")), Thing("rules", ("create", "read"))),
    ),
    Service(
        "is.instance",
        "is",
        "Virtual Server for VPC",
        (Thing("instance", ("create", "start", "stop", "delete")), Thing("action", ("create", "read"))),
    ),
    Service(
        "messagehub",
        "messagehub",
        "Event Streams",
        (Thing("topic", ("create", "delete", "update")), Thing("message", ("send", "receive"), data=True)),
    ),
)
