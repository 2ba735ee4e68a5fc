"""Family AT7, the manifests themselves: fence lines, validity, names, the Secret. `pipeline.checks` speaks for them."""

from __future__ import annotations

import base64
import random
from typing import Final

from atlint.rules.draft import Draft
from atlint.rules.manifests import Manifests, encoded, swapping
from atlint.rules.rule import ERROR, WARNING, Broken, Case, Rule, Scope, Stage, always

_E: Final = always(ERROR)
_NAMED: Final = "  name: activity-tracker-secrets"
_SERVICES_SOURCE: Final = "SEED#encode the account info"


def _fence(draft: Draft, draw: random.Random) -> Broken:
    manifests = Manifests.of(draft)
    manifests.text = draw.choice(["yaml\n{}", "\nyaml \n{}", "```yaml\n{}```\n", "```\nyaml\n{}```\n"]).format(
        manifests.text
    )
    return manifests.broken("")


def _key(draft: Draft, draw: random.Random) -> Broken:
    manifests = Manifests.of(draft)
    host = manifests.host
    key = draw.choice([f"https://{host}", "ACTIVITY_TRACKER_URL", host[1:], "tracker.example.com"])
    manifests.swap(f"  {host}:", f'  "{key}":')
    return manifests.broken("/data/" + key.replace("~", "~0").replace("/", "~1"))


