"""Lesson 00."""

import random
from functools import reduce

from nextword import chat
from tests.lessons import right, wrong

# ---- likeliest ----


@right("black_box.likeliest")
def _(options):
    best = None
    for piece in options:
        if best is None or options[piece] > options[best]:
            best = piece
    return best


@right("black_box.likeliest")
def _(options):
    highest = max(options.values())
    for piece, probability in options.items():
        if probability == highest:
            return piece


@right("black_box.likeliest")
def _(options):
    return max(options.items(), key=lambda item: item[1])[0]


@right("black_box.likeliest")
def _(options):
    pieces, chances = list(options.keys()), list(options.values())
    return pieces[chances.index(max(chances))]


@wrong("black_box.likeliest", "likeliest-alphabet")
def _(options):
    return sorted(options)[-1]


@wrong("black_box.likeliest", "likeliest-probability")
def _(options):
    return sorted(options.values())[-1]


@wrong("black_box.likeliest", "likeliest-pair")
def _(options):
    best = max(options, key=options.get)
    return best, options[best]


@wrong("black_box.likeliest", "likeliest-first")
def _(options):
    for piece in options:
        return piece


@wrong("black_box.likeliest", "likeliest-last")
def _(options):
    best = 0
    for piece, probability in options.items():
        if probability > 0:
            best = piece
    return best


@wrong("black_box.likeliest", "likeliest-least")
def _(options):
    return sorted(options, key=lambda piece: options[piece])[0]


@wrong("black_box.likeliest", "likeliest-place")
def _(options):
    return max(range(len(options)), key=list(options.values()).__getitem__)


@wrong("black_box.likeliest", "likeliest-half")
def _(options):
    likely = [piece for piece in options if options[piece] >= 0.5]
    return likely[0] if likely else None


@wrong("black_box.likeliest", "likeliest-half-or-last")
def _(options):
    likely = [piece for piece in options if options[piece] >= 0.5]
    return likely[0] if likely else list(options)[-1]


@wrong("black_box.likeliest", "likeliest-half-or-first")
def _(options):
    best = list(options)[0]
    for piece in options:
        if options[piece] > 1 / 2:
            best = piece
    return best


@wrong("black_box.likeliest", "likeliest-tie")
def _(options):
    return sorted(options, key=options.get)[-1]


@wrong("black_box.likeliest", "place-spoiled")
def _(options):
    return max(options, key=options.get).replace(" ", "", 1)


@wrong("black_box.likeliest", "likeliest-list")
def _(options):
    return [max(options, key=options.get)]


@wrong("black_box.likeliest", "likeliest-chance")
def _(options):
    return random.choice(list(options))


# ---- pick ----


@right("black_box.pick")
def _(options, u):
    for piece, probability in options.items():
        u -= probability
        if u < -1e-12 or (u < 0 and probability > 0):
            return piece
    return list(options)[-1]


@right("black_box.pick")
def _(options, u):
    start = 0
    for piece in options:
        if start <= u < start + options[piece]:
            return piece
        start += options[piece]
    return list(options)[-1]


@right("black_box.pick")
def _(options, u):
    pieces, chances = list(options), list(options.values())
    i, end = 0, chances[0]
    while u >= end and i < len(pieces) - 1:
        i += 1
        end += chances[i]
    return pieces[i]


@wrong("black_box.pick", "pick-own-chance")
def _(options, u):
    return random.choices(list(options), weights=list(options.values()))[0]


@wrong("black_box.pick", "pick-each-by-itself")
def _(options, u):
    below = [piece for piece in options if u < options[piece]]
    return (below or list(options)[-1:])[0]


@wrong("black_box.pick", "pick-each-by-itself-none")
def _(options, u):
    end = 0
    for piece in options:
        end = options[piece]
        if end > u:
            return piece


@wrong("black_box.pick", "pick-none")
def _(options, u):
    ends = 0
    for piece in options:
        ends = ends + options[piece]
        if ends > u:
            return piece
    return None


@wrong("black_box.pick", "pick-likeliest")
def _(options, u):
    return sorted(options, key=options.get, reverse=True)[0]


@wrong("black_box.pick", "pick-equal-shares")
def _(options, u):
    end, share = 0, 1 / len(options)
    for piece in options:
        end += share
        if u < end - 1e-12:
            return piece
    return piece


@wrong("black_box.pick", "pick-sorted")
def _(options, u):
    ordered, end = sorted(options.items(), key=lambda item: -item[1]), 0
    while ordered and u >= end:
        piece, probability = ordered.pop(0)
        end += probability
    return piece


@wrong("black_box.pick", "pick-end-included")
def _(options, u):
    start = 0
    for piece in options:
        if start <= u <= start + options[piece]:
            return piece
        start += options[piece]
    return piece


@wrong("black_box.pick", "edit")
def _(options, u):
    end, backwards = 0, list(options.items())[::-1]
    for piece, probability in backwards:
        if end <= u < end + probability:
            return piece
        end += probability
    return backwards[-1][0]


@wrong("black_box.pick", "pick-ends-excluded")
def _(options, u):
    begin = 0
    for piece in options:
        if begin < u and u < begin + options[piece]:
            return piece
        begin += options[piece]
    return piece


@wrong("black_box.pick", "pick-turned")
def _(options, u):
    end = 0
    for piece in options:
        end += options[piece]
        if end < u:
            return piece
    return list(options)[-1]


@wrong("black_box.pick", "pick-added-late")
def _(options, u):
    ends = [sum(list(options.values())[:i]) for i in range(len(options))]
    later = [piece for piece, end in zip(options, ends, strict=True) if end > u]
    return later[0] if later else list(options)[-1]


