"""What should count when a model learns to chat: the replies alone, or all that both people said? Four seeds of each.

    python benchmarks/rlhf_sft.py      about four minutes on one core; writes benchmarks/results/rlhf_sft.json and .md

The storyteller learns from short chats of two people, as in lesson 17. What is measured is the surprise at replies that
were put aside, in nats a token; how many of twelve replies come to their end; and in how many pairs a reply is held
likelier after what it answered than after what somebody else said.
"""

import json
import time
from pathlib import Path

import torch

from nextword import chat, finetuning, pretrained, rollouts, training
from nextword.finetuning import Example
from nextword.pretrained_parts import model_file

RESULTS = Path(__file__).parent / "results"
SEEDS = range(4)
CONFIG = {
    "steps": 50,
    "batch": 16,
    "lr_matrices": 0.02,
    "lr_embedding": 0.05,
    "lr_unembedding": 0.01,
    "decay": 1.0,
}
ASKED = (
    *("Hello! How are you?", "What did you do at the weekend?", "Do you like films?"),
    *("What is your favourite food?", "I am tired today.", "Where would you like to travel?"),
    *("Do you have any brothers or sisters?", "What are you studying?", "It is raining again."),
    *("What music do you like?", "My cat is ill.", "Who are you?"),
)


def example(asked: str, reply: str, tokenizer) -> Example:
    """A chat of two turns, of which the reply counts."""
    return finetuning.chat_example([("system", ""), ("user", asked), ("assistant", reply)], tokenizer)


def measure(what: str, seed: int, read, aside) -> dict:
    """One training, and what came of it."""
    began = time.process_time()
    model, tokenizer = finetuning.add_tokens(*model_file.load_model(pretrained.STORYTELLER)[:2])
    end = tokenizer.id_of(chat.END)
    examples = [example(*pair, tokenizer) for pair in read]
    if what == "everything":
        examples = [Example(one.ids, 1) for one in examples]
    run = training.begin(model, training.TrainingConfig(**CONFIG, seed=seed))
    finetuning.finetune(run, examples, end)
    true = [example(*pair, tokenizer) for pair in aside]
    others = [example(aside[i - 77][0], pair[1], tokenizer) for i, pair in enumerate(aside)]
    own, other = (finetuning.surprises(model.eval(), some, end) for some in (true, others))
    prompts = [chat.encode_chat([("system", ""), ("user", one)], tokenizer) for one in ASKED]
    found = rollouts.sample(model, prompts, end, 80, torch.Generator().manual_seed(seed), finetuning.READABLE)
    return {
        "what counts": what,
        "seed": seed,
        "last training losses, mean": round(sum(run.losses[-10:]) / 10, 3),
        "replies put aside, nats a token": round(
            own.sum().item() / sum(len(one.ids) - one.start for one in true), 3
        ),
        "replies that end, of 12": int(found.finished.sum()),
        "own prompt likelier": int((own < other).sum()),
        "pairs": len(true),
        "processor seconds": round(time.process_time() - began),
    }


def main() -> None:
    torch.set_num_threads(1)
    read, aside = finetuning.small_talk()
    chosen = torch.randperm(len(read), generator=torch.Generator().manual_seed(0))[:4000].tolist()
    read, rows = [read[i] for i in chosen], []
    for seed in SEEDS:
        for what in ("replies", "everything"):
            rows.append(measure(what, seed, read, aside))
            print(rows[-1], flush=True)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "rlhf_sft.json").write_text(json.dumps({"config": CONFIG, "runs": rows}, indent=1) + "\n")
    heads = list(rows[0])
    table = [heads, ["---"] * len(heads), *([str(value) for value in row.values()] for row in rows)]
    lines = ["| " + " | ".join(line) + " |" for line in table]
    says = "# What should count when a model learns to chat\n\nMade by `python benchmarks/rlhf_sft.py`.\n"
    (RESULTS / "rlhf_sft.md").write_text("\n".join([says, *lines, ""]))


if __name__ == "__main__":
    main()
