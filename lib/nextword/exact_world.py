"""Rung `exact_world`: a small world in which it is known exactly how good a text is.

A grammar of thirty lines tells stories, and a few rules that anyone can read say what each is worth. So whatever learns
from judges who err can be held against the truth, which no judge of real texts knows.
Sources: the "gold" reward of Gao et al. 2022 (arXiv 2210.10760), here exact; Bradley and Terry 1952 for the judges.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

import torch

from nextword import finetuning, training
from nextword.base.shapes import Bool, Float, Tensor
from nextword.finetuning import Example
from nextword.recipes import END, shape
from nextword.tokenizer import Tokenizer
from nextword.training import TrainingConfig
from nextword.transformer import ModelConfig, Transformer

GRAMMAR = """
    STORY   = FIRST MIDDLE LAST | FIRST MIDDLE MIDDLE LAST | FIRST MIDDLE MIDDLE MIDDLE LAST
    FIRST   = One day a ANIMAL went to the PLACE. | One day a ANIMAL met a LOOK ANIMAL.
            | One day a ANIMAL found a COLOUR THING. | One day a ANIMAL lost its COLOUR THING.
    MIDDLE  = The ANIMAL KIND the ANIMAL. | The ANIMAL KIND a LOOK ANIMAL. | The ANIMAL CRUEL the ANIMAL.
            | The ANIMAL CRUEL a LOOK ANIMAL. | The ANIMAL saw a COLOUR THING in the PLACE.
            | The ANIMAL took the THING to the PLACE. | It was WEATHER. | They DID near the PLACE.
    LAST    = In the end they were all MOOD. | In the end the ANIMAL was MOOD.
            | Then the ANIMAL DID and was MOOD.
    MOOD    = GLAD | SAD
    ANIMAL  = hen | fox | goat | mouse | cat | dog | duck | pig | bear | wolf
    PLACE   = garden | forest | river | hill | house | barn | road | sea
    THING   = boat | drum | hat | key | apple | cake | lamp | ball
    COLOUR  = red | blue | green | golden | white | black
    LOOK    = little | big | tired | young | fat | thin
    KIND    = helped | fed | thanked | hugged | warmed | washed
    CRUEL   = bit | pushed | cheated | robbed | mocked | chased
    GLAD    = happy | merry | proud | content
    SAD     = lonely | sorry | hungry | afraid
    WEATHER = raining | snowing | dark | warm | windy
    DID     = danced | sang | slept | played | talked | walked
"""
RULE = re.compile(r"\b[A-Z]{3,}\b")
SENTENCE = re.compile(r"[^.]*\.|[^.]+$")  # up to its full stop, or what is left behind the last
SEQ_LEN = 48  # the most tokens of a story, with the mark in front: none of the grammar's has more


@dataclass(frozen=True)
class Preference:
    """Two stories from one prompt, as a judge saw them."""

    chosen: str
    rejected: str


@cache
def rules() -> dict[str, tuple[str, ...]]:
    """The grammar as a table: for each name, what may stand in its place.

    >>> rules()["MOOD"]
    ('GLAD', 'SAD')
    """
    found = re.findall(r"([A-Z]+) += ([^=]*)(?=\n +[A-Z]+ +=|\n$)", GRAMMAR)
    return {name: tuple(" ".join(one.split()) for one in options.split("|")) for name, options in found}


def tell(random: Random, rule: str = "STORY") -> str:
    """A story of the grammar: in each name's place stands one of its options, all equally likely.

    >>> tell(Random(3))
    'One day a dog met a fat pig. The wolf helped a young cat. Then the mouse sang and was afraid.'
    """
    option = random.choice(rules()[rule])
    return RULE.sub(lambda found: tell(random, found.group()), option)


@cache
def pattern(rule: str) -> str:
    """A regular expression for all that the grammar may put in a name's place."""
    options = (RULE.sub(lambda found: pattern(found.group()), option) for option in rules()[rule])
    return f"(?:{'|'.join(options)})"


def sentences(story: str) -> list[str]:
    """The sentences of a text, without the spaces around them; the last may lack its full stop."""
    return [one.strip() for one in SENTENCE.findall(story) if one.strip()]


