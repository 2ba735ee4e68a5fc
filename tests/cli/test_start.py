"""What a command does not need it does not load: how long a hook takes on a handful of lines is decided by that."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

#: packages and modules that only other kinds of input, other formats or further processes need
APART = (
    "lark", "yaml", "regex", "jinja2", "jsonschema", "rich", "fsspec", "hypothesis", "multiprocessing", "asyncio",
    "atlint.load.run", "atlint.pipeline.cluster", "atlint.pipeline.document", "atlint.pipeline.fluentd",
    "atlint.readiness", "atlint.targets", "atlint.integrations",
)  # fmt: skip
PROGRAM = """
import json, sys
from atlint.cli import main
try:
    main()
except SystemExit:
    pass
sys.stderr.write("\\nLOADED " + json.dumps(sorted(sys.modules)))
"""
LINE = (
    '{"meta":{"serviceProviderName":"kms","serviceProviderRegion":"ng","serviceProviderProjectId":'
    '"5e0b2c4a-7d19-4f83-a6b5-c1e09d8f7a32","userAccountIds":["0123456789abcdef0123456789abcdef"]},"payload":'
    '{"eventTime":"2018-11-29T08:14:52.07+0000","action":"kms.secrets.read","outcome":"%s","severity":"normal",'
    '"reason":{"reasonCode":200},"initiator":{"id":"IBMid-310000ABCD","name":"anna","typeURI":'
    '"service/security/account/user","credential":{"type":"user"},"host":{"address":"8.8.8.8"}},"target":'
    '{"id":"crn:v1:bluemix:public:kms:us-south:a/0123456789abcdef0123456789abcdef:i::","name":"n",'
    '"typeURI":"kms/secrets"}}}\n'
)


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("outcome", ["success", "done"], ids=["clean", "faulty"])
@pytest.mark.parametrize("output", ["text", "json", "github"])
def test_a_check_of_a_log_loads_nothing_that_only_other_inputs_need(
    tmp_path: Path, outcome: str, output: str, jobs: str
) -> None:
    log = tmp_path / "at.log"
    log.write_text(LINE % outcome)
    command = [sys.executable, "-c", PROGRAM, "check", "--isolated", "--output", output, "--jobs", jobs, str(log)]
    shared = {"multiprocessing"} if jobs != "1" else set[str]()
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    loaded = json.loads(ran.stderr.rpartition("LOADED ")[2])
    assert "atlint.lint.engine" in loaded
    apart = tuple(f"{name}." for name in APART if name not in shared)
    assert [name for name in loaded if f"{name}.".startswith(apart)] == []
