"""Family AT9: what keeps a service from being registered, or from being known to be fit for it.

The checks need a whole registration, its logs and its cluster: they are `atlint.pipeline.registration_file` and
`atlint.readiness`. A breaker here makes one file of such a case, named by `Broken.path`, from
`EXAMPLE`, or changes the logged event.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from atlint.rules.draft import Draft
from atlint.rules.rule import ERROR, INFO, WARNING, Breaker, Broken, Case, Rule, Scope, Stage, always

#: rules that say that something was not shown, rather than that something is wrong (exit code 3, not 1)
UNPROVEN: Final = frozenset({"AT901", "AT902", "AT903", "AT905"})
#: a registration that the first shipped event of at-2018 agrees with
EXAMPLE: Final = """\
edition: at-2018
service: {name: containers-kubernetes, displayName: Kubernetes Service}
userCopy: account
logs: /var/log/at/containers-kubernetes
registrations:
  - environment: stage1
    region: ng
    endpoint: https://activity-tracker.stage1.ng.bluemix.net
    spaceId: 5e0b2c4a-7d19-4f83-a6b5-c1e09d8f7a32
    accountId: 3f1b7c0d9e2a4586b1c7d0e9f8a24356
actions:
  - action: containers-kubernetes.worker.create
    target: containers-kubernetes/worker
    severity: normal
    outcomes: [success]
