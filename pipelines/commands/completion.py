"""`recon completion`: what to give a shell so that Tab completes."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from pipelines.commands.output import Document, json_option

_VARIABLE = "_RECON_COMPLETE"
# Where each shell reads it when it starts.
_INSTALL = {
    "bash": "echo 'eval \"$(recon completion bash)\"' >> ~/.bashrc",
    "zsh": "echo 'eval \"$(recon completion zsh)\"' >> ~/.zshrc",
    "fish": "recon completion fish > ~/.config/fish/completions/recon.fish",
}


@click.command(short_help="Completion for bash, zsh or fish")
@click.argument("shell", type=click.Choice([*_INSTALL]))
@click.pass_context
@json_option
def completion(context: click.Context, document: Document, shell: str) -> None:
    """Print the script that makes Tab complete commands, options, resources, ids and months.

    Once, for all shells to come: the first line of what it prints says how.
    """
    kind = get_completion_class(shell)
    assert kind is not None  # Or click would not have taken the name.
    shell_completion = kind(context.find_root().command, {}, "recon", _VARIABLE)
    script = shell_completion.source_template % shell_completion.source_vars()
    document.add(shell=shell, install=_INSTALL[shell], script=script)
    click.echo(f"# for good: {_INSTALL[shell]}\n{script}")
