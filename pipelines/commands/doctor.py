"""`recon doctor`: can it work here?"""

from __future__ import annotations

import click

from pipelines.commands.colours import say
from pipelines.commands.common import DONE, FAILED, prepare
from pipelines.commands.output import Document, json_option


@click.command(short_help="Settings, sign-in, clock, disk, lock, versions")
@click.option("--offline", is_flag=True, help="Do not try the sign-in.")
@json_option
def doctor(document: Document, offline: bool) -> int:
    """Settings (secrets masked), sign-in, clock, disk, lock, versions, last load."""
    from pipelines.doctor import examine
    from pipelines.session import open_clients

    settings, folders = prepare(make=False)
    can_sign_in = bool(settings.tenant_id and settings.client_id and settings.client_secret) and not offline
    client = open_clients(settings, folders).partner_center if can_sign_in else None
    findings = list(examine(settings, client))
    document.add(profile=settings.profile or None, profiles=settings.profiles, findings=findings)
    for finding in findings:
        mark = "NOT " if not finding.is_good else "warn" if finding.is_warning else "ok  "
        say(f"{mark} {finding.name}: {finding.text}")
    return DONE if all(finding.is_good for finding in findings) else FAILED
