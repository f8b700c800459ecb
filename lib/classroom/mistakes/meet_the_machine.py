"""Wrong ways to write the exercises of lesson 00, and what each misunderstands."""

import itertools

from classroom.checking import mistake

# ---- likeliest ----


@mistake(
    "machine.likeliest",
    "likeliest-alphabet",
    "That is the piece that comes last in the alphabet: of a dictionary, the keys are compared. "
    "max takes a second argument, key, which says what to compare by. Give it one.",
)
def _(options):
    return max(options)


@mistake(
    "machine.likeliest",
    "likeliest-probability",
    "This is the highest probability. What is needed is the piece that has it.",
)
def _(options):
    return max(options.values())


@mistake(
    "machine.likeliest",
    "likeliest-pair",
    "This is the piece together with its probability. Give the piece alone.",
)
def _(options):
    return max(options.items(), key=lambda item: item[1])


@mistake(
    "machine.likeliest",
    "likeliest-first",
    "This is the first piece, whatever its probability. The real machine does put the likeliest first, but not everybody does: look at "
    "the numbers. (If you compare them in a loop, return only after it.)",
)
def _(options):
    return next(iter(options))


@mistake(
    "machine.likeliest",
    "likeliest-last",
    "This is the last piece, whatever its probability. Compare: keep a piece only if it is likelier than the best so far.",
)
def _(options):
    return list(options)[-1]


@mistake(
    "machine.likeliest",
    "likeliest-least",
    "Upside down: this is the least likely piece.",
)
def _(options):
    return min(options, key=options.get)


@mistake(
    "machine.likeliest",
    "likeliest-longest",
    "This is the longest piece. Compare the probabilities: key=options.get, not key=len.",
)
def _(options):
    return max(options, key=len)


@mistake(
    "machine.likeliest",
    "likeliest-place",
    "This is the place of the piece in the list, a number. Give the piece itself.",
)
def _(options):
    chances = list(options.values())
    return chances.index(max(chances))


@mistake(
    "machine.likeliest",
    "likeliest-half",
    "A piece need not have more than half of the probability to be the likeliest. Then nothing was found here.",
)
def _(options):
    for piece, probability in options.items():
        if probability >= 0.5:
            return piece


@mistake(
    "machine.likeliest",
    "likeliest-tie",
    "Of two that are equally likely, you took the later. Of equals the first is needed: max takes it, and so does a loop with >.",
)
def _(options):
    best, highest = None, 0
    for piece, probability in options.items():
        if probability >= highest:
            best, highest = piece, probability
    return best


@mistake(
    "machine.likeliest",
    "likeliest-stripped",
    "The space before the word is gone. It belongs to the piece: without it the next word would stick to the last.",
)
def _(options):
    return max(options, key=options.get).strip()


@mistake(
    "machine.likeliest",
    "likeliest-list",
    "This is a list that holds the piece. Give the piece itself: put [0] behind it.",
)
def _(options):
    return sorted(options, key=options.get, reverse=True)[:1]


# ---- pick ----


@mistake(
    "machine.pick",
    "pick-each-by-itself",
    "u was compared with each probability by itself. The pieces lie end to end: a from 0 to .2, b from .2 to .5, so the pin at .4 falls on b. "
    "Add up as you go.",
)
def _(options, u):
    for piece, probability in options.items():
        if u < probability:
            return piece
    return piece


@mistake(
    "machine.pick",
    "pick-each-by-itself-none",
    "u was compared with each probability by itself. The pieces lie end to end: a from 0 to .2, b from .2 to .5, so the pin at .4 falls on b. "
    "Add up as you go. (And then the last piece catches what is left.)",
)
def _(options, u):
    for piece, probability in options.items():
        if u < probability:
            return piece


@mistake(
    "machine.pick",
    "pick-none",
    "Nothing was picked: rounding had left the sum a little below u. The last piece catches the rest, so return it after the loop.",
)
def _(options, u):
    end = 0
    for piece, probability in options.items():
        end += probability
        if u < end:
            return piece


@mistake(
    "machine.pick",
    "pick-first-catches-rest",
    "Beyond the end of the ruler you gave the first piece. The pin fell just behind the *last*.",
)
def _(options, u):
    end = 0
    for piece, probability in options.items():
        end += probability
        if u < end:
            return piece
    return next(iter(options))


@mistake(
    "machine.pick",
    "pick-likeliest",
    "u makes no difference: this is always the likeliest piece. A pin may fall on any of them.",
)
def _(options, u):
    return max(options, key=options.get)


