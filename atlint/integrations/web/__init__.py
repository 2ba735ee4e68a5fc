"""`atlint web`: a page on loopback that checks events while they are typed, with the engine of `atlint check`."""

from atlint.integrations.web.server import Web, web

__all__ = ["Web", "web"]
