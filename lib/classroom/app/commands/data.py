"""`nextword data`: fetch the course's data, list it with its licences, check it, remove it."""

import textwrap

import click

from classroom import course
from nextword.base import cache

TABLE = "{:13}  {:4}  {:>8}  {:>8}  {:18}  {}"


@click.command()
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@click.option("--all", "everything", is_flag=True, help="Every source, not only what the lessons need today.")
@click.option("--list", "action", flag_value="list", help="Say what there is; with KEY, also how to cite it.")
@click.option(
    "--verify", "action", flag_value="verify", help="Compare every file on this disk with its sha256."
)
@click.option("--remove", "action", flag_value="remove", help="Take sources off this disk.")
def command(keys, everything, action):
    """Fetch the texts, ratings and models that the course reads.

    Without KEY: those that the lessons need. Nothing that is here is fetched again.
    """
    try:
        keys = tuple(cache.source(key).key for key in keys) or (tuple(cache.sources()) if everything else ())
        {"list": show, "verify": verify, "remove": remove, None: fetch}[action](keys)
    except cache.DataError as error:
        raise click.ClickException(str(error)) from error


def fetch(keys):
    """Brings sources here, and says where they lie."""
    needed = {key: None for lesson in course.written() for key in lesson.data}
    for key in keys or needed:
        click.echo(f"{key}: {cache.path(key)}")


def show(keys):
    """A table of all sources, or everything about a few."""
    if keys:
        click.echo("\n\n".join(map(details, keys)))
        return
    click.echo(TABLE.format("KEY", "HERE", "DOWNLOAD", "ON DISK", "LICENCE", "WHAT IT IS"))
    for key, source in cache.sources().items():
        sizes = cache.megabytes(source.download), cache.megabytes(source.on_disk)
        click.echo(
            TABLE.format(key, "yes" if cache.is_here(key) else "no", *sizes, source.licence, source.about)
        )
    click.echo(f"\nKept in {cache.root()}. How to cite one: nextword data --list KEY")


def details(key):
    """All that the manifest tells of one source."""
    source = cache.source(key)
    rows = {
        "what": source.about,
        "here": str(cache.path(key)) if cache.is_here(key) else "no",
        "size": f"{cache.megabytes(source.download)} to download, {cache.megabytes(source.on_disk)} on disk",
        "licence": source.licence,
        "cite": source.citation,
        "from": f"{source.archive}, sha256 {source.sha256}",
        "files": "; ".join(source.members),
    }
    return "\n".join([key, *(row(name, value) for name, value in rows.items())])


def row(name, value):
    """One line, or more where it is long, of at most 100 characters."""
    return textwrap.fill(value, 100, initial_indent=f"  {name:9}", subsequent_indent=" " * 11)


def verify(keys):
    """Reads every file that is here; fails where one is damaged."""
    here = [key for key in keys or cache.sources() if cache.folder(key).exists()]
    damaged = {key: names for key in here if (names := cache.damage(key, thorough=True))}
    for key in here:
        click.echo(f"{key}: " + (f"damaged: {', '.join(damaged[key])}" if key in damaged else "whole"))
    if damaged:
        again = f"`nextword data --remove {' '.join(damaged)}`"
        raise click.ClickException(f"files are damaged: run {again}, and they are fetched again when needed")
    if not here:
        click.echo("Nothing has been fetched yet.")


def remove(keys):
    """Takes sources off this disk."""
    if not keys:
        raise click.UsageError("--remove needs a KEY, or --all")
    for key in keys:
        cache.remove(key)
        click.echo(f"{key}: removed")