@mistake(
    "machine.pick",
    "pick-equal-shares",
    "Each piece got an equal part of the ruler. It is as long as its probability.",
)
def _(options, u):
    return list(options)[int(u * len(options))]


@mistake(
    "machine.pick",
    "pick-sorted",
    "The pieces were put in order of probability first. They lie along the ruler in the order in which they come.",
)
def _(options, u):
    end = 0
    for piece in sorted(options, key=options.get, reverse=True):
        end += options[piece]
        if u < end:
            return piece
    return piece


@mistake(
    "machine.pick",
    "pick-alphabet",
    "The pieces were put in order of the alphabet first. They lie along the ruler in the order in which they come.",
)
def _(options, u):
    end = 0
    for piece in sorted(options):
        end += options[piece]
        if u < end:
            return piece
    return piece


@mistake(
    "machine.pick",
    "pick-end-included",
    "Where one piece ends the next begins: a pin at .25 is no longer on a piece from 0 to .25. Ask u < end, not u <= end; else a piece with "
    "probability 0 can be picked.",
)
def _(options, u):
    end = 0
    for piece, probability in options.items():
        end += probability
        if u <= end:
            return piece
    return piece


@mistake(
    "machine.pick",
    "pick-end-included-none",
    "Where one piece ends the next begins: a pin at .25 is no longer on a piece from 0 to .25. Ask u < end, not u <= end. (And return the last piece "
    "after the loop: rounding may leave the sum below u.)",
)
def _(options, u):
    end = 0
    for piece, probability in options.items():
        end += probability
        if u <= end:
            return piece


@mistake(
    "machine.pick",
    "pick-from-the-end",
    "The ruler was laid from the other end: the first piece should begin at 0.",
)
def _(options, u):
    end = 0
    for piece in reversed(options):
        end += options[piece]
        if u < end:
            return piece
    return piece


@mistake(
    "machine.pick",
    "pick-turned",
    "The comparison is the wrong way round. Add up until the sum has passed u, that is u < end.",
)
def _(options, u):
    end = 0
    for piece, probability in options.items():
        end += probability
        if u > end:
            return piece
    return piece


@mistake(
    "machine.pick",
    "pick-added-late",
    "You looked before you added: the pin lies on this piece, and you gave the next one. First end += probability, then compare.",
)
def _(options, u):
    end = 0
    for piece, probability in options.items():
        if u < end:
            return piece
        end += probability
    return piece


@mistake(
    "machine.pick",
    "pick-last",
    "This is always the last piece. (Does the loop stop when the piece is found? return does that.)",
)
def _(options, u):
    return list(options)[-1]


@mistake(
    "machine.pick",
    "pick-first",
    "This is always the first piece. (Does a return stand in the loop without an if, or as its else?)",
)
def _(options, u):
    return next(iter(options))


@mistake(
    "machine.pick",
    "pick-first-or-last",
    "Only the first piece or the last is ever picked: the loop ends too early. A pin that isn't on this piece may be on the next: go on, and return "
    "the last only after the loop.",
)
def _(options, u):
    pieces = list(options)
    return pieces[0] if u < options[pieces[0]] else pieces[-1]


@mistake(
    "machine.pick",
    "pick-nearest",
    "This is the piece whose probability is nearest to u. u is a place on the ruler: on which piece does it lie?",
)
def _(options, u):
    return min(options, key=lambda piece: abs(options[piece] - u))


@mistake(
    "machine.pick",
    "pick-probability",
    "This is a probability. What is needed is the piece that has it.",
)
def _(options, u):
    end = 0
    for probability in options.values():
        end += probability
        if u < end:
            break
    return probability


@mistake(
    "machine.pick",
    "pick-end",
    "This is where the piece ends on the ruler. What is needed is the piece.",
)
def _(options, u):
    end = 0
    for probability in options.values():
        end += probability
        if u < end:
            break
    return end


@mistake(
    "machine.pick",
    "pick-place",
    "This is the number of the piece. What is needed is the piece itself.",
)
def _(options, u):
    ends = itertools.accumulate(options.values())
    return next((place for place, end in enumerate(ends) if u < end), len(options) - 1)


@mistake(
    "machine.pick",
    "pick-above-u",
    "u was taken for a bar that a probability must reach. It is a place on the ruler: a lies from 0 to .2, b from .2 to .5, so the pin at .4 falls on b.",
)
def _(options, u):
    likely = [piece for piece, probability in options.items() if probability >= u]
    return likely[0] if likely else max(options, key=options.get)


