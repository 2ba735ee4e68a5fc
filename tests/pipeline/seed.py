"""The manifests of the seed's page, cut out of it as they stand, and mended by hand as the page says."""

from __future__ import annotations

import base64
import json
import os
import re
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("ATLINT_SHARED", Path(__file__).resolve().parents[3] / "shared"))
PAGE = SHARED / "seed" / "write-by-service-kube.md"
needs_the_page = pytest.mark.skipif(not PAGE.exists(), reason="the shared corpus is not beside the checkout")

SECRET, CONFIG_MAP, WRITER, INIT = "at_secret.yaml", "at_config.yaml", "at_noisy.yaml", "init.yaml"
HOST, SPACE = "activity-tracker.stage1.ng.bluemix.net", "5e0b7c1d-3a94-4f62-8d17-90c2be64af35"
MADE_UP = "service-token-made-up-for-tests"
SERVICE = "containers-kubernetes"


def cut() -> dict[str, str]:
    """The four blocks of YAML, each with the stray line of its fence."""
    blocks = re.findall(r"^```\n(yaml\n.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    return dict(zip((SECRET, CONFIG_MAP, WRITER, INIT), blocks, strict=True))


def mended() -> dict[str, str]:
    """The three manifests with the placeholders replaced and every error and warning taken out."""
    files = {name: text.removeprefix("yaml\n") for name, text in cut().items()}
    services = {"services": [{"service_name": SERVICE, "auth_token_value": MADE_UP, "project_id": SPACE}]}
    encoded = base64.b64encode(json.dumps(services).encode()).decode()
    config = files[CONFIG_MAP].replace("ACTIVITY_TRACKER_URL", HOST).replace("ACTIVITY_TRACKER_REGION", "ng")
    config = config.replace("*.log*", "*.log").replace("retry_max_times 10", "retry_forever true")
    for line in ("time_format.*", "retry_wait.*", "max_retry_wait.*", "disable_retry_limit.*"):
        config = re.sub(rf"(?m)^ *{line}\n", "", config)
    return {
        SECRET: files[SECRET].replace("ACTIVITY_TRACKER_URL", HOST).replace("ENCODED_SERVICES", encoded),
        CONFIG_MAP: config,
        WRITER: _writer(files[WRITER], files[INIT]),
    }


def _writer(text: str, init: str) -> str:
    names = {
        "YOUR_SERVICE_NAME": SERVICE,
        "YOUR_SERVICE_SPACE_REGION": "ng",
        "YOUR_SERVICE_SPACE_ID": SPACE,
        "USER_ACCOUNT_ID": "7131a0c55bd94e0f9f2d6a8b1c3e4f50",
        r",\"userSpaceId\":\"USER_SPACE_ID\",\"userSpaceRegion\":\"USER_SPACE_REGION\"": "",
        "extensions/v1beta1": "apps/v1",
        "kuberentes": "kubernetes",
        "a/4324327284:": "a/7131a0c55bd94e0f9f2d6a8b1c3e4f50:",
        "6e4c93cdf28e47f6abecb7e97e65056d::": "6e4c93cdf28e47f6abecb7e97e65056d:worker:kube-dal09-w1",
        r"\"id\":\"rbertram@us.ibm.com\"": r"\"id\":\"IBMid-270000ABCD\",\"name\":\"someone@example.com\","
        r"\"host\":{\"address\":\"203.0.113.7\"}",
        r"\"security/account": r"\"service/security/account",
        r"\"containers-kubernetes/worker\"": r"\"containers-kubernetes/worker\",\"name\":\"w1\"",
        "2017-10-19 19:07:50.32 +0000 UTC": "2017-10-19T19:07:50.32+0000",
        "/var/log/at/noisy_events.log": "/var/log/at/helloAT/$HOSTNAME.log",
    }
    for old, new in names.items():
        assert old in text, old
        text = text.replace(old, new)
    prepared = "".join(f"    {line}\n" for line in init.removeprefix("yaml\n").splitlines())
    return text.replace("      containers:\n", f"{prepared}      containers:\n")
