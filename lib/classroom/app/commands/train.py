"""`nextword train`: make a storyteller of one's own, from dials set by chance."""

import signal
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

PRESETS = ("minute", "lesson", "hour", "shipped")  # those of nextword.recipes, whose import takes a second


@click.command()
@click.option(
    "--preset",
    type=click.Choice(PRESETS),
    default="minute",
    show_default=True,
    help="What is read, by which model, how long.",
)
@click.option("--name", help="Of the model's file in my/models (default: the preset's).")
@click.option("--resume", is_flag=True, help="Go on with a run that was stopped.")
@click.option(
    "--again", is_flag=True, help="Begin anew; what is there is set aside, with the date in its name."
)
@click.option(
    "--precision", type=click.Choice(["probed", "float32", "bfloat16"]), default="probed", show_default=True
)
def command(preset, name, resume, again, precision):
    """Train a small language model on fairy tales, and keep it in my/models.

    Ctrl-C ends it between two steps; `--resume` goes on from there, to the last bit. When it is done, the model's card
    says what it cost and what it can do, and `pretrained.storyteller()` gives the model.
    """
    from nextword import checkpoint, recipes, training
    from nextword.base import cache, models
    from nextword.pretrained_parts import model_file

    name = name or preset
    if Path(name).name != name:
        raise click.ClickException(f"--name is the name of a file, not of a folder: {name!r}")
    folder, made = models.folder() / f"{name}.run", models.folder() / f"{name}.safetensors"
    kept, recipe = folder / "run.safetensors", recipes.PRESETS[preset]
    try:
        if again:
            if folder.exists():
                with checkpoint.lock(folder):
                    pass  # nobody else is at work there
            set_aside(folder, made, made.with_suffix(".md"))
        elif made.exists():
            raise click.ClickException(
                f"{made} is finished: choose another --name, or --again to make it anew"
            )
        elif kept.exists() and not resume:
            raise click.ClickException(
                f"a run has begun in {folder}: add --resume to go on with it, or --again to begin anew"
            )
        is_begun = kept.exists()
        if is_begun:
            precision = checkpoint.settings_of(kept).precision  # as it began, so that it stays the same run
        click.echo("Learning a vocabulary, and reading the text into tokens.")
        tokenizer = recipes.make_tokenizer(recipe)
        if not is_begun:
            precision = chosen(recipe, folder, precision, tokenizer)
        recipe = replace(recipe, training=replace(recipe.training, precision=precision))
        click.echo(f"{recipe.training.steps} steps, {recipe.about}; matrices are multiplied in {precision}.")
        with Line() as line:
            run, _ = recipes.make(recipe, folder, line, tokenizer)
        if run.step < recipe.training.steps:
            click.echo(f"\nStopped after step {run.step}, and kept. The same with --resume goes on.")
            raise SystemExit(130)
        click.echo("\nWriting its card.")
        card = recipes.card(recipe, run, tokenizer)
        model_file.save_model(made, run.model, tokenizer, card)
    except (training.Diverged, model_file.ModelFileError, cache.DataError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    made.with_suffix(".md").write_text(as_page(name, card), encoding="utf-8")
    click.echo(as_page(name, card, n_samples=5))
    click.echo(f"Kept in {made}; the whole card beside it. pretrained.storyteller() finds it.")


def set_aside(*paths):
    """Give what is there a name with the date in it."""
    date = datetime.now().strftime("%Y-%m-%d_%H%M%S")
    for path in paths:
        if path.exists():
            path.rename(path.with_name(f"{path.name}.{date}"))


def chosen(recipe, folder, precision, tokenizer):
    """The precision that was asked for, or the faster of the two on this machine."""
    from nextword import checkpoint, recipes, training

    if precision != "probed":
        return precision
    with checkpoint.lock(folder):
        tokens = recipes.open_tokens(folder, recipe, tokenizer)
    return training.faster_precision(recipes.new_model(recipe, tokenizer), recipe.training, tokens)


class Line:
    """One line that says where a run stands; and Ctrl-C, taken between two steps."""

    def __init__(self):
        self.is_stopped, self.began, self.first, self.shown = False, None, 0, 0.0

    def __enter__(self):
        self.before = signal.signal(signal.SIGINT, self.stop)
        return self

    def __exit__(self, *_):
        signal.signal(signal.SIGINT, self.before)

    def stop(self, *_):
        """Take note; the step that is being made is finished first."""
        self.is_stopped = True

    def __call__(self, run):
        from nextword import recipes

        now = time.monotonic()
        if self.began is None:
            self.began, self.first = now, run.step
        if run.step > self.first and (now - self.shown > 1 or run.step == run.config.steps):
            self.shown = now
            a_step = (now - self.began) / (run.step - self.first)
            rate = run.config.batch * run.config.context / a_step
            left = round(a_step * (run.config.steps - run.step))
            recent = run.losses[-50:]
            says = f"step {run.step} of {run.config.steps}   loss {sum(recent) / len(recent):.3f}   "
            click.echo(
                f"\r{says}{rate:,.0f} tokens a second   {left // 60} min {left % 60:02} s left ", nl=False
            )
        if self.is_stopped:
            raise recipes.Stopped


def as_page(name, card, n_samples=None):
    """A model's card as a page to read."""
    facts = [
        f"- {key}: {value:,}" if isinstance(value, int) else f"- {key}: {value}"
        for key, value in card.items()
        if key != "samples"
    ]
    samples = [f"> {' '.join(sample.split())}" for sample in card["samples"][:n_samples]]
    return "\n".join(
        [f"# {name}", "", *facts, "", "As they came, none picked:", "", "\n\n".join(samples), ""]
    )
