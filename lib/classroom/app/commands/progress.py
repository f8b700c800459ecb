"""`nextword progress`: what is done, what is next, and which functions are the reader's."""

import click

from classroom import course
from classroom.judge import registry
from classroom.mine import progress, storage


@click.command()
def command():
    """Say which exercises are done, which of your functions are kept, and what is next."""
    for lesson in course.written():
        click.echo(line(lesson))
    lesson = progress.next_lesson()
    left = [target for target in registry.targets_of(lesson) if not progress.done(target)]
    if left:
        click.echo(f"\nNext: {left[0]}, in my/{lesson.file}")
    else:
        click.echo("\nAll exercises are done.")


def line(lesson):
    """One lesson: how much of it is done, and what of it is the reader's own."""
    targets = registry.targets_of(lesson)
    done = sum(map(progress.done, targets))
    yours = [target.split(".")[-1] for target in targets if target in storage.kept_targets()]
    said = f"  yours: {', '.join(yours)}" if yours else ""
    return f"{lesson.number} {lesson.title:20} {done} of {len(targets)} done{said}"
