"""`tokenizer.merge`: every occurrence of a pair becomes one id. Hard: two places at once, and the last place."""

from classroom.judge.listed import edits
from classroom.judge.registry import Wrong, check, mistake
from classroom.judge.sandbox import run
from classroom.lessons.tokens.shared import as_ids, as_letters, by_chance


def gives_a_new_list(merge):
    """Whoever changes what came back has not changed what was given."""
    ids = [5, 1, 2, 7]
    for pair in ((1, 2), (3, 4)):
        if run(merge, (ids, pair, 256)).changed_input:
            return  # told elsewhere
        if run(lambda ids, *rest: merge(ids, *rest) is ids, (ids, pair, 256)).value:
            says = (
                "The values are right, but it is the very list that came in, and a *new* one was asked for: "
            )
            says += "whoever changes the one changes the other, too. list(ids) is a new list."
            call = f"merge(ids, {pair}, 256) is ids"
            raise Wrong("merge-same-list", says, call, "True", "False")


@check(
    "tokenizer.merge",
    behaviours=[gives_a_new_list],
    cases=[
        ([5, 1, 2, 7], (1, 2), 256),
        ([1, 1, 1], (1, 1), 256),
        ([1, 2, 1, 2, 1], (1, 2), 300),
        ([2, 1], (1, 2), 256),
        ([11, 25], (1, 2), 256),
        ([1, 2], (1, 2), 256),
        ([3], (3, 3), 256),
        ([], (1, 2), 256),
        ([4, 4, 4, 4, 4, 9, 4, 4], (4, 4), 260),
        ([256, 115, 256, 115, 256], (256, 115), 257),
        ([1, 2, 3, 2, 1, 1, 2, 2], (1, 2), 299),
        (by_chance(5, [97, 98], 25), (97, 98), 256),
    ],
    awkward=[(ids, (5, 3), 256) for ids in ([1, 3], [9, 3], [5, 1], [5, 9], [3, 5], [5, 5, 3, 3], [5, 3])],
)
def merge(ids, pair, new_id):
    return as_ids(as_letters(ids).replace(as_letters(pair), as_letters([new_id])))


HERE = "tuple(ids[place : place + 2])"

edits(
    "tokenizer.merge",
    (
        "merge-half-left",
        "place += 2",
        "place += 1",
        "The second half of the pair is left behind after the new token. After a merge, move on by two places.",
    ),
    (
        "merge-no-else",
        "        else:\n            merged.append(ids[place])\n            place += 1",
        "        merged.append(ids[place])\n        place += 1",
        "The id behind a pair was taken over unseen, even if a pair begins there. Only what begins no pair is appended: else.",
    ),
    (
        "merge-end-lost",
        "place < len(ids)",
        "place < len(ids) - 1",
        "The last id is lost where it is not part of a pair: the loop ends one place too early.",
    ),
    (
        "merge-end-twice",
        [("place < len(ids)", "place < len(ids) - 1"), ("return merged", "return [*merged, ids[-1]]")],
        "The last id was put at the end even where it is part of a pair: then it was used already.",
    ),
    (
        "merge-past-the-end",
        HERE,
        "(ids[place], ids[place + 1])",
        "ids[place + 1] is past the end when place is the last one. First ask whether there is a next one.",
    ),
    (
        "merge-list-against-tuple",
        HERE,
        "ids[place : place + 2]",
        "Nothing was merged. ids[place : place + 2] is a list and pair is a tuple, and those are never equal: tuple(...) it.",
    ),
    (
        "merge-first-only",
        "place += 2",
        "return merged + ids[place + 2 :]",
        "Only the first occurrence was replaced. Go on to the end: all of them become the new token.",
    ),
    (
        "merge-one-round",
        "    return merged",
        "        return merged",
        "It ends after the first id: the return stands inside the loop. Move it to the left.",
    ),
    (
        "merge-first-id-only",
        f"{HERE} == pair",
        "ids[place] == pair[0]",
        "Only the pair's first id was looked at. What comes after it has to be the second one.",
    ),
    (
        "merge-each-id",
        ...,
        "return [new_id if i in pair else i for i in ids]",
        "Each id of the pair was replaced by itself. Only the two side by side become one new token.",
    ),
)


@mistake(
    "tokenizer.merge",
    "merge-blocks",
    "You always step by two, and miss every pair that starts in between. Step by two after a merge, else by one.",
)
def _(ids, pair, new_id):
    merged = []
    for place in range(0, len(ids), 2):
        two = ids[place : place + 2]
        merged += [new_id] if tuple(two) == pair else two
    return merged


@mistake(
    "tokenizer.merge",
    "merge-used-twice",
    "1, 1, 1 became two new tokens, so the one in the middle was used twice. After a merge, go on behind both.",
)
def _(ids, pair, new_id):
    starts = [two == pair for two in zip(ids, ids[1:], strict=False)]
    both = zip(ids, [*starts, False], [False, *starts], strict=False)
    return [new_id if starts_here else i for i, starts_here, used in both if starts_here or not used]


@mistake(
    "tokenizer.merge",
    "merge-from-the-right",
    "You read from the right: 1, 1, 1 became [1, 256]. Our convention is from the left: [256, 1].",
)
def _(ids, pair, new_id):
    return merge(ids[::-1], pair[::-1], new_id)[::-1]


@mistake(
    "tokenizer.merge",
    "merge-shrinks",
    "The list gets shorter while the loop counts up to its old length, and runs off the end. Build a new list instead.",
)
def _(ids, pair, new_id):
    ids = list(ids)
    for place in range(len(ids) - 1):
        if (ids[place], ids[place + 1]) == pair:
            ids[place : place + 2] = [new_id]
    return ids
