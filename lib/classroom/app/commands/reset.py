"""`nextword reset`: start a lesson's exercises again."""

import click

from classroom import course
from classroom.app import exercise_copies


@click.command()
@click.argument("lesson")
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(lesson, yes):
    """Start a LESSON's exercises again, from a blank notebook. Yours goes to my/saved/DATE/.

    Functions that you passed stay kept in my/functions/.
    """
    try:
        lesson = course.find(lesson)
        exercise_copies.blank_of(lesson)
        if not yes:
            click.confirm(
                f"Put a blank notebook in the place of my/{lesson.file}? Yours is saved", abort=True
            )
        saved = exercise_copies.reset(lesson)
    except (ValueError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"my/{lesson.file} is blank again. If it is open: File > Reload Notebook from Disk.")
    if saved:
        click.echo(f"What you had: {saved}")
