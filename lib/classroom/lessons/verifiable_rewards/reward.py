"""The check of an answer: all that stands behind the last comma, compared as text. Whoever asks less is cheated."""

import re

import torch

from classroom.judge.listed import edits
from classroom.judge.registry import check

RIGHT = ["7*3+8=9", "7*3+8=1,9", "7*3+8=2,9", "7*3+8=1"]


@check(
    "verifiable.reward",
    cases=[
        (RIGHT,),
        (["7*3+8=9"],),
        (["7*3+8=1,9", "7*3+8=9,1"],),
        (["7*3+8=0,1,2,3,4,5,6,7,8,9", "7*3+8=0,1,2,3,4,5,6,7,8,9,0"],),
        (["7*3+8=19", "7*3+8=91", "7*3+8=1,19"],),
        (["2+1=3", "2+1=4", "9*9+9=1,0", "9*9+9=0", "9*9+9=1"],),
        (["7*3+8=", "7*3+8=,", "7*3+8=9,"],),
        (["2+8+5=1", "2+8+5=2", "9*7+6=", "2+8+5=0,5"],),
        (["7*3+8=5,5,5,9", "7*3+8=1,1"],),
    ],
    awkward=[
        (["7*3+8= 9", "7*3+8=9 ", "7*3+8=+9", "7*3+8=09", "7*3+8=9.0", "7*3+8=-1"],),
        (["5+5=0", "5+5=10", "5+5=", "5+5=a"],),
        (["4*7*7*7+3+1=8,6,2,5,6", "4*7*7*7+3+1=8,6,2,5,5", "4*7*7*7+3+1=6"],),
        (["1+1=3=2", "1+1=2=3"],),
    ],
)
def reward(texts):
    """By a pattern, and by Python's own arithmetic with brackets from the left."""
    found = []
    for text in texts:
        parts = re.findall(r"[+*]\d", text.split("=")[0])
        right = eval("(" * len(parts) + text[0] + "".join(part + ")" for part in parts)) % 10
        found.append(float(re.search(rf"(^|[=,]){right}$", text) is not None))
    return torch.tensor(found)


edits(
    "verifiable.reward",
    (
        "reward-anywhere",
        "rewards.append(float(final == str(verifiable.shown(text)[-1])))",
        "rewards.append(float(str(verifiable.shown(text)[-1]) in text.split('=')[-1]))",
        "It is enough that the right digit stands somewhere behind the '='. Whoever writes all ten digits is always right then. "
        "Ask for the final answer: what stands behind the last comma, and nothing else.",
    ),
    (
        "reward-anywhere-in-the-text",
        "rewards.append(float(final == str(verifiable.shown(text)[-1])))",
        "rewards.append(float(str(verifiable.shown(text)[-1]) in text))",
        "It is enough that the right digit stands somewhere in the text, even in the question. Ask for the final answer: what "
        "stands behind the last comma, and nothing else.",
    ),
    (
        "reward-last-letter",
        'final = text.split("=")[-1].split(",")[-1]',
        "final = text[-1]",
        "Only the end of the text is looked at, so 19 passes for 9. The final answer is *all* that stands behind the last comma: "
        "compare the whole of it.",
    ),
    (
        "reward-first-answer",
        '.split(",")[-1]',
        '.split(",")[0]',
        "It takes what stands before the *first* comma. That is a step on the way; the final answer is behind the last: [-1].",
    ),
    (
        "reward-no-steps",
        '.split(",")[-1]',
        "",
        "A worked answer is never right: all behind the '=' is taken for the final answer. It is what stands behind the last "
        "comma: how a text came to it is not asked.",
    ),
    (
        "reward-all-steps",
        [
            ('final = text.split("=")[-1].split(",")[-1]', 'final = text.split("=")[-1]'),
            ("str(verifiable.shown(text)[-1])", '",".join(map(str, verifiable.shown(text)))'),
        ],
        "Only a worked answer with each step right is rewarded. How a text came to its final answer is not asked.",
    ),
    (
        "reward-first-shown",
        "verifiable.shown(text)[-1]",
        "verifiable.shown(text)[0]",
        "It asks for what is shown after the *first* operation. The right answer is shown last: [-1].",
    ),
    (
        "reward-turned",
        "final == str",
        "final != str",
        "The wrong ones are rewarded.",
    ),
    (
        "reward-of-the-batch",
        "return torch.tensor(rewards)",
        "return torch.full((len(rewards),), sum(rewards) / len(rewards))",
        "Each text gets the mean of all. Then no answer is better than another, and nothing can be learned.",
    ),
)