# ---- write ----


@mistake(
    "machine.write",
    "write-same-text",
    "The machine never saw what was added: each time it was shown the beginning only, and so it says the same again. Show it all the text so far, anew each time.",
)
def _(start, n, machine, choose):
    text = start
    for _ in range(n):
        text += choose(machine(start))
    return text


@mistake(
    "machine.write",
    "write-last-piece-shown",
    "The machine was shown the last piece only. It saw ' duckling', not the tale, and was lost. Show it all the text so far.",
)
def _(start, n, machine, choose):
    text = piece = start
    for _ in range(n):
        piece = choose(machine(piece))
        text += piece
    return text


@mistake(
    "machine.write",
    "write-beginning-not-shown",
    "The machine saw only what is new, without the beginning. Show it all the text so far.",
)
def _(start, n, machine, choose):
    new = ""
    for _ in range(n):
        new += choose(machine(new))
    return start + new


@mistake(
    "machine.write",
    "write-spaces",
    "You added spaces, and pieces bring their own: ' duckling' begins with one. Now there are two, and the machine is confused.",
)
def _(start, n, machine, choose):
    text = start
    for _ in range(n):
        text += " " + choose(machine(text))
    return text


@mistake(
    "machine.write",
    "write-only-new",
    "This is only what is new. Give the whole text, the beginning too.",
)
def _(start, n, machine, choose):
    text = start
    for _ in range(n):
        text += choose(machine(text))
    return text[len(start) :]


@mistake(
    "machine.write",
    "write-own-choice",
    "`choose` was not asked: the likeliest was taken each time. Whoever calls write says how to choose: choose(machine(text)).",
)
def _(start, n, machine, choose):
    text = start
    for _ in range(n):
        options = machine(text)
        text += max(options, key=options.get)
    return text


@mistake(
    "machine.write",
    "write-first-option",
    "`choose` was not asked: the first of the options was taken each time. Whoever calls write says how to choose: choose(machine(text)).",
)
def _(start, n, machine, choose):
    text = start
    for _ in range(n):
        text += next(iter(machine(text)))
    return text


@mistake(
    "machine.write",
    "write-unchanged",
    "The text came back as it was. text + piece makes a new text, and somebody must keep it: text = text + piece, or text += piece.",
)
def _(start, n, machine, choose):
    return start


@mistake(
    "machine.write",
    "write-added-after-loop",
    "The piece is added once, below the loop. Move that line to the right, into the loop.",
)
def _(start, n, machine, choose):
    for _ in range(n):
        piece = choose(machine(start))
    return start + piece


@mistake(
    "machine.write",
    "write-one-short",
    "One piece too few. range(n) has n steps already: 0, 1, ... up to n - 1.",
)
def _(start, n, machine, choose):
    text = start
    for _ in range(n - 1):
        text += choose(machine(text))
    return text


@mistake(
    "machine.write",
    "write-one-long",
    "One piece too many. range(n) has n steps: 0, 1, ... up to n - 1.",
)
def _(start, n, machine, choose):
    text = start
    for _ in range(n + 1):
        text += choose(machine(text))
    return text


@mistake(
    "machine.write",
    "write-return-inside",
    "It stops after one piece: the return stands inside the loop. Move it to the left, below the loop.",
)
def _(start, n, machine, choose):
    text = start
    for _ in range(n):
        text += choose(machine(text))
        return text
    return text


@mistake(
    "machine.write",
    "write-return-in-loop",
    "The return stands in the loop, so it ends after one round: move it to the left.",
)
def _(start, n, machine, choose):
    text = start
    for _ in range(n):
        text += choose(machine(text))
        return text


@mistake(
    "machine.write",
    "write-full-stop",
    "You ended at a full stop. n pieces are asked for, and after one sentence comes the next.",
)
def _(start, n, machine, choose):
    text = start
    for _ in range(n):
        if text.endswith("."):
            break
        text += choose(machine(text))
    return text


@mistake(
    "machine.write",
    "write-once",
    "One piece was added, however large n is. What you did must be done n times: for _ in range(n).",
)
def _(start, n, machine, choose):
    return start + choose(machine(start))


@mistake(
    "machine.write",
    "write-overwritten",
    "Each new piece took the place of the text. Put it at the end: text += piece, not text = piece.",
)
def _(start, n, machine, choose):
    text = start
    for _ in range(n):
        text = choose(machine(text))
    return text


