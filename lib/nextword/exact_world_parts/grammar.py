"""The grammar of the exact world, and what a story is worth, rule by rule."""

import re
from functools import cache
from random import Random

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


@cache
def known_sentence() -> re.Pattern:
    """What matches a sentence that the grammar can make, wherever in a story it has its place."""
    return re.compile("|".join(pattern(rule) for rule in ("FIRST", "MIDDLE", "LAST")))


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
    return {
        "kind deeds": min(kind, 4 - kind),
        "cruel deeds": -sum(word in rules()["CRUEL"] for word in words),
        "ending": bool(last & set(rules()["GLAD"])) - bool(last & set(rules()["SAD"])),
        "said again": len(set(said)) - len(said),
        "broken sentences": -sum(not known_sentence().fullmatch(one) for one in said),
    }