def _encoding(draft: Draft, draw: random.Random) -> Broken:
    manifests = Manifests.of(draft)
    value = encoded(manifests.services)
    cut = len(value) // 2
    other = draw.choice(
        [
            "ENCODED_SERVICES",
            f"{value[:cut]}\n    {value[cut:]}",
            value[: cut // 4 * 4 + 1],
            f"{value[:cut]}*{value[cut:]}",
            base64.b64encode(value.encode()).decode(),
        ]
    )
    manifests.swap(value, other)
    return manifests.broken(f"/data/{manifests.host}")


def _content(draft: Draft, draw: random.Random) -> Broken:
    manifests = Manifests.of(draft)
    texts = ['{"services":[]}', '{"service":1}', "[]", "services: none", '{"services":[{"service_name":"x"}]}']
    manifests.swap(encoded(manifests.services), base64.b64encode(draw.choice(texts).encode()).decode())
    return manifests.broken(f"/data/{manifests.host}")


def _token(draft: Draft, draw: random.Random) -> Broken:
    manifests = Manifests.of(draft)
    key = "".join(draw.choice("ABCDEFGHabcdefgh0123456789_-") for _ in range(41)) + "aZ7"
    tokens = ["YOUR_SERVICE_TOKEN", "<token>", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJzYW1wbGUifQ.c2FtcGxl", key]
    manifests.declare(auth_token_value=draw.choice(tokens))
    return manifests.broken(f"/data/{manifests.host}")


def _live(draft: Draft, draw: random.Random) -> Broken:
    manifests = Manifests.of(draft)
    manifests.declare(auth_token_value="".join(draw.choice("abcdef0123456789") for _ in range(30)) + "a00")
    return manifests.broken(f"/data/{manifests.host}")


RULES: Final = (
    Rule(
        code="AT701",
        name="stray-fence-line",
        summary="A manifest begins with what is left of a code fence.",
        cases={
            "": Case(
                "this line is left of a code fence, and YAML cannot be read with it",
                _E,
                help="remove the line",
                fix="safe",
            )
        },
        what="Looks for a first line `yaml`, or for the fence itself, before the first key of a manifest. The rest of "
        "the file is judged as if the line were not there.",
        why="The page that manifests are copied from has broken fences, so that their language became the first line "
        "of the text. `kubectl` refuses the file with a message about mapping values that names another line.",
        repair="Remove the line; `--fix` does it.",
        cites=("SEED#code blocks of step 2 and 3",),
        scope=Scope.CLUSTER,
        stage=Stage.LINE,
        breaker=_fence,
    ),
    Rule(
        code="AT702",
        name="manifest-invalid",
        summary="A manifest is not YAML, or the Kubernetes API does not take it.",
        cases={
            "": Case(
                "{field} has a value that the Kubernetes API refuses",
                _E,
                help="kubectl apply --dry-run=server says what it takes there",
            ),
            "syntax": Case(
                "not YAML: {what}",
                _E,
                help="mend it there: mostly it is the indent, a tab, or a text with a colon that needs quotes",
            ),
            "template": Case(
                "not YAML: {what}", _E, help="render it, and check what comes out: helm template CHART | atlint check -"
            ),
            "missing": Case("{field} is missing", _E, help="add it; the Kubernetes API refuses the object without it"),
            "unknown": Case("the Kubernetes API knows no {field} in {place}", _E, help="look for a slip in its name"),
            "type": Case("{field} is {found}, and the Kubernetes API takes {want}", _E),
            "duplicate-key": Case("the key {field} was already given in line {line}", _E, help="remove one of the two"),
        },
        what="Reads each document of the file, and holds each object against the schemas of the Kubernetes API, "
        "unknown members included, where the extra `k8s` is installed. Kinds that are not Kubernetes' own are left "
        "alone. An object of an API that is gone is held against its successor. A template that was not rendered is "
        "told of, too, unless it was found in a chart's `templates` or in another folder of that name: of these a note "
        "says that they were not judged.",
        why="The object is not created, or a misspelt member is left out in silence, such as a mount that never "
        "happens.",
        repair="Mend what the message names. `kubectl apply --dry-run=server` asks the cluster itself.",
        cites=("K8S#API reference",),
        scope=Scope.CLUSTER,
        stage=Stage.SHAPE,
        breaker=swapping(
            "/metadata/name",
            [("  name: sample\nspec:", "  labels: {app: sample}\nspec:")],
            [("  name: sample\nspec:", "  name: sample\n  name: sample\nspec:")],
        ),
    ),
    Rule(
        code="AT703",
        name="api-removed",
        summary="A manifest asks for an API that Kubernetes no longer serves.",
        cases={
            "": Case(
                "{version} has served no {kind} since Kubernetes {removed}: use {successor}",
                _E,
                help="change the apiVersion, and check what else the new one demands",
            ),
            "no-successor": Case(
                "{version} has served no {kind} since Kubernetes {removed}, nor does any other",
                _E,
                help="leave it out: the cluster refuses it",
            ),
        },
        what="Compares apiVersion and kind with the table of APIs that were removed.",
        why="A cluster of today refuses the object: nothing is deployed, and no event is written. The documented "
        "sample is of 2018 and asks for such an API.",
        repair="`apps/v1` takes the place of `extensions/v1beta1` for a Deployment; it demands a `selector`.",
        cites=("K8S#removed APIs by release", "SEED#sample deployment descriptor"),
        scope=Scope.CLUSTER,
        stage=Stage.SHAPE,
        breaker=swapping(
            "/apiVersion",
            [("apiVersion: apps/v1", "apiVersion: extensions/v1beta1")],
            [("apiVersion: apps/v1", "apiVersion: apps/v1beta2")],
        ),
    ),
    Rule(
        code="AT704",
        name="secret-name",
        summary="The tracker's Secret has another name than fluentd mounts.",
        cases={"": Case("the Secret is called {said}, and fluentd mounts {want}", _E, help="keep the documented name")},
        what="Looks at Secrets that hold encoded services, or a key that is a tracker's host.",
        why="The agents mount the Secret by its name. Under any other name they find no token, and send nothing.",
        repair="Call it `activity-tracker-secrets`; several regions are several keys of one Secret.",
        cites=("SEED#add a Secret to your cluster",),
        scope=Scope.CLUSTER,
        stage=Stage.SHAPE,
        breaker=swapping(
            "/metadata/name",
            [(_NAMED, "  name: activity-tracker-secret")],
            [(_NAMED, "  name: my-service-tracker")],
        ),
    ),
    Rule(
        code="AT705",
        name="wrong-namespace",
        summary="The tracker's Secret or ConfigMap is not in kube-system.",
        cases={
            "": Case("the {kind} is in the namespace {said}, and fluentd runs in {want}", _E, help="put it there"),
            "missing": Case(
                "the {kind} names no namespace, so that kubectl puts it into the current one and not into {want}",
                _E,
                help="add it to metadata",
            ),
            "release": Case(
                "the {kind} names no namespace: it is right only if the release is installed into {want}",
                always(WARNING),
                help="name the namespace in the template",
            ),
        },
        what="Looks at the namespace of the Secret and of the ConfigMap that the agents read. In the output of Helm a "
        "missing one is a warning, since the release may supply it.",
        why="A pod can mount only what is in its own namespace, and the agents run in `kube-system`.",
        repair="Write `namespace: kube-system` in `metadata`.",
        cites=("SEED#add a Secret to your cluster", "SEED#add a ConfigMap to your cluster"),
        scope=Scope.CLUSTER,
        stage=Stage.SHAPE,
        breaker=swapping(
            "/metadata/namespace",
            [("  namespace: kube-system\ntype", "  namespace: default\ntype")],
            [("  namespace: kube-system\ntype", "type")],
            [("  namespace: kube-system\ndata", "data")],
        ),
    ),
    Rule(
        code="AT706",
        name="secret-key-not-endpoint",
        summary="A key of the tracker's Secret is no tracker's host.",
        cases={
            "": Case("no tracker is called {said}", _E, help="use the host of the endpoint that was registered"),
            "placeholder": Case("the placeholder {said} stands where a tracker's host belongs", _E, help="replace it"),
            "scheme": Case(
                "{said} is an address, and the key is the host alone: Kubernetes refuses `:` and `/` in a key",
                _E,
                help="leave out the scheme and the slash behind the host",
            ),
            "missing": Case(
                "the Secret has no data", _E, help="add the host of the endpoint with the encoded services"
            ),
        },
        what="Compares each key with the hosts of the tracker's endpoints, in staging and in production.",
        why="The agent looks the token up by the host that it sends to. It finds none under another key, and sends "
        "nothing.",
        repair="Take the endpoint from the registration, without `https://`, such as "
        "`activity-tracker.ng.bluemix.net`.",
        cites=("SEED#add a Secret to your cluster", "SEED#endpoints"),
        scope=Scope.CLUSTER,
        stage=Stage.SHAPE,
        breaker=_key,
        companions={"AT715": "the configuration sends to a host that the Secret no longer has"},
    ),
    Rule(
        code="AT707",
        name="encoded-services-base64",
        summary="The encoded services are not base64, or not in one piece.",
        cases={
            "": Case("{what}", _E, help="encode again with `base64 -w0`, and paste the text as it is"),
            "placeholder": Case("{what}", _E, help="put the output of the encoding here"),
            "empty": Case("{what}", _E, help="put the output of the encoding here"),
            "wrapped": Case("{what}", _E, help="encode with `base64 -w0`: GNU base64 breaks lines at 76 columns"),
            "wrapped-yaml": Case(
                "YAML breaks off at the lines of a wrapped base64 text: {what}",
                _E,
                help="encode with `base64 -w0`: GNU base64 breaks lines at 76 columns",
            ),
            "twice-encoded": Case("{what}", _E, help="put it into `data` once encoded, or into `stringData` as it is"),
        },
        what="Decodes the value of each key of the tracker's Secret: alphabet, padding, blanks and line breaks, and "
        "whether what comes out is base64 once more.",
        why="The API server refuses a Secret that is not base64. A wrapped text breaks the file, or is read with "
        "blanks within.",
        repair="`printf '%s' \"$services\" | base64 -w0` (on macOS without `-w0`) gives one line.",
        cites=(_SERVICES_SOURCE,),
        scope=Scope.CLUSTER,
        stage=Stage.SHAPE,
        breaker=_encoding,
    ),
    Rule(
        code="AT708",
        name="encoded-services-content",
        summary="What is encoded is not the services' JSON, or not that of the service.",
        cases={
            "": Case("{what}", _E, help="encode an object with the list `services`, as the tracker's page shows"),
            "placeholder": Case("{field} is the placeholder {said}", _E, help="replace it, and encode again"),
            "service": Case(
                "there is no entry for the service {want}, only for {have}",
                _E,
                help="add an entry with its name, its token and its space",
            ),
            "space": Case(
                "the entry of {said} names the space {have}, and its events or its registration name {want}",
                _E,
                help="the space of the entry, of the events and of the registration is one and the same",
            ),
        },
        what="Reads the JSON that the base64 holds: the list `services`, in each entry `service_name`, "
        "`auth_token_value` and `project_id`. Compares names and spaces with the registration, or with the events "
        "that the manifests write.",
        why="For a service without an entry the agent has no token: it logs that the service token does not exist, "
        "and drops the events. A token for another space is refused.",
        repair="One entry for each service on the cluster, with the name and the space that were registered.",
        cites=(_SERVICES_SOURCE, "SEED#debugging tips"),
        scope=Scope.CLUSTER,
        stage=Stage.SHAPE,
        breaker=_content,
    ),
    Rule(
        code="AT709",
        name="wrong-token-kind",
        summary="Another credential stands where the service token belongs.",
        cases={
            "placeholder": Case("a placeholder stands where the service token belongs", _E, help="replace it"),
            "iam": Case("this is an IAM token, and not a service token", _E, help="ask for a service token"),
            "api-key": Case("this looks like an IAM API key, and not like a service token", _E, help="ask for one"),
        },
        what="Looks at the shape of each `auth_token_value`: a JSON web token, a bearer token, a text as long as an "
        "IAM API key, a placeholder. The token itself is never shown.",
        why="The tracker answers with 401 Unauthorized. An IAM token moreover ends within the hour.",
        repair="Ask for a service token when you register; it comes with the confirmation.",
        cites=("SEED#register the service", "SEED#debugging tips"),
        scope=Scope.CLUSTER,
        stage=Stage.SHAPE,
        breaker=_token,
    ),
    Rule(
        code="AT710",
        name="token-in-source",
        summary="A token that looks live is kept under version control.",
        cases={
            "": Case("{what} that looks live is under version control", _E, help="withdraw it, and take it out"),
            "untracked": Case(
                "{what} that looks live is in a work tree of git, and nothing keeps it from being added",
                always(WARNING),
                help="name the file in .gitignore, or make the Secret when it is deployed",
            ),
        },
        what="Asks for each service token, and for each credential in another manifest, whether git keeps the file. "
        "Only git's index and `.gitignore` are read. The token itself is never shown; base64 hides nothing.",
        why="Whoever can read the repository, or any copy of it, can send events in the service's name, for ever.",
        repair="Ask for a new token. Make the Secret at deployment, from a variable or a vault: "
        "`atlint compile --target kube` reads ATLINT_SERVICE_TOKEN.",
        cites=("SEED#register the service", "BP18#security"),
        scope=Scope.CLUSTER,
        stage=Stage.SHAPE,
        breaker=_live,
    ),
)