@mistake(
    "machine.write",
    "write-in-front",
    "The new piece was put in front. It comes after the text: text + piece.",
)
def _(start, n, machine, choose):
    text = start
    for _ in range(n):
        text = choose(machine(text)) + text
    return text


@mistake(
    "machine.write",
    "write-letters",
    "n was taken for a number of letters. It says how many pieces are added.",
)
def _(start, n, machine, choose):
    text = start
    while len(text) < n:
        text += choose(machine(text))
    return text


@mistake(
    "machine.write",
    "write-words",
    "n was taken for the length of the whole text, in words. It says how many pieces are added to the beginning.",
)
def _(start, n, machine, choose):
    text = start
    while len(text.split()) < n:
        text += choose(machine(text))
    return text


@mistake(
    "machine.write",
    "write-pieces",
    "This is a list of pieces. Make one text of them: start from text = start, and add each piece to it.",
)
def _(start, n, machine, choose):
    pieces = [start]
    for _ in range(n):
        pieces.append(choose(machine("".join(pieces))))
    return pieces


@mistake(
    "machine.write",
    "write-stripped",
    "The spaces were taken off, and the words stick together. They belong to the pieces: add each as it is.",
)
def _(start, n, machine, choose):
    text = start
    for _ in range(n):
        text += choose(machine(text)).strip()
    return text


@mistake(
    "machine.write",
    "write-options-added",
    "A dictionary cannot be added to a text: the machine gives all options, and choose picks one of them: text += choose(machine(text)).",
)
def _(start, n, machine, choose):
    text = start
    for _ in range(n):
        text += machine(text)
    return text


# ---- transcript ----

START, END = "<|im_start|>", "<|im_end|>"


def _said(turns):
    return "".join(f"{START}{who}\n{what}{END}\n" for who, what in turns)


@mistake(
    "chat.transcript",
    "transcript-not-opened",
    "The assistant's turn was not opened, so the machine would go on with *your* line. The text must end with the mark, assistant, and a new line.",
)
def _(turns):
    return _said(turns)


@mistake(
    "chat.transcript",
    "transcript-closed",
    "The assistant's turn was closed before it has said a word. The machine closes it, with <|im_end|>: leave it open.",
)
def _(turns):
    return f"{_said(turns)}{START}assistant\n{END}\n"


@mistake(
    "chat.transcript",
    "transcript-closed-at-once",
    "The assistant's turn was closed before it has said a word. The machine closes it, with <|im_end|>: leave it open.",
)
def _(turns):
    return f"{_said(turns)}{START}assistant\n{END}"


@mistake(
    "chat.transcript",
    "transcript-name-only",
    "Nearly: after the last `assistant` a new line is missing. Then the machine would go on with that word.",
)
def _(turns):
    return f"{_said(turns)}{START}assistant"


@mistake(
    "chat.transcript",
    "transcript-mark-only",
    "The last turn is opened, but for whom? After the mark comes `assistant` and a new line.",
)
def _(turns):
    return _said(turns) + START


@mistake(
    "chat.transcript",
    "transcript-users-turn",
    "You opened a turn of the user: then the machine plays *you*. Open one of the assistant.",
)
def _(turns):
    return f"{_said(turns)}{START}user\n"


