"""`atlint doctor`: what fluentd's own log says about lost events."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from atlint.cli.options import is_of_cluster, listed, named, reporting, worded
from atlint.model import AtlintError


@click.command("doctor", short_help="Find causes and repairs in fluentd's own log.")
@named("file", metavar="FILE")
@worded("--registration", metavar="FILE", help="The registration of the service that misses its events.")
@worded("--kube", multiple=True, metavar="PATH", help="The cluster's manifests: files or folders; repeatable.")
@reporting("Repeatable: text, json, markdown, ...")
@click.option("--quiet", "-q", is_flag=True, help="Print causes and repairs only.")
def command(file: str, registration: str | None, kube: tuple[str, ...], output: tuple[str, ...], quiet: bool) -> int:  # noqa: FBT001 - click passes flags so
    """Find the causes in fluentd's own log, and say what to do; - is standard input.

    Get it by `kubectl -n kube-system logs POD`. With --registration and --kube what they say is joined in.

    Exit codes: 0 no event was lost, 1 events were lost, 2 wrong usage, 3 this is no log of fluentd's.
    """
    from atlint.cli.output import check_outputs, write_report
    from atlint.lint.source import find
    from atlint.pipeline.doctor import diagnose
    from atlint.pipeline.registration_file import registration_of
    from atlint.report.check import Options, judges_of
    from atlint.report.doctor import report
    from atlint.report.manifests import read, view_of

    outputs = listed(output)
    check_outputs(outputs, (file, registration, *kube))
    known = registration_of(Path(registration)) if registration else None
    options = Options(edition=known.edition, registration=known) if known else Options()
    plan = judges_of(options)[0].plan
    if Path(file).is_dir():
        raise AtlintError(f"{file}: a folder; name the log of one fluentd")
    view = view_of(read(find(kube, is_of_cluster)), plan) if kube else None
    found = report(diagnose(_lines(file)), file, plan, view)
    write_report(found, outputs, quiet=quiet)
    return found.exit_code


def _lines(path: str) -> Iterator[str]:
    from atlint.forms import form_of
    from atlint.lint.source import find, lines

    for source in find((path,)):
        for line in lines(source):
            if line.offset == 0 and (form := form_of(line.raw)):
                mend = "unpack it" if form.packed else f"make it so by: iconv -f {form.name} -t UTF-8"
                raise AtlintError(f"{path}: the file is {form.name}, and a log of fluentd's is text in UTF-8; {mend}")
            yield line.raw.decode("utf-8", "replace")
