"""`nextword lab`: open the course in the browser."""

import click

from classroom.app import lab


@click.command
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Listen here; without it, 8888 or the next free one."
)
@click.option("--no-browser", is_flag=True, envvar="NO_BROWSER", help="Only print the address.")
def command(port, no_browser):
    """Open the course in JupyterLab."""
    try:
        lab.run(port, browser=not no_browser)
    except lab.LabError as error:
        raise click.ClickException(f"{error}\n{error_details(error)}".rstrip()) from error


def error_details(error):
    """The end of Jupyter's log if it was Jupyter that failed."""
    return f"The end of {lab.log_file()}:\n{lab.log_tail()}" if error.__cause__ else ""