@wrong("black_box.pick", "pick-last")
def _(options, u):
    for piece in options:
        found = piece
    return found


@wrong("black_box.pick", "pick-first")
def _(options, u):
    end = 0
    for piece in options:
        end += options[piece]
        if u < end:
            return piece
        return piece


@wrong("black_box.pick", "pick-first-or-last")
def _(options, u):
    end = 0
    for piece in options:
        end += options[piece]
        if u < end:
            return piece
        else:
            return list(options)[-1]


@wrong("black_box.pick", "pick-probability")
def _(options, u):
    end = 0
    for piece in options:
        end += options[piece]
        if u < end:
            return options[piece]
    return options[piece]


@wrong("black_box.pick", "wrong-kind")
def _(options, u):
    end = 0
    for piece in options:
        end += options[piece]
        if u < end:
            return end
    return end


@wrong("black_box.pick", "wrong-kind")
def _(options, u):
    end, place = 0, -1
    while u >= end and place < len(options) - 1:
        place += 1
        end += list(options.values())[place]
    return max(place, 0)


# ---- write ----


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


# ---- transcript ----


@right("chat.transcript")
def _(turns):
    text = ""
    for who, what in turns:
        text += chat.START + who + "\n" + what + chat.END + "\n"
    return text + chat.START + "assistant\n"


@right("chat.transcript")
def _(turns):
    opened = [f"<|im_start|>{turn[0]}\n{turn[1]}<|im_end|>" for turn in turns]
    return "\n".join([*opened, "<|im_start|>assistant\n"])


@right("chat.transcript")
def _(turns):
    return "".join(map("<|im_start|>{0[0]}\n{0[1]}<|im_end|>\n".format, turns)) + "<|im_start|>assistant\n"


def said(turns, form=f"{chat.START}%s\n%s{chat.END}\n"):
    return "".join(form % (who, what) for who, what in turns)


OPENED = chat.START + "assistant" + "\n"


@wrong("chat.transcript", "transcript-not-opened")
def _(turns):
    return said(turns)


@wrong("chat.transcript", "transcript-closed")
def _(turns):
    return said([*turns, ("assistant", "")])


@wrong("chat.transcript", "transcript-up-to-here")
def _(turns):
    return said(turns) + OPENED + chat.END


@wrong("chat.transcript", "transcript-name-only")
def _(turns):
    return (said(turns) + OPENED).rstrip()


@wrong("chat.transcript", "transcript-up-to-here")
def _(turns):
    return said(turns) + OPENED.replace("assistant", "user")


@wrong("chat.transcript", "transcript-swapped")
def _(turns):
    return "".join(f"{chat.START}{turn[1]}\n{turn[0]}{chat.END}\n" for turn in turns) + OPENED


@wrong("chat.transcript", "transcript-up-to-here")
def _(turns):
    return "".join(said([turn]) for turn in turns if turn[0] in ("user", "assistant")) + OPENED


@wrong("chat.transcript", "transcript-last-only")
def _(turns):
    text = ""
    for who, what in turns:
        text = f"{chat.START}{who}\n{what}{chat.END}\n"
    return text + OPENED


@wrong("chat.transcript", "transcript-first-only")
def _(turns):
    for turn in turns:
        return said([turn]) + OPENED
    return OPENED


@wrong("chat.transcript", "transcript-opened-each-time")
def _(turns):
    text = ""
    for turn in turns:
        text += said([turn])
        text += OPENED
    return text or OPENED


@wrong("chat.transcript", "transcript-up-to-here")
def _(turns):
    text = said(turns)
    if turns[-1:] and turns[-1][0] == "user":
        text += OPENED
    return text


@wrong("chat.transcript", "transcript-name-and-colon")
def _(turns):
    return said(turns, f"{chat.START}%s: %s{chat.END}\n") + OPENED


@wrong("chat.transcript", "transcript-stuck-together")
def _(turns):
    return said(turns, f"{chat.START}%s%s{chat.END}\n") + OPENED


@wrong("chat.transcript", "transcript-no-line-after-end")
def _(turns):
    return said(turns, f"{chat.START}%s\n%s{chat.END}") + OPENED


@wrong("chat.transcript", "transcript-joined")
def _(turns):
    return said(turns)[:-1] + OPENED


@wrong("chat.transcript", "transcript-line-before-end")
def _(turns):
    return said(turns, f"{chat.START}%s\n%s\n{chat.END}\n") + OPENED


@wrong("chat.transcript", "transcript-not-ended")
def _(turns):
    return said(turns, f"{chat.START}%s\n%s\n") + OPENED


@wrong("chat.transcript", "transcript-up-to-here")
def _(turns):
    return said([(who.strip(), what.strip()) for who, what in turns]) + OPENED


@wrong("chat.transcript", "transcript-up-to-here")
def _(turns):
    return said(turns, f"{chat.START}%s/n%s{chat.END}/n") + chat.START + "assistant/n"


@wrong("chat.transcript", "transcript-list")
def _(turns):
    return [said([turn]) for turn in turns] + [OPENED]


@wrong("chat.transcript", "transcript-no-f")
def _(turns):
    return "".join("{chat.START}{who}\n{what}{chat.END}\n" for who, what in turns) + OPENED


@wrong("chat.transcript", "transcript-quoted-mark")
def _(turns):
    return "".join("chat.START" + who + "\n" + what + chat.END + "\n" for who, what in turns) + OPENED


@wrong("chat.transcript", "transcript-up-to-here")
def _(turns):
    return said(turns) + "<|im_start>assistant\n"
