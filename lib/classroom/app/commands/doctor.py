"""`nextword doctor`: what a bug report needs, and what is wrong."""

import click

from classroom.app import doctor


@click.command
def command():
    """Look at this machine and say what is wrong."""
    click.echo(doctor.report())