"""
REGISTRATION_FILE: Final = "registration.yaml"
LOG_FILE: Final = "events.log"
EVIDENCE_FILE: Final = "evidence.json"


def _instead(old: str, *new: str, pointer: str = "") -> Breaker:
    """A breaker that writes one of `new` in place of `old` in the registration."""

    def make(_draft: Draft, draw: random.Random) -> Broken:
        return Broken(EXAMPLE.replace(old, draw.choice(new)).encode(), pointer, path=REGISTRATION_FILE)

    return make


def _event(role: str, *values: str) -> Breaker:
    """A breaker that writes one of `values` at a role of the logged event."""
    return lambda draft, draw: draft.put(role, draw.choice(values))


def _file(path: str, raw: bytes) -> Breaker:
    """A breaker that puts `raw` in place of a file."""
    return lambda _draft, _draw: Broken(raw, path=path)


RULES: Final = (
    Rule(
        code="AT901",
        name="no-events",
        summary="There is not one event to judge the service by.",
        cases={
            "": Case("there is no event to judge", always(INFO), help="give the logs of a test with --logs"),
            "foreign": Case(
                "none of the {whole} events belongs to the {environment} registration of {want}",
                always(INFO),
                help="give the logs of this service, of this environment",
            ),
            "region": Case(
                "no event is of the region {want}, which is registered for {environment}",
                always(INFO),
                help="give logs of that region too, or judge one region with --region",
            ),
        },
        what="Not enough evidence, rather than a fault. Counts the events that belong to the registration, to the "
        "environment that is judged, and to each of its regions.",
        why="A gate that passes over an empty log lets a service into production that never wrote an event: a "
        "path that is not mounted looks just like a service without faults.",
        repair="Run the service's tests, or `atlint load` with the registration, and give the log files with `--logs`.",
        cites=("SEED#step 1", "BP18#test"),
        scope=Scope.REGISTRATION,
        stage=Stage.SHAPE,
        breaker=_file(LOG_FILE, b""),
    ),
    Rule(
        code="AT902",
        name="action-not-seen",
        summary="A declared action never occurred in the logs.",
        cases={
            "": Case(
                "{count} of {whole} declared actions never occurred: {want}",
                always(INFO),
                help="do them once in a test, or take them out of the registration",
            )
        },
        what="Not enough evidence, rather than a fault. Looks for every action of the registration among the events "
        "that belong to it.",
        why="Nothing is known of an event that was never written. It is often the one that fails: a delete that "
        "nobody tested, an action whose name has a slip in it.",
        repair="Extend the test until each declared action was done once. Take out what the service cannot do.",
        cites=("SEED#step 1", "BP18#test"),
        scope=Scope.REGISTRATION,
        stage=Stage.SHAPE,
        breaker=_instead(
            "actions:\n",
            "actions:\n  - action: containers-kubernetes.worker.delete\n",
            "actions:\n  - action: containers-kubernetes.cluster.create\n    outcomes: [success, failure]\n",
            pointer="/actions/0/action",
        ),
    ),
    Rule(
        code="AT903",
        name="outcome-not-seen",
        summary="A declared outcome of an action never occurred in the logs.",
        cases={
            "": Case(
                "{count} of {whole} declared outcomes never occurred: {want}",
                always(INFO),
                help="make each of them happen once in a test",
            )
        },
        what="Not enough evidence, rather than a fault. Looks for every outcome that the registration declares of an "
        "action, where that action occurred.",
        why="Failures take another path through the code than successes, and it is the failures that an auditor "
        "asks for.",
        repair="Test a refused request of each action, not only a granted one.",
        cites=("SEED#step 1", "EV18#outcome"),
        scope=Scope.REGISTRATION,
        stage=Stage.SHAPE,
        breaker=_instead(
            "outcomes: [success]",
            "outcomes: [success, failure]",
            "outcomes: [success, pending]",
            pointer="/actions/0/outcomes/1",
        ),
    ),
    Rule(
        code="AT904",
        name="error-rate",
        summary="More lines of the logs have errors than the bound allows.",
        cases={
            "": Case(
                "{count} of {whole} lines have errors, and {want} may",
                always(ERROR),
                help="atlint check shows each of them at its line and column",
            ),
            "cluster": Case(
                "{count} errors in {whole} files of the cluster: {want}",
                always(ERROR),
                help="atlint check shows each of them at its line and column",
            ),
        },
        what="Counts the lines of the logs that have at least one finding at error level, among all that are events or "
        "should be: unreadable lines count, blank ones do not. `--max-error-rate` sets the bound, which is none by "
        "default. Errors of the cluster's manifests are counted apart.",
        why="An event with an error is lost, misrouted, unreadable to its consumers, or leaks. In production there "
        "are more of them than in a test, not fewer.",
        repair="Mend them one rule at a time; `atlint explain` has a page for each.",
        cites=("SEED#step 1", "BP18#test"),
        scope=Scope.REGISTRATION,
        stage=Stage.SHAPE,
        breaker=_event("outcome", "SUCCESS", "ok"),
    ),
    Rule(
        code="AT905",
        name="staging-not-proven",
        summary="Production is asked for without evidence of a clean staging.",
        cases={
            "": Case(
                "production is asked for without evidence from stage1",
                always(INFO),
                help="run atlint ready --environment stage1 --evidence FILE, then give that file with --staging",
            )
        },
        what="Not enough evidence, rather than a fault. Production needs the file that `--evidence` writes at the "
        "end of a clean run at stage1.",
        why="A service is registered in staging first, and for production once it is tested and compliant.",
        repair="Run `atlint ready` at stage1 with `--evidence FILE`, and give that file with `--staging FILE`.",
        cites=("SEED#step 1",),
        scope=Scope.REGISTRATION,
        stage=Stage.SHAPE,
        breaker=_file(EVIDENCE_FILE, b""),
    ),
    Rule(
        code="AT906",
        name="staging-stale",
        summary="The evidence of staging is for something else than what is registered now.",
        cases={
            "": Case("{why}", always(ERROR), help="run atlint ready --environment stage1 --evidence FILE again"),
        },
        what="The evidence names the digests of the registration and of the Plan, the version of atlint, the time, "
        "and carries a digest of itself. One that was edited, that belongs to another registration, Plan or "
        "version, that was not ready, that allowed more errors than are allowed now, or that is older than 90 days, "
        "proves nothing.",
        why="What was tested is not what goes into production: rules, facts or declared actions changed in between.",
        repair="Run the judgement at stage1 again and give the new file.",
        cites=("SEED#step 1",),
        scope=Scope.REGISTRATION,
        stage=Stage.SHAPE,
        breaker=_file(EVIDENCE_FILE, b'{"verdict": "ready"}'),
    ),
    Rule(
        code="AT907",
        name="endpoint-not-available",
        summary="There is no tracker in that region of that environment.",
        cases={
            "": Case(
                "there is no tracker in {place} at {environment}: there is one in {want}",
                always(ERROR),
                help="register another region, or wait for production",
            )
        },
        what="Compares environment and region with the table of endpoints. Frankfurt and Sydney have none at stage1.",
        why="Events for an endpoint that does not exist stay in fluentd's buffer until they are dropped.",
        repair="Test at stage1 in a region that has an endpoint there, and register the others for production.",
        cites=("SEED#endpoints",),
        scope=Scope.REGISTRATION,
        stage=Stage.SHAPE,
        breaker=_instead("region: ng", "region: eu-de", "region: au-syd", pointer="/registrations/0/endpoint"),
    ),
    Rule(
        code="AT908",
        name="endpoint-region-mismatch",
        summary="The endpoint is not that of the region and environment beside it.",
        cases={
            "": Case(
                "{said} is no endpoint of the tracker; {place} at {environment} has {want}",
                always(ERROR),
                help="write {want}",
            ),
            "region": Case(
                "{said} is the endpoint of {there}; {place} at {environment} has {want}",
                always(ERROR),
                help="write {want}",
            ),
            "environment": Case(
                "{said} is the endpoint of {there}; {place} at {environment} has {want}",
                always(ERROR),
                help="write {want}",
            ),
        },
        what="Compares the endpoint of each registration with the table: it must be the one of that region in that "
        "environment.",
        why="A service token is good at one endpoint only: every other one answers 401, and the events are dropped "
        "after the last retry.",
        repair="Write the endpoint that stands in the message, in the registration and in the Secret's key.",
        cites=("SEED#endpoints", "SEED#step 1"),
        scope=Scope.REGISTRATION,
        stage=Stage.SHAPE,
        breaker=_instead(
            "activity-tracker.stage1.ng",
            "activity-tracker.stage1.eu-gb",
            "activity-tracker.ng",
            "activity-traker.stage1.ng",
            pointer="/registrations/0/endpoint",
        ),
    ),
    Rule(
        code="AT909",
        name="registration-incomplete",
        summary="A fact that the registration needs is missing or malformed.",
        cases={
            "yaml": Case(
                "not YAML: {why}",
                always(ERROR),
                help="mend it there: mostly it is the indent, a tab, or a text with a colon that needs quotes",
            ),
            "documents": Case(
                "a second document; a registration is one",
                always(ERROR),
                help="keep each service's registration in a file of its own, without ---",
            ),
            "type": Case("{field} must be {want}", always(ERROR)),
            "unknown": Case("unknown key {field}; known are {want}", always(ERROR)),
            "value": Case("{field} is {said}; it may be {want}", always(ERROR)),
            "repeated-key": Case(
                "the same key twice; the first one counts for nothing", always(ERROR), help="remove one of the two"
            ),
            "repeated": Case(
                "the same {field} twice", always(ERROR), help="keep one entry, and correct or remove the other"
            ),
            "form": Case("{field} is {said}, and should be {want}", always(ERROR)),
            "missing": Case(
                "{field} is missing{about}", always(ERROR), help="add it; atlint init writes a complete file"
            ),
            "environment": Case(
                "nothing is registered for {environment}",
                always(ERROR),
                help="add an entry to registrations with the endpoint of a region",
            ),
            "region": Case("the region {want} is not registered for {environment}", always(ERROR)),
        },
        what="Judges the registration file by itself: shape, required facts, forms of ids, declared actions, and "
        "that something is registered for the environment at hand.",
        why="The registration is made by people from these facts. What is missing costs a round of questions; what "
        "is wrong sends the service's events to somebody else's space.",
        repair="Fill in the fact at the line named. `atlint init` writes a complete file.",
        cites=("SEED#step 1",),
        scope=Scope.REGISTRATION,
        stage=Stage.SHAPE,
        breaker=_instead(
            "    spaceId: 5e0b2c4a-7d19-4f83-a6b5-c1e09d8f7a32\n",
            "",
            "    spaceId: YOUR_SERVICE_SPACE_ID\n",
            pointer="/registrations/0/spaceId",
        ),
    ),
    Rule(
        code="AT910",
        name="region-not-registered",
        summary="Events or manifests are of a region that has no registration.",
        cases={
            "": Case(
                "{count} of {whole} events are of {said}; registered for {environment} are {want}",
                always(ERROR),
                help="register each region that the service runs in",
            ),
            "cluster": Case(
                "the manifests are for {said}; registered for {environment} are {want}",
                always(ERROR),
                help="register each region that the service runs in",
            ),
        },
        what="Looks at the provider's region of every event, at the Secret's key, and at targetHost and "
        "service_region of the configuration.",
        why="Each region is registered separately: the tracker of another one has no token for the service.",
        repair="Register that region too, or take it out of the service's configuration.",
        cites=("SEED#step 1", "SEED#encoded services"),
        scope=Scope.REGISTRATION,
        stage=Stage.SHAPE,
        breaker=_event("meta/serviceProviderRegion", "au-syd", "eu-de"),
    ),
    Rule(
        code="AT911",
        name="catalogue-gap",
        summary="Events and the declared catalogue of events differ.",
        cases={
            "": Case(
                "{count} of {whole} events have actions that are not declared: {want}",
                always(WARNING),
                help="declare them, since customers read the catalogue",
            ),
            "target": Case(
                "{count} of {whole} events have another target or severity than is declared: {want}",
                always(WARNING),
                help="correct the registration or the service",
            ),
        },
        what="Compares actions, target types and the severity of successes with what the registration declares.",
        why="The catalogue page that customers get is made from the registration. What it does not list, nobody "
        "watches for.",
        repair="Declare the action with its target and outcomes, or mend the service where it misspells one.",
        cites=("BP18#catalogue", "EV18#action"),
        scope=Scope.REGISTRATION,
        stage=Stage.SHAPE,
        breaker=_instead("worker.create", "worker.remove", pointer="/actions/0/action"),
        companions={"AT902": "the action that is declared instead does not occur"},
    ),
    Rule(
        code="AT912",
        name="facts-disagree",
        summary="Events, cluster and registration name different services, spaces, regions or endpoints.",
        cases={
            "registration": Case(
                "{field} begins with {said}; the service is {want}",
                always(ERROR),
                help="write the service's own name, or list the other one under aliases",
            ),
            "": Case("{why}", always(ERROR), help="write the same fact everywhere, from one source"),
        },
        what="Compares service, space, region and endpoint of the registration with the events, with the services "
        "that are encoded in the Secret, with the Secret's key, with targetHost and service_region of the "
        "ConfigMap, and with the folder that the Deployment writes in.",
        why="Each of the four files is right by itself, and yet nothing arrives: fluentd finds no token for the "
        "service of the event, or the tracker has no such space.",
        repair="Make the manifests with `atlint compile --target kube`, from the registration.",
        cites=("SEED#step 1", "SEED#encoded services", "SEED#meta"),
        scope=Scope.REGISTRATION,
        stage=Stage.SHAPE,
        breaker=_event("meta/serviceProviderProjectId", "9c1d7b20-4e6f-4a53-8b12-70d5e3f6a981"),
    ),
)

#: the same by code
READINESS: Final[Mapping[str, Rule]] = MappingProxyType({rule.code: rule for rule in RULES})