@mistake(
    "chat.transcript",
    "transcript-swapped",
    "Who and what are exchanged: a turn is a pair (who, what), and who comes first.",
)
def _(turns):
    return _said([(what, who) for who, what in turns]) + f"{START}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-roles-swapped",
    "User and assistant are exchanged: the machine would take your words for its own. Take `who` as it stands in the turn.",
)
def _(turns):
    other = {"user": "assistant", "assistant": "user"}
    return _said([(other.get(who, who), what) for who, what in turns]) + f"{START}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-always-user",
    "Every turn was given to the user. Write who speaks: it stands in the turn.",
)
def _(turns):
    return _said([("user", what) for _, what in turns]) + f"{START}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-no-names",
    "It doesn't say who speaks. After <|im_start|> comes the speaker's name and a new line.",
)
def _(turns):
    return "".join(f"{START}{what}{END}\n" for _, what in turns) + f"{START}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-system-dropped",
    "The system's turn was left out. It is a turn like any other: the stage direction that the machine reads first.",
)
def _(turns):
    return _said([turn for turn in turns if turn[0] != "system"]) + f"{START}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-system-added",
    "A system turn was added that nobody gave. Write the turns that you are given, and no others.",
)
def _(turns):
    if not turns or turns[0][0] != "system":
        turns = [("system", "You are a helpful AI assistant named SmolLM, trained by Hugging Face"), *turns]
    return _said(turns) + f"{START}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-last-only",
    "Only the last turn was written. The machine remembers nothing: what is not in the text was never said.",
)
def _(turns):
    return _said(turns[-1:]) + f"{START}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-first-only",
    "Only the first turn was written. (Does a return stand inside the loop?)",
)
def _(turns):
    return _said(turns[:1]) + f"{START}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-opened-each-time",
    "A turn of the assistant was opened after every turn. One is enough, at the very end: below the loop.",
)
def _(turns):
    return "".join(_said([turn]) + f"{START}assistant\n" for turn in turns) or f"{START}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-opened-for-user",
    "The assistant's turn was opened only where the user spoke last. It is always the assistant's turn at the end: that is what the text is made for.",
)
def _(turns):
    opened = f"{START}assistant\n" if turns and turns[-1][0] == "user" else ""
    return _said(turns) + opened


@mistake(
    "chat.transcript",
    "transcript-no-line-after-name",
    "The name and what is said stand on one line. After the name comes a new line: \\n.",
)
def _(turns):
    return "".join(f"{START}{who} {what}{END}\n" for who, what in turns) + f"{START}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-name-and-colon",
    "People write `user: Hello!`; this model was trained on something else: the name, and a new line.",
)
def _(turns):
    return "".join(f"{START}{who}: {what}{END}\n" for who, what in turns) + f"{START}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-stuck-together",
    "The name and what is said stick together. After the name comes a new line: \\n.",
)
def _(turns):
    return "".join(f"{START}{who}{what}{END}\n" for who, what in turns) + f"{START}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-no-line-after-end",
    "After <|im_end|> a new line is missing.",
)
def _(turns):
    return "".join(f"{START}{who}\n{what}{END}" for who, what in turns) + f"{START}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-joined",
    '"\\n".join puts new lines between, and none at the end: after the last <|im_end|> one is missing.',
)
def _(turns):
    return "\n".join(f"{START}{who}\n{what}{END}" for who, what in turns) + f"{START}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-empty-lines",
    "There is an empty line between the turns. One new line after <|im_end|> is enough.",
)
def _(turns):
    return "".join(f"{START}{who}\n{what}{END}\n\n" for who, what in turns) + f"{START}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-line-before-end",
    "<|im_end|> follows right on what was said, on the same line.",
)
def _(turns):
    return "".join(f"{START}{who}\n{what}\n{END}\n" for who, what in turns) + f"{START}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-not-ended",
    "The turns are not closed: after what was said comes <|im_end|>.",
)
def _(turns):
    return "".join(f"{START}{who}\n{what}\n" for who, what in turns) + f"{START}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-marks-exchanged",
    "The two marks are exchanged: a turn begins with <|im_start|> and ends with <|im_end|>.",
)
def _(turns):
    return "".join(f"{END}{who}\n{what}{START}\n" for who, what in turns) + f"{END}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-stripped",
    "Spaces or lines at the ends of what was said are gone. Write it as it is.",
)
def _(turns):
    return _said([(who, what.strip()) for who, what in turns]) + f"{START}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-capitals",
    "The names were written with capitals. The model knows them as user, assistant and system: take `who` as it is.",
)
def _(turns):
    return _said([(who.capitalize(), what) for who, what in turns]) + f"{START}assistant\n"


@mistake(
    "chat.transcript",
    "transcript-backslash-lost",
    "There is /n or a plain n where a new line should be: it is written \\n, with a backslash, inside the quotes.",
)
def _(turns):
    return "".join(f"{START}{who}/n{what}{END}/n" for who, what in turns) + f"{START}assistant/n"


@mistake(
    "chat.transcript",
    "transcript-list",
    'This is a list of the turns. Make one text of it: "".join(...).',
)
def _(turns):
    return [f"{START}{who}\n{what}{END}\n" for who, what in turns] + [f"{START}assistant\n"]


@mistake(
    "chat.transcript",
    "transcript-raw",
    "A backslash and an n stand where a new line should be. Was the text made with r'...', or with a doubled backslash?",
)
def _(turns):
    return (_said(turns) + f"{START}assistant\n").replace("\n", "\\n")
