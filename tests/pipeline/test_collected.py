from __future__ import annotations

import pytest

from atlint.pipeline.collected import Collected
from atlint.pipeline.fluentd import parse
from atlint.pipeline.tailer import Tailer

STOCK = "<source>\n@type tail\npath /var/log/at/**/*.log*\nexclude_path /var/log/at/**/*.gz\n</source>"
STRICT = "<source>\n@type tail\npath /var/log/at/**/*.log,/var/log/at-no-rotate/**/*.log\n</source>"
OWN = "<source>\n@type tail\npath /srv/events/%Y/*.log\n</source>"
FOLDER = "/var/log/at/kms"


@pytest.mark.parametrize(
    ("config", "path", "cause"),
    [
        # where it lies on the node
        (STOCK, "/var/log/at/kms/a.log", "read"),
        (STOCK, "/var/log/at/./x/../kms/a.log", "read"),
        (STOCK, "/var/log/at/kms/a.json", "not-matched"),
        (STOCK, "/var/log/at/kms/.a.log", "hidden"),
        (STOCK, "/var/log/at/kms/a.LOG", "case"),
        (STOCK, "/var/log/at/kms/a.log.gz", "excluded"),
        (STOCK, "/var/log/at-no-rotate/kms/a.log", "not-matched"),
        (STRICT, "/var/log/at-no-rotate/kms/a.log", "read"),
        (OWN, "/srv/events/2026/a.log", "read"),
        (OWN, "/srv/events/a.log", "not-matched"),
        # copied elsewhere, with the root's folder
        (STOCK, "/home/ci/logs/at/kms/a.log", "read"),
        (STOCK, "/home/ci/logs/at-no-rotate/a.log", "not-matched"),
        (STOCK, "/home/at/var/log/at-no-rotate/a.log", "not-matched"),
        (STOCK, "/home/ci/at/.hidden/a.log", "hidden"),
        # copied elsewhere, the name alone
        (STOCK, "/elsewhere/a.log", "read"),
        (STOCK, "/elsewhere/.hidden/a.log", "read"),
        (STOCK, "/elsewhere/a.json", "not-matched"),
        (STOCK, "a.log", "read"),
        (STOCK, "-", "unnamed"),
        # rotated: read under the name that it had
        (STRICT, "/var/log/at/kms/a.log.1", "read"),
        (STRICT, "/var/log/at/kms/a.log.2018-11-29.gz", "read"),
        (STRICT, "/var/log/at/kms/a.json.1", "not-matched"),
        (STRICT, "/var/log/at/kms/a.log.bak", "not-matched"),
    ],
)
def test_whether_a_file_is_collected(config: str, path: str, cause: str) -> None:
    reading = Collected(Tailer.of([parse(config)]), FOLDER).reads(path)
    assert (reading.cause, reading.read) == (cause, cause in {"read", "unnamed"}), reading.why
