"""Answers to `black_box.write` as readers might write them."""

from functools import reduce

from tests.lessons import right, wrong


@right("black_box.write")
def _(start, n, machine, choose):
    for _ in range(n):
        start = start + choose(machine(start))
    return start


@right("black_box.write")
def _(start, n, machine, choose):
    return reduce(lambda text, _: text + choose(machine(text)), range(n), start)


@right("black_box.write")
def _(start, n, machine, choose):
    pieces = [start]
    while len(pieces) <= n:
        options = machine("".join(pieces))
        pieces.append(choose(options))
    return "".join(pieces)


@wrong("black_box.write", "write-same-text")
def _(start, n, machine, choose):
    options = machine(start)
    return start + "".join(choose(options) for _ in range(n))


@wrong("black_box.write", "write-last-piece-shown")
def _(start, n, machine, choose):
    pieces = [start]
    for _ in range(n):
        pieces.append(choose(machine(pieces[-1])))
    return "".join(pieces)


@wrong("black_box.write", "write-not-all-shown")
def _(start, n, machine, choose):
    pieces = []
    for _ in range(n):
        pieces.append(choose(machine("".join(pieces))))
    return start + "".join(pieces)


@wrong("black_box.write", "write-spaces")
def _(start, n, machine, choose):
    text = start
    for _ in range(n):
        text = f"{text} {choose(machine(text))}"
    return text


@wrong("black_box.write", "write-only-new")
def _(start, n, machine, choose):
    new = ""
    for _ in range(n):
        new += choose(machine(start + new))
    return new


@wrong("black_box.write", "write-own-choice")
def _(start, n, machine, choose):
    for _ in range(n):
        start += sorted(machine(start).items(), key=lambda item: item[1])[-1][0]
    return start


@wrong("black_box.write", "argument-ignored")
def _(start, n, machine, choose):
    for _ in range(n):
        start = start + list(machine(start))[0]
    return start


@wrong("black_box.write", "write-unchanged")
def _(start, n, machine, choose):
    text = start
    for _ in range(n):
        text.join(choose(machine(text)))
    return text


@wrong("black_box.write", "write-added-after-loop")
def _(start, n, machine, choose):
    text = start
    for _ in range(n):
        options = machine(text)
        piece = choose(options)
    text += piece
    return text


@wrong("black_box.write", "write-times-asked")
def _(start, n, machine, choose):
    for _ in range(1, n):
        start += choose(machine(start))
    return start


@wrong("black_box.write", "write-times-asked")
def _(start, n, machine, choose):
    written = 0
    while written <= n:
        start += choose(machine(start))
        written += 1
    return start


@wrong("black_box.write", "write-return-inside")
def _(start, n, machine, choose):
    while n > 0:
        start = f"{start}{choose(machine(start))}"
        return start
    return start


@wrong("black_box.write", "write-return-inside")
def _(start, n, machine, choose):
    while n > 0:
        return start + choose(machine(start))


@wrong("black_box.write", "write-choose-is-handed-in")
def _(start, n, machine, choose):
    for _ in range(n):
        start += machine.likeliest(machine(start))
    return start


@wrong("black_box.write", "write-choose-is-handed-in")
def _(start, n, machine, choose):
    for _ in range(n):
        start += likeliest(machine(start))  # noqa: F821  (as a reader's cell may have it)
    return start


@wrong("black_box.write", "raised")
def _(start, n, machine, choose):
    for _ in range(n):
        start.append(choose(machine(start)))
    return start


@wrong("black_box.write", "write-once")
def _(start, n, machine, choose):
    options = machine(start)
    piece = choose(options)
    return f"{start}{piece}"


@wrong("black_box.write", "write-overwritten")
def _(start, n, machine, choose):
    return reduce(lambda text, _: choose(machine(text)), range(n), start)


@wrong("black_box.write", "write-times-asked")
def _(start, n, machine, choose):
    while n > len(start):
        start = start + choose(machine(start))
    return start


@wrong("black_box.write", "write-in-front")
def _(start, n, machine, choose):
    for _ in range(n):
        start = "".join([choose(machine(start)), start])
    return start


@wrong("black_box.write", "write-pieces")
def _(start, n, machine, choose):
    text, pieces = start, [start]
    for _ in range(n):
        pieces += [choose(machine(text))]
        text += pieces[-1]
    return pieces


@wrong("black_box.write", "write-stripped")
def _(start, n, machine, choose):
    for _ in range(n):
        start += choose(machine(start)).lstrip()
    return start


@wrong("black_box.write", "write-text-stripped")
def _(start, n, machine, choose):
    for _ in range(n):
        piece = choose(machine(start))
        start = start.strip() + piece
    return start


@wrong("black_box.write", "write-not-chosen")
def _(start, n, machine, choose):
    for _ in range(n):
        start = start + choose(start)
    return start


@wrong("black_box.write", "write-options-added")
def _(start, n, machine, choose):
    for _ in range(n):
        start = start + machine(start)
    return start


@wrong("black_box.write", "write-times-asked")
def _(start, n, machine, choose):
    for _ in range(n):
        machine(start)
        start += choose(machine(start))
    return start


@wrong("black_box.write", "write-not-all-shown")
def _(start, n, machine, choose):
    new = start
    for _ in range(n):
        new += choose(machine(new[-3:]))
    return new


@wrong("black_box.write", "write-not-all-shown")
def _(start, n, machine, choose):
    for _ in range(n):
        start += choose(machine(start)) + "\n"
    return start


@wrong("black_box.write", "write-end-shown")
def _(start, n, machine, choose):
    text = start
    for _ in range(n):
        text += choose(machine(text[-100:]))
    return text


@wrong("black_box.write", "write-stops-early")
def _(start, n, machine, choose):
    text = start
    while n and not text[len(start) :].endswith("."):
        text, n = text + choose(machine(text)), n - 1
    return text
