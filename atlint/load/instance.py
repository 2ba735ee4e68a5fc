"""The service instance that all CRNs of one event name: where it is, whose it is, and its id."""

from __future__ import annotations

from dataclasses import dataclass

from atlint.load.chooser import Chooser


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance; `id` is empty where the service is global and has none."""

    #: cloud name and cloud type
    cloud: tuple[str, str]
    service: str
    location: str
    account: str
    id: str

    @property
    def parts(self) -> dict[str, str]:
        """The segments of an instance's CRN, as `spell` takes them; the version is the grammar's."""
        return {
            "cname": self.cloud[0],
            "ctype": self.cloud[1],
            "service": self.service,
            "location": self.location,
            "scope": f"a/{self.account}",
            "instance": self.id,
            "resource_type": "",
            "resource": "",
        }


def guid(draw: Chooser) -> str:
    """A GUID in lower case."""
    text = f"{draw.integer(0, 16**32 - 1):032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
