"""The moving picture of lesson 16: which guesses a target keeps, as more or fewer of them are made at a time."""

from collections.abc import Sequence

from classroom.display import figures
from classroom.display.dial import Dial
from nextword import speculative
from nextword.generation import GREEDY
from nextword.pretrained_parts.byte_tokenizer import PretrainedTokenizer
from nextword.speculative import LookupDraft, Round

COLUMNS = 84  # letters to a line, at most


def greedy_rounds(prompt: list[int], reply: list[int], draft: LookupDraft, n_guesses: int) -> list[Round]:
    """The rounds in which a greedy reply came about: it is known, so the target need not be asked again."""
    rounds, done = [], 0
    while done < len(reply):
        n = min(n_guesses, len(reply) - done - 1)
        guessed, _ = draft.guess([*prompt, *reply[:done]], n, GREEDY)
        n_kept = speculative.shared_length(guessed, reply[done:])
        rounds.append(Round(guessed, n_kept, reply[done : done + n_kept + 1]))
        done += n_kept + 1
    return rounds


def pieces(one: Round, tokenizer: PretrainedTokenizer) -> list[tuple[str, str]]:
    """The tokens of a round as text, each with what became of it: kept, refused, or the target's own."""
    named = [(token, "kept") for token in one.guessed[: one.n_kept]]
    named.append((one.tokens[-1], "own"))
    named += [(token, "refused") for token in one.guessed[one.n_kept :]]
    return [(tokenizer.decode([token]).replace("\n", "⏎"), fate) for token, fate in named]


def guesses(
    tokenizer: PretrainedTokenizer, prompt: list[int], reply: list[int], choices: Sequence[int], start: int
) -> Dial:
    """A slider over how many tokens are guessed at a time; a line for each reading by the target."""
    draft = LookupDraft(tokenizer.vocab_size)
    looks = {"kept": (figures.BLUE, "✓"), "own": ("black", ""), "refused": (figures.RED, "✗")}

    def draw(n_guesses: int):
        rounds = greedy_rounds(prompt, reply, draft, n_guesses)
        n_guessed, n_kept = sum(len(one.guessed) for one in rounds), sum(one.n_kept for one in rounds)
        title = f"{n_guesses} at a time: {len(reply)} tokens in {len(rounds)} readings"
        drawing, ax = figures.figure(title, width=7.6, height=0.6 + 0.24 * len(rounds))
        for line, one in enumerate(rounds):
            at = 0
            for letters, fate in pieces(one, tokenizer):
                colour, mark = looks[fate]
                shown = letters.strip() + mark
                if at + len(shown) > COLUMNS:
                    break
                weight = "bold" if fate == "own" else "normal"
                ax.text(
                    at, -line, shown, color=colour, weight=weight, family="monospace", fontsize=8, va="center"
                )
                at += len(shown) + 1
        ax.set(xlim=(-1, COLUMNS), ylim=(0.6 - len(rounds), 0.6))
        ax.axis("off")
        says = (
            f"{n_kept} of {n_guessed} guesses are kept (✓, blue) and {n_guessed - n_kept} refused (✗, red); "
        )
        return drawing, says + "the bold token of each line is the target's own."

    return Dial("guessed at a time:", choices, draw, start)
