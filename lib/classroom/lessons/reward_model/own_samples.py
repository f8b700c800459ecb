"""What the reader's own model writes, for the reader to judge: many samples of each opening, kept while the kernel runs.

The model learned from what people write about films, and some of them swear. Samples with a word of a short plain list
are left out, as are those that came to no end and those that were written twice.
"""

import re
from collections.abc import Sequence

import torch

from classroom.display.progress import Progress
from nextword import finetuning, rollouts
from nextword.tokenizer import Tokenizer
from nextword.transformer import Transformer

RUDE = re.compile(
    r"\b(ass|asse[ds]|asshole|bastards?|bitch\w*|boobs?|bullshit|cock|crap\w*|cunt|damn\w*|dick|dumbass|fart\w*|fuck\w*|hell"
    r"|jackass|kill\w*|moron\w*|naked|nazi\w*|nud\w+|orgasm\w*|penis|piss\w*|porn\w*|pus+y|rap(e|ed|es|ist|ing)|retard\w*"
    r"|sex\w*|shit\w*|slut\w*|suck\w*|suicid\w*|tits|turds?|whor\w*)\b",
    re.IGNORECASE,
)
LONGEST = 56  # tokens: hardly a text is longer
AT_ONCE = 128  # texts

_kept: dict[tuple, list[tuple[str, str]]] = {}


def is_rude(text: str) -> bool:
    """Whether a word of the list stands in it.

    >>> is_rude("A damned good film."), is_rude("An assassin in Sussex.")
    (True, False)
    """
    return RUDE.search(text) is not None


def samples(model: Transformer, tokenizer: Tokenizer, n: int = 1024, seed: int = 0) -> list[tuple[str, str]]:
    """About n texts, as (opening, text), as many of each opening; the same model, number and seed give the same.

    It takes six seconds for a thousand the first time, and none after that.
    """
    key = (n, seed, *(dials.double().sum().item() for dials in model.parameters()))
    if key not in _kept:
        _kept[key] = usable(written(model, tokenizer, n, seed))
    return _kept[key]


def written(model: Transformer, tokenizer: Tokenizer, n: int, seed: int) -> list[tuple[str, str]]:
    """An opening and a text n times, opening by opening; only those that came to an end."""
    end = tokenizer.id_of("<|end|>")
    each = -(-n // len(finetuning.OPENINGS))
    openings = [opening for opening in finetuning.OPENINGS for _ in range(each)]
    generator = torch.Generator().manual_seed(seed)
    found, bar = [], Progress("samples of your model", len(openings))
    for start in range(0, len(openings), AT_ONCE):
        some = openings[start : start + AT_ONCE]
        prompts = [[end, *tokenizer.encode(opening)] for opening in some]
        longest = min(LONGEST, model.config.context + 1)
        rolled = rollouts.sample(model, prompts, end, longest, generator)
        texts = zip(some, rolled.texts(tokenizer), rolled.finished.tolist(), strict=True)
        found += [(opening, text) for opening, text, finished in texts if finished]
        bar.at(start + len(some))
    return found


def usable(found: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Each once, without the rude ones, those that add nothing to their opening, and those that made another word of it.

    >>> usable([("A", "A film."), ("A", "A damn film."), ("A", "A film."), ("A", "A."), ("My", "Mysterious.")])
    [('A', 'A film.')]
    """
    return [(opening, text) for opening, text in dict.fromkeys(found) if is_usable(opening, text)]


def is_usable(opening: str, text: str) -> bool:
    """Whether a text can be shown."""
    rest = text.removeprefix(opening)
    other_word = rest[:1].isalnum() and not rest.startswith("n't")  # "There is" may become "There isn't"
    return not is_rude(text) and len(rest) > 2 and not other_word
