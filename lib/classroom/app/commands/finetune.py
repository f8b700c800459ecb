"""`nextword finetune`: teach a storyteller to write about films."""

import copy
import time

import click

from classroom.app.commands.train import Line, as_page

# steps, examples in a step, and whether it is the course's own storyteller that learns
PRESETS = {"lesson": (60, 16, False), "minutes": (160, 32, False), "shipped": (160, 32, True)}


@click.command()
@click.option("--preset", type=click.Choice(PRESETS), default="minutes", show_default=True, help="How long.")
@click.option(
    "--again", is_flag=True, help="Make it anew; what is there is set aside, with the date in its name."
)
def command(preset, again):
    """Teach your storyteller to write about films; lessons 18 to 22 then go on with yours.

    Without a storyteller of your own it is the course's that learns. `--preset shipped` makes the course's own
    reviewer once more. The reviewer is kept in my/models/assistants, and its card beside it. Ctrl-C ends the learning
    between two steps, and keeps nothing.
    """
    from nextword import finetuning, pretrained, recipes, training
    from nextword.base import cache
    from nextword.finetuning_parts import assistants
    from nextword.pretrained_parts import model_file

    path = finetuning.own("reviewer")
    if path.exists() and not again:
        raise click.ClickException(f"{path} is there already: --again makes it anew, and sets this one aside")
    steps, batch, is_shipped = PRESETS[preset]
    config = training.TrainingConfig(steps, batch=batch, **finetuning.RATES)
    try:
        found = model_file.load_model(pretrained.STORYTELLER) if is_shipped else pretrained.storyteller()
        model, tokenizer = found[:2]
        end = tokenizer.id_of(recipes.END)
        aside = finetuning.sentence_examples(finetuning.film_sentences()[1], tokenizer, end)
        click.echo("Measuring it before: on sentences put aside, and on tales.")
        before = measured(model, tokenizer, aside, end)
        began = time.monotonic()
        with Line() as line:
            run = finetuning.make_reviewer(model, tokenizer, config, line)
        click.echo(
            f"\n{steps} steps in {time.monotonic() - began:.0f} s. Measuring it after, and writing its card."
        )
        as_it_learned = copy.deepcopy(model.eval())
        finetuning.sharpen(as_it_learned, 1 / finetuning.READABLE)
        after = measured(as_it_learned, tokenizer, aside, end)
        films, tales = zip(before, after, strict=True)
        card = assistants.card(run, films, tales, finetuning.written(model, tokenizer))
        kept = finetuning.keep(model, tokenizer, "reviewer", card)
    except recipes.Stopped:
        click.echo("\nStopped, and nothing kept.")
        raise SystemExit(130) from None
    except (training.Diverged, model_file.ModelFileError, cache.DataError, ValueError, OSError) as error:
        raise click.ClickException(str(error)) from error
    kept.with_suffix(".md").write_text(as_page("reviewer", card), encoding="utf-8")
    click.echo(as_page("reviewer", card, n_samples=8))
    click.echo(f"Kept in {kept}; the whole card beside it. finetuning.reviewer() gives it.")


def measured(model, tokenizer, aside, end):
    """Bits per byte on sentences about films, and on tales."""
    from nextword import finetuning, recipes

    films = finetuning.bits_per_byte(model, aside, tokenizer, end)
    return films, recipes.bits_per_byte_aside(model, tokenizer)
