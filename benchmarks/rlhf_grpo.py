"""GRPO's variants over four seeds each, and the time of its rounds beside trl's own on the same tiny model.

    OMP_NUM_THREADS=1 python benchmarks/rlhf_grpo.py            all of it: about two minutes on one core
    OMP_NUM_THREADS=1 python benchmarks/rlhf_grpo.py --times    only the times, put into what was found before

Writes benchmarks/results/rlhf_grpo.json and .md, which lesson 21 quotes. trl is among the tests' packages.
"""

import argparse
import json
import os
import platform
import statistics
import tempfile
import time
import warnings
from pathlib import Path

import torch

from nextword import finetuning, grpo, training, verifiable
from nextword.grpo_parts.records import Config

RESULTS = Path(__file__).parent / "results/rlhf_grpo"
VARIANTS = {
    "this lesson's: divided, by token": {},
    "not divided, by token": {"divide": False},
    "GRPO as published: divided, text by text": {"mean": "sequence"},
    "Dr. GRPO: not divided, by a constant": {"divide": False, "mean": "constant", "longest": 10},
    "RLOO: the others, by a constant": {"baseline": "others", "mean": "constant", "longest": 10},
}
ROUNDS = 12
GOOD = 0.9  # a share of right answers that a run is to reach


def school(seed: int):
    """The lesson's machine after its schooling."""
    chance = torch.Generator().manual_seed(seed)
    examples = verifiable.examples(verifiable.questions(20_000, chance), 0.4, chance)
    run = training.begin(verifiable.new_model(chance), verifiable.SCHOOL)
    return finetuning.finetune(run, examples, verifiable.END).model


def draw(n: int, generator: torch.Generator) -> list[list[int]]:
    return verifiable.prompts(verifiable.questions(n, generator))


def measured(model) -> tuple[float, float]:
    """Shares of right and of worked answers to questions that were put aside."""
    chance = torch.Generator().manual_seed(99)
    written = verifiable.attempt(model, verifiable.questions(100, chance, put_aside=True), 8, chance)
    return tuple(part.float().mean().item() for part in verifiable.judged(written))


def variants(starts: list) -> dict:
    """Each variant from each start: its score, and the first round in which it was good."""
    found = {}
    for name, settings in VARIANTS.items():
        found[name] = []
        for seed, start in enumerate(starts):
            config = Config(rounds=ROUNDS, seed=seed, **settings)
            run = grpo.begin(start, verifiable.TOKENIZER, verifiable.END, verifiable.reward, config)
            history = grpo.train(run, draw).history
            right, worked = measured(run.policy)
            reached = [i for i, noted in enumerate(history, start=1) if noted.reward >= GOOD]
            found[name].append(
                {
                    "right": round(right, 3),
                    "worked": round(worked, 3),
                    "first_good_round": reached[0] if reached else None,
                    "seconds": round(sum(noted.seconds for noted in history), 2),
                }
            )
            print(name, seed, found[name][-1], flush=True)
    return found


def by_turns(texts: list[str]) -> torch.Tensor:
    """Rewards that leave no group without two different ones: then all answers have to be learned from."""
    return torch.arange(len(texts)).remainder(2).float()


def seldom(texts: list[str]) -> torch.Tensor:
    """Rewards as late in a training: in one group of eight somebody is wrong."""
    places = torch.arange(len(texts))
    return ((places // 8 % 8 > 0) | (places % 8 > 0)).float()


def ours_per_round(start, reward=by_turns, rounds: int = 8) -> float:
    """The median time of a round of ours, in seconds of the processor."""
    config = Config(rounds=rounds, epochs=1, lr=1e-6)
    run = grpo.begin(start, verifiable.TOKENIZER, verifiable.END, reward, config)
    return statistics.median(noted.seconds for noted in grpo.train(run, draw).history[1:])


def trls_per_round(rounds: int = 8) -> tuple[float, int]:
    """The same of trl's GRPOTrainer: a Llama of the same sizes, as many questions and answers, as many tokens."""
    from datasets import Dataset
    from tokenizers import Tokenizer, models
    from tokenizers.pre_tokenizers import Split
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, TrainerCallback
    from trl import GRPOConfig, GRPOTrainer

    ours = verifiable.new_model(torch.Generator()).config
    letters = {letter: i for i, letter in enumerate([chr(i) for i in range(ours.vocab_size - 1)])}
    letters["<|end|>"] = ours.vocab_size - 1
    tokenizer = Tokenizer(models.WordLevel(letters, unk_token="<|end|>"))
    tokenizer.pre_tokenizer = Split("", "isolated")
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="<|end|>", pad_token="<|end|>", bos_token="<|end|>"
    )
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=ours.vocab_size,
            hidden_size=ours.d_model,
            intermediate_size=ours.d_mlp,
            num_hidden_layers=ours.n_layers,
            num_attention_heads=ours.n_heads,
            max_position_embeddings=ours.context,
            tie_word_embeddings=False,
            eos_token_id=ours.vocab_size - 1,
            bos_token_id=ours.vocab_size - 1,
            pad_token_id=ours.vocab_size - 1,
        )
    )
    model.generation_config.eos_token_id = ours.vocab_size - 1
    asked = verifiable.questions(32 * rounds, torch.Generator().manual_seed(0))
    times = []

    class Clock(TrainerCallback):
        def on_step_begin(self, *_, **__):  # the answers are written inside the step
            times.append(-time.process_time())

        def on_step_end(self, *_, **__):
            times[-1] += time.process_time()

    def reward(prompts, completions, **_):
        return by_turns(completions).tolist()

    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        config = GRPOConfig(
            output_dir=folder,
            per_device_train_batch_size=256,
            num_generations=8,
            max_completion_length=10,  # ours writes 10 tokens, worked and with its end
            max_steps=rounds,
            beta=0.0,
            loss_type="bnpo",
            learning_rate=1e-3,
            report_to=[],
            save_strategy="no",
            use_cpu=True,
            bf16=False,
            gradient_checkpointing=False,
            disable_tqdm=True,
            logging_steps=1000,
        )
        trainer = GRPOTrainer(
            model, reward, config, Dataset.from_dict({"prompt": asked}), processing_class=tokenizer
        )
        trainer.add_callback(Clock())
        trainer.train()
    return statistics.median(times[1:]), sum(matrix.numel() for matrix in model.parameters())


