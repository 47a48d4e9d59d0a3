"""`recon doctor`: can it work here?"""

from __future__ import annotations

import sys

import click

from pipelines.commands.common import DONE, FAILED, prepare


@click.command(short_help="Settings, sign-in, clock, disk, lock, versions")
@click.option("--offline", is_flag=True, help="Do not try the sign-in.")
def doctor(offline: bool) -> None:
    """Settings (secrets masked), sign-in, clock, disk, lock, versions, last load."""
    from pipelines.doctor import examine
    from pipelines.session import open_clients

    settings, folders = prepare(make=False)
    can_sign_in = bool(settings.tenant_id and settings.client_id and settings.client_secret) and not offline
    client = open_clients(settings, folders).partner_center if can_sign_in else None
    findings = list(examine(settings, client))
    for finding in findings:
        mark = "NOT " if not finding.is_good else "warn" if finding.is_warning else "ok  "
        click.echo(f"{mark} {finding.name}: {finding.text}")
    sys.exit(DONE if all(finding.is_good for finding in findings) else FAILED)