def points(story: str) -> dict[str, int]:
    """What a story is worth, rule by rule.

    Kind deeds make a story better, but only two of them: with more it is a sermon. What is said twice, and a sentence
    that the grammar does not know, is a nuisance.

    >>> points("One day a hen met a big fox. The hen fed the fox. In the end they were all happy.")
    {'kind deeds': 1, 'cruel deeds': 0, 'ending': 1, 'said again': 0, 'broken sentences': 0}
    """
    said = sentences(story)
    words = re.findall(r"\w+", story)
    kind = sum(word in rules()["KIND"] for word in words)
    last = set(re.findall(r"\w+", said[-1])) if said else set()
    known = "|".join(pattern(rule) for rule in ("FIRST", "MIDDLE", "LAST"))
    return {
        "kind deeds": min(kind, 4 - kind),
        "cruel deeds": -sum(word in rules()["CRUEL"] for word in words),
        "ending": bool(last & set(rules()["GLAD"])) - bool(last & set(rules()["SAD"])),
        "said again": len(set(said)) - len(said),
        "broken sentences": -sum(not re.fullmatch(known, one) for one in said),
    }


def gold(stories: list[str]) -> Float[Tensor, "texts"]:
    """What each story is truly worth: the sum of its points.

    >>> gold(["One day a hen went to the sea. The hen bit the cat. Then the hen slept and was sorry."])
    tensor([-2.])
    """
    return torch.tensor([float(sum(points(story).values())) for story in stories])


def judge(first: Sequence[str], second: Sequence[str], generator: torch.Generator) -> Bool[Tensor, "pairs"]:
    """Whether a judge prefers the first story of each pair: the better the story, the likelier, but never surely.

    Bradley-Terry: the chance is the sigmoid of the difference of what they are worth.
    """
    margin = gold(list(first)) - gold(list(second))
    return torch.rand(len(margin), generator=generator) < torch.sigmoid(margin)


def preferences(first: Sequence[str], second: Sequence[str], generator: torch.Generator) -> list[Preference]:
    """The judge's choice between the stories of each pair."""
    wins = judge(first, second, generator).tolist()
    return [
        Preference(*((one, other) if win else (other, one)))
        for one, other, win in zip(first, second, wins, strict=True)
    ]


def prompts(tokenizer: Tokenizer, n: int) -> list[list[int]]:
    """The beginnings of n stories, one animal after the other: "One day a hen"."""
    animals = rules()["ANIMAL"]
    end = tokenizer.id_of(END)
    return [[end, *tokenizer.encode(f"One day a {animals[i % len(animals)]}")] for i in range(n)]


@cache
def make_tokenizer() -> Tokenizer:
    """Byte-pair encoding learned from stories, until every word with the space before it is one token."""
    random = Random(0)
    return Tokenizer.train("\n".join(tell(random) for _ in range(2000)), 2000, special=(END,))


def examples(stories: Sequence[str], tokenizer: Tokenizer) -> list[Example]:
    """Each story between two marks of an end, of which the second is learned too."""
    end = tokenizer.id_of(END)
    return [Example((end, *tokenizer.encode(story), end), 1) for story in stories]


def new_model(tokenizer: Tokenizer, seed: int = 0) -> Transformer:
    """A transformer with dials drawn by chance, large enough for this world."""
    config = ModelConfig(vocab_size=tokenizer.vocab_size, **shape(96, 2, 2, 64))
    return Transformer(config, torch.Generator().manual_seed(seed))


def storyteller(seed: int = 0, steps: int = 160, after_step=None) -> tuple[Transformer, Tokenizer]:
    """A model that has learned to tell the grammar's stories, good and bad alike, and its tokenizer."""
    tokenizer, random = make_tokenizer(), Random(seed)
    config = TrainingConfig(steps, batch=32, context=SEQ_LEN, seed=seed)
    run = training.begin(new_model(tokenizer, seed), config)
    told = examples([tell(random) for _ in range(32 * steps)], tokenizer)
    finetuning.finetune(run, told, tokenizer.id_of(END), after_step)
    return run.model.eval(), tokenizer