def written(found: dict) -> str:
    """The table as Markdown."""
    lines = [
        "# GRPO on the one-digit calculator",
        "",
        f"Made by `python benchmarks/rlhf_grpo.py` on {found['machine']}, torch {found['torch']}, one thread.",
        f"{ROUNDS} rounds of 32 questions with 8 answers each, from {len(found['start'])} schoolings of their own.",
        "",
        f"At the start {min(found['start']):.0%} to {max(found['start']):.0%} of the answers are right.",
        "",
        f"| | right answers in the end | first round with {GOOD:.0%} right |",
        "|---|---|---|",
    ]
    for name, runs in found["variants"].items():
        rights, rounds = [run["right"] for run in runs], [run["first_good_round"] for run in runs]
        reached = ", ".join("never" if one is None else str(one) for one in rounds)
        lines.append(f"| {name} | {min(rights):.0%} to {max(rights):.0%} | {reached} |")
    took = found["trl"]
    lines += [
        "",
        "## A round of 256 answers with one step, in seconds of the processor",
        "",
        f"trl {took['version']} on a Llama of {took['trl_dials']:,} dials; ours has {took['ours_dials']:,}.",
        "",
        "| | ours | trl | times |",
        "|---|---|---|---|",
        *(
            f"| {what} | {took[ours]:.2f} | {took['trl']:.2f} | {took['trl'] / took[ours]:.1f} |"
            for what, ours in (
                ("every group tells something", "ours"),
                ("one group in eight does", "ours_late"),
            )
        ),
        "",
        "Answers of a group that tells nothing have a loss of 0: ours leaves them out of the step, and trl does not.",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--times", action="store_true", help="only the times beside trl's, put into what was found"
    )
    options = parser.parse_args()
    torch.set_num_threads(1)
    if options.times:
        found = json.loads(RESULTS.with_suffix(".json").read_text())
        start = school(0)
    else:
        starts = [school(seed) for seed in range(4)]
        found = {
            "machine": f"{platform.machine()}, {os.cpu_count()} cores",
            "torch": torch.__version__,
            "start": [round(measured(one)[0], 3) for one in starts],
            "variants": variants(starts),
        }
        start = starts[0]
    found["trl"] = times(start)
    RESULTS.with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n")
    RESULTS.with_suffix(".md").write_text(written(found))
    print(written(found))


def times(start) -> dict:
    """A round of ours and one of trl's, by turns, the best of three each: other work on a machine only slows."""
    import trl

    worked, found = learned(start), []
    for _ in range(3):
        theirs, dials = trls_per_round()
        found.append((ours_per_round(worked), ours_per_round(worked, seldom), theirs))
    ours, late, theirs = (min(one) for one in zip(*found, strict=True))
    return {
        "version": trl.__version__,
        "ours": round(ours, 3),
        "ours_late": round(late, 3),
        "trl": round(theirs, 3),
        "ours_dials": sum(matrix.numel() for matrix in start.parameters()),
        "trl_dials": dials,
    }


def learned(start):
    """A machine that works each answer, so that it writes as many tokens as the other is given."""
    config = Config(rounds=ROUNDS)
    run = grpo.begin(start, verifiable.TOKENIZER, verifiable.END, verifiable.reward, config)
    return grpo.train(run, draw).policy


if __name__ == "__main__":
    main()
