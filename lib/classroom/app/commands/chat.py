"""`nextword chat`: the course's chat in a terminal, a piece of a word at a time."""

from pathlib import Path

import click

HELP = "An empty line does nothing; /again begins anew, /help says this, /quit or Ctrl-D leaves. Ctrl-C stops a reply."


@click.command()
@click.option(
    "--model",
    "which",
    default="real",
    show_default=True,
    help="real: SmolLM2, 135 million dials. mine: the one that you kept in lesson 17. Or a model's file.",
)
@click.option("--system", help="What the assistant is told before the chat.")
@click.option("--temperature", type=click.FloatRange(0, 5), default=0.8, show_default=True)
@click.option(
    "--max-new", type=click.IntRange(1, 2000), help="The longest reply, in tokens (default: 300, or 60)."
)
@click.option("--seed", type=int, help="The same seed and the same words bring the same replies.")
def command(which, system, temperature, max_new, seed):
    """Chat with a model in the terminal. Everything runs on this machine.

    Type, press Enter, and read along; Ctrl-C stops a reply that grows too long, and the chat goes on.
    """
    import torch

    from nextword import chat
    from nextword.base import cache
    from nextword.generation import SamplingConfig
    from nextword.pretrained_parts.model_file import ModelFileError

    try:
        model, tokenizer, name = loaded(which)
        is_real = which == "real"
        system = (chat.SYSTEM if is_real else "") if system is None else system
        config = SamplingConfig(max_new or (300 if is_real else 60), temperature=temperature, p=0.95)
        if config.max_new >= model.config.context:
            raise ValueError(
                f"--max-new is {config.max_new}, and this model reads {model.config.context} tokens"
            )
        chat.encode_chat(
            [("system", system)], tokenizer
        )  # a vocabulary without the marks of turns is refused here
    except (ModelFileError, cache.DataError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    generator = None if seed is None else torch.Generator().manual_seed(seed)

    def begin():
        return chat.Chat(model, tokenizer, system, config, generator)

    click.echo(f"{name}. {HELP}")
    talk = begin()
    while (said := heard()) is not None:
        if said == "/quit":
            break
        if said == "/again":
            talk = begin()
            click.echo("A new chat.")
        elif said.startswith("/"):
            click.echo(HELP if said == "/help" else f"There is no {said.split()[0]}. {HELP}")
        elif said:
            answer(talk, said)
    click.echo("Goodbye.")


def heard():
    """A line that was typed, without spaces around it; None where there is no more."""
    try:
        return click.prompt("you", default="", show_default=False, prompt_suffix="> ").strip()
    except (click.Abort, EOFError, KeyboardInterrupt):
        click.echo()
        return None


def answer(talk, said):
    """Show a reply as it comes; Ctrl-C stops it, and what was heard stays in the chat."""
    try:
        reply = talk.reply(said)
    except ValueError as error:  # too long for the model
        click.echo(f"That cannot be answered: {error}")
        return
    try:
        for piece in reply:
            click.echo(harmless(piece), nl=False)
    except KeyboardInterrupt:
        reply.close()
        click.echo(" ... (stopped)", nl=False)
    click.echo()


def harmless(piece):
    """A piece of text without the letters that move a terminal's cursor or change its colours.

    >>> harmless("a\\x1b[31mb\\n")
    'a[31mb\\n'
    """
    return "".join(letter for letter in piece if letter.isprintable() or letter in "\n\t")


def loaded(which):
    """A model, its tokenizer, and what it is called."""
    from nextword import finetuning, pretrained
    from nextword.pretrained_parts import model_file

    if which == "real":
        model, tokenizer = pretrained.load()
        return model, tokenizer, "SmolLM2, 135 million dials"
    path = finetuning.own("talker") if which == "mine" else Path(which).expanduser()
    if which == "mine" and not path.is_file():
        raise ValueError(f"you have kept no chat model yet: lesson 17 makes one, and keeps it in {path}")
    model, tokenizer, _ = model_file.load_model(path)
    return model, tokenizer, path.stem
