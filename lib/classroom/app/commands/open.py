"""`nextword open`: where the reader's copy of a lesson's exercises is."""

import click

from classroom import course
from classroom.app import exercise_copies


@click.command()
@click.argument("lesson")
def command(lesson):
    """Make your copy of a LESSON's exercises where it is missing, and say where it is.

    LESSON is its number or its name, such as 01. A copy that you have is never overwritten.
    """
    try:
        click.echo(exercise_copies.open_copy(course.find(lesson)))
    except (ValueError, OSError) as error:
        raise click.ClickException(str(error)) from error
