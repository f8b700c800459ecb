"""Our tokenizer beside others on the training tales, as ratios of seconds: `python benchmarks/tokenizer.py`.

Everything runs in turn on one thread, several times over, and the best time of each counts.
"""

import os
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"

import tokenizers

from nextword import text, tokenizer

VOCAB_SIZE, ROUNDS = 2048, 3


def train_theirs(book: str) -> tokenizers.Tokenizer:
    """Hugging Face's trainer, with the same bytes and the same pattern."""
    theirs = tokenizers.Tokenizer(tokenizers.models.BPE())
    theirs.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = tokenizers.pre_tokenizers.ByteLevel.alphabet()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=VOCAB_SIZE, initial_alphabet=alphabet, show_progress=False
    )
    theirs.train_from_iterator(book.splitlines(keepends=True), trainer)
    return theirs


def best(works: dict) -> dict[str, float]:
    """The least seconds that each took, all of them in turn in every round."""
    seconds = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            start = time.perf_counter()
            work()
            seconds[name].append(time.perf_counter() - start)
    return {name: min(times) for name, times in seconds.items()}


def report(title: str, seconds: dict[str, float]) -> None:
    """Seconds, and each as a multiple of the first."""
    print(title)
    first = next(iter(seconds.values()))
    for name, took in seconds.items():
        print(f"  {name:<28} {took:8.3f} s   {took / first:6.2f}")


def main() -> None:
    book, _ = text.split(text.tales())
    ours, theirs = tokenizer.Tokenizer.train(book, VOCAB_SIZE), train_theirs(book)
    compiled = ours.to_tiktoken()
    lines = book.splitlines(keepends=True)
    print(f"{len(book.encode()):,} bytes, {VOCAB_SIZE} tokens")
    report(
        "train",
        best(
            {
                "ours": lambda: tokenizer.Tokenizer.train(book, VOCAB_SIZE),
                "Hugging Face tokenizers": lambda: train_theirs(book),
            }
        ),
    )
    report(
        "encode",
        best(
            {
                "ours": lambda: ours.encode(book),
                "ours through tiktoken": lambda: compiled.encode_ordinary(book),
                "Hugging Face tokenizers": lambda: [theirs.encode(line).ids for line in lines],
            }
        ),
    )
    tale = min(text.tales().values(), key=len)
    chunks = [tokenizer.utf8_bytes(chunk) for chunk in tokenizer.pretokenize(tale)]
    report(
        f"train, 200 merges on one tale of {len(tale)} letters",
        best(
            {
                "fast": lambda: tokenizer.Tokenizer.train(tale, 456),
                "plain (the taught one)": lambda: tokenizer.train(chunks, 200),
            }
        ),
    )


if __name__ == "__main__":
    main()
