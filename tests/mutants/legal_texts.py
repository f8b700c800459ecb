"""Legal inputs by chance that are no tensors: options, turns, tokens, counts, ids."""

from tests.mutants.chance import R, ri

PIECES = [" a", " b", "!", " boy", " swan ", "x", ".", " the", "\n"]
WORDS = "the swan a boy girl sat on . and duck old oak".split()


def options():
    n = ri(1, 6)
    ps = [R.choice([0.05, 0.1, 0.125, 0.2, 0.25, 0.3, 0.5, R.random()]) for _ in range(n)]
    total = sum(ps)
    ps = [p / total for p in ps] if R.random() < 0.7 else ps if total <= 1 else [1 / n] * n
    return dict(zip(R.sample(PIECES, n), ps, strict=False))


def pick():
    if R.random() < 0.5:
        return options(), R.choice([R.random(), 0.0, 0.999999])
    cuts = sorted(R.sample(range(1, 64), ri(1, 5)))  # ends that are exact, and a pin on one of them
    lengths = [(b - a) / 64 for a, b in zip([0, *cuts], [*cuts, 64], strict=True)]
    return dict(zip(R.sample(PIECES, len(lengths)), lengths, strict=True)), R.choice(cuts) / 64


def write():
    a, b = ri(2, 9), ri(0, 5)

    def machine(text):
        h = sum(map(ord, text)) * a + len(text)
        return {f" {h % 7}": 0.5, " " + text[-2:]: 0.3, "\n": 0.2} if h % 3 else {" z ": 0.9, "": 0.1}

    def choose(options):
        return sorted(options, key=lambda k: (options[k], k))[(b + len(options)) % len(options)]

    return R.choice(["", "The", "The duck ", " a", "x\n"]), ri(0, 7), machine, choose


def turns():
    return (
        [
            (
                R.choice(["user", "assistant", "system", "tool"]),
                R.choice(["Hi", "", " a b ", "one\ntwo", "\n", "é", "{x}", "x" * 30]),
            )
            for _ in range(ri(0, 6))
        ],
    )


def tokens(n=None, k=5):
    n = ri(0, 25) if n is None else n
    return R.choice(
        [
            lambda: R.choices(WORDS[:k], k=n),
            lambda: R.choices(range(k), k=n),
            lambda: list(R.choices(range(k), k=n)),
        ]
    )()


def counts():
    return {w: ri(1, 60) for w in R.sample(WORDS, ri(1, 8))}


def smooth():
    c = {w: ri(1, 60) for w in R.sample(WORDS, ri(0, 6))}
    v = sorted(set(WORDS))
    R.shuffle(v)
    if R.random() < 0.5:
        return c, v, R.choice([0.01, 0.1, 0.5, 1, 1.0, 2, 3.7])
    return (c, v) if R.random() < 0.3 else (c, tuple(v), R.random() + 0.01)


def copied():
    s = R.choices(WORDS[: ri(2, 9)], k=ri(0, 40))
    t = []
    while len(t) < ri(1, 30):
        i = ri(0, max(0, len(s) - 1))
        t += s[i : i + ri(1, 9)] or ["x"]
        if R.random() < 0.5:
            t.append(R.choice(WORDS + ["new"]))
    return (t, s, ri(1, 7)) if R.random() < 0.8 else (t, s)


def text():
    return (
        "".join(
            R.choice(list("abc XYZ\n\t ") + list("éæøßñ€中文🦆👩‍👧\u0301\u0000\ufeffİ\r\u2028ﬁ"))
            for _ in range(ri(0, 14))
        ),
    )


def chunks(top=6):
    return [[ri(97, 97 + top) for _ in range(ri(0, 9))] for _ in range(ri(0, 7))]


def merges(n):
    found = []
    while len(found) < n:
        p = tuple(
            R.choice([ri(97, 100), ri(97, 100), R.randrange(256, 256 + len(found)) if found else 97])
            for _ in "ab"
        )
        if p not in found:
            found.append(p)
    return found


def merge():
    p = R.choice([(97, 98), (97, 97), (98, 97), (256, 97)])
    return [R.choice([97, 98, 99, 256]) for _ in range(ri(0, 20))], p, ri(257, 300)


def decode():
    table = [
        R.choice(
            [
                b"a",
                b" swan",
                b"\xc3",
                b"\xa6",
                b"\xf0\x9f",
                b"\xa6\x86",
                b"\xff",
                b"",
                "é".encode(),
                b"\r\n",
                b"\n",
                b"\x00",
                b"\xe2\x82",
            ]
        )
        for _ in range(12)
    ]
    return [ri(0, 11) for _ in range(ri(0, 12))], table
