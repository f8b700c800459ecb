"""`nextword update`: bring the course up to date, without losing anything of the reader's."""

import click

from classroom.app import updating


@click.command()
def command():
    """Bring the course up to date. What you wrote in my/ stays as it is.

    A lesson that you changed and that has a newer version goes to my/saved/DATE/ first.
    """
    try:
        click.echo("\n".join(updating.update()))
    except (updating.UpdateError, OSError) as error:
        raise click.ClickException(str(error)) from error
