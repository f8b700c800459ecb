"""Say what no mistake of the catalogue explains, in the order in which people go wrong."""

import builtins
import difflib
import inspect
import re
from collections.abc import Callable, Iterator, Mapping

from classroom.judge.comparison import differs_in_kind, has_nan, same, shorten, show
from classroom.judge.endings import can_fall_off, says_none
from classroom.judge.kernel_sources import is_jitted
from classroom.judge.lost import lost
from classroom.judge.registry import Check, Fault, Wrong, split
from classroom.judge.sandbox import Outcome
from nextword.base import overrides

MOST_KEYS = 3  # that are named
EXPLAINED = (  # what Python and torch say when they stop, and what that means
    (r"unhashable type: 'list'", "a list cannot be a key, nor lie in a set. tuple(...) of it can."),
    (
        r"'NoneType'",
        "a None came in where a value was needed. A .get that found no key gives one, a search that found nothing, "
        "and a method that works in place, such as sort or append.",
    ),
    (
        r"invalid combination of arguments - got \((\w+=)?float|'float' object cannot be interpreted as an integer",
        "a fraction came where a whole number is needed. / gives a fraction even of whole numbers, // does not.",
    ),
    (
        r"'str' object has no attribute 'append'",
        "a text has no append. text += piece puts a piece at its end.",
    ),
    (r"bitwise_xor|for \^:", "^ is no power in Python: a power is written **."),
    (
        r"'builtin_function_or_method' object has no|'method' object has no",
        "brackets are missing after a name, as in x.square().mean().",
    ),
    (
        r"'Linear' and '|and 'Linear'",
        "a layer is called, not multiplied: layer.gate(x).",
    ),
    (
        r"size mismatch, got input",
        "matrix @ vector needs as many columns as the vector has numbers. Is the vector on the wrong side of the @?",
    ),
    (
        r"at least 1D|0-d tensor|0-dim",
        "this is one number of a vector, and has no axis. Does a loop go over the numbers of one vector?",
    ),
    (r"'int' and 'str'", "a number and a text cannot be added. (Going over a dictionary gives its keys.)"),
    (r"'generator' has no len", "a generator has no length. Square brackets make a list of it."),
    (r"^KeyError", "the dictionary has no such key. Does something have to be put there first?"),
    (
        r"index -?\d+ is out of bounds for dimension",
        "it went past the end of an axis. x.shape says how long each is; of n places the last is number n - 1.",
    ),
    (
        r"too many indices for tensor",
        "more axes are named than there are. Counted from the end, x[..., i, j], the last two are always there.",
    ),
    (r"(list|tuple|string) index out of range", "it went past the end. Of n items the last has place n - 1."),
    (
        r"empty (sequence|iterable)|argument is empty",
        "nothing is left to choose from. Ask first if it is empty.",
    ),
    (r"math domain error|expected a positive input", "0 has no logarithm. It needs an answer of its own."),
    (r"codec can't encode", "that encoding does not know this letter. UTF-8 knows them all."),
    (r"return_types", "with dim=..., max gives two things, the values and their places. Take .values."),
    (
        r"must match the size of tensor",
        "two tensors do not line up, number by number. Was an axis lost on the way? "
        "Keep it with length 1, by keepdim=True, or [..., -1:] rather than [..., -1]. Or should @ stand for *?",
    ),
    (
        r"cannot reshape array",
        "reshape lays the same numbers out anew, and there are more of them, or fewer, than that shape holds.",
    ),
    (
        r"axis remapping|non-broadcastable output",
        "copying along axes (broadcasting) makes an array larger, never smaller.",
    ),
    (
        r"could not be broadcast together",
        "two arrays do not line up, number by number. Was an axis lost on the way? "
        "keepdims=True keeps it with length 1.",
    ),
    (r"axis -?\d+ is out of bounds", "there is no such axis: of n axes the last has number n - 1, or -1."),
    (r"'float' object is not subscriptable", "one plain number came where a list of numbers is needed."),
    (
        r"mat1 and mat2|Expected size for first two dimensions|inner dimensions",
        "in a @ b, the last axis of a and the last but one of b must be equally long. "
        "transpose(-2, -1) turns a table on its side.",
    ),
    (
        r"too many values to unpack",
        "more came than there are names for. Going over a dictionary gives its keys; .items() gives both. "
        "With a stack of tables, x.shape[-2:] are the last two.",
    ),
    (
        r"view size is not compatible",
        "a transpose moves no number in memory, so view cannot read them in their new order. flatten and reshape can: "
        "they lay the numbers out anew.",
    ),
    (
        r"number of dimensions in the tensor input",
        "permute wants to be told of every axis, and there are more or fewer here. transpose(-3, -2) exchanges two, "
        "counted from the end, and leaves the others alone.",
    ),
    (
        r"boolean masks",
        "masked_fill needs a mask of True and False: a comparison, or .bool(), makes one.",
    ),
    (
        r"operator\.invert|bitwise_not",
        "~ turns True into False and back, and here it was given fractions: .bool() first.",
    ),
    (
        r"must be Tensor, not (int|float)",
        "torch's functions take a tensor, and this is one plain number: take math's.",
    ),
    (
        r"every logit of a row is -inf",
        "each number of a row is -inf, so nothing is left to choose, or to see.",
    ),
    (
        r"invalid combination of arguments",
        "it was given something of a kind that it does not take, such as a text for a number.",
    ),
    (
        r"local variable",
        "a name was used before it had a value. Is the line that sets it missing, or was it passed over?",
    ),
    (r"Boolean value of Tensor", "it asked one yes or no of many numbers. Use tensor methods, along dim=-1."),
    (
        r"one element tensors|to Python scalar",
        "functions of math, such as math.exp, take one number. torch.exp takes a whole tensor.",
    ),
    (r"Dimension out of range", "a row by itself has one axis. dim=-1 is the last, however many there are."),
    (r"selected index k out of range", "topk was asked for more than a row holds: min(k, logits.shape[-1])."),
    (
        r"prob_dist must be 1 or 2",
        "multinomial takes one axis or two: reshape(-1, vocab) before, and back after.",
    ),
)


def plain(
    check: Check, function: Callable, called: str, yours: Outcome, needed: Outcome | None = None
) -> Wrong:
    """What no mistake of the catalogue explains, in the order in which people go wrong."""
    shown = (called, tell(yours), tell(needed) if needed else "")
    if isinstance(yours.error, Fault):
        return Wrong(yours.error.id, yours.error.says, called, yours.error.shown, shown[2])
    if isinstance(yours.error, NameError) and yours.error.name:
        return Wrong("unknown-name", unknown_name(check, yours.error.name, function), called)
    if isinstance(yours.error, TypeError) and not _takes(function, check):
        takes = without_types(inspect.signature(overrides.original(check.target)))
        return Wrong(
            "wrong-arguments", f"The library calls it as {check.name}{takes}: take the same.", called
        )
    if yours.error is not None:
        line = line_of(yours.error, function)
        where = f"It stopped in its line {line}" if line else "It stopped inside"
        return Wrong("raised", f"{where}{explained(yours)}", *shown)
    if yours.value is None:
        return Wrong("returned-none", _says_of_none(function, yours), *shown)
    if isinstance(yours.value, Iterator):
        says = f"It hands back a {type(yours.value).__name__}: collect the values, as list(...) does, and return those."
        return Wrong("yields", says, *shown)
    if needed and (says := lost(yours.value, needed.value)):
        return Wrong("lost-at-the-edges", says, *shown)
    if needed and differs_in_kind(yours.value, needed.value):
        return Wrong("wrong-kind", differs_in_kind(yours.value, needed.value), *shown)
    if has_nan(yours.value):
        return Wrong(
            "not-a-number", "There is a nan (not a number): 0/0, inf-inf, 0 times inf or log of 0.", *shown
        )
    if yours.changed_input:
        return Wrong("changed-input", "It changes the input that it was given: work on a copy of it.", *shown)
    return Wrong("value", _where_it_differs(yours, needed), *shown)


def _where_it_differs(yours: Outcome, needed: Outcome | None) -> str:
    """That the value differs; of a dictionary of which a part is right, at which keys it does."""
    if needed is None or not isinstance(yours.value, Mapping) or not isinstance(needed.value, Mapping):
        return "The value differs."
    wrong = [key for key in needed.value if not same(yours.value.get(key), needed.value[key])]
    if not 0 < len(wrong) < len(needed.value) or len(wrong) > MOST_KEYS:
        return "The value differs."
    return f"The value differs at {', '.join(f'[{key!r}]' for key in wrong)}; the rest is right."


def _says_of_none(function: Callable, yours: Outcome) -> str:
    """Why nothing came back: a return that is missing, or one that hands back a None."""
    more = " It printed something: print shows, return hands back." if yours.printed else ""
    if can_fall_off(function):
        return f"It handed nothing back: does every way through it end in a return?{more}"
    if says_none(function):
        return f"It handed back None, and this call needs an answer. Was its line reached that returns None?{more}"
    says = (
        "It handed back None. What found nothing gives None, and so does what works in place, as sort does."
    )
    return f"{says}{more}"


def explained(outcome: Outcome) -> str:
    """What an exception means, where beginners meet it often; else what it says."""
    told = tell(outcome)
    for said, means in EXPLAINED:
        if re.search(said, told):
            return f": {means}"
    return f" with {told}"


def line_of(error: Exception, function: Callable) -> int | None:
    """The line of the reader's cell in which an exception arose."""
    lines, place = [], error.__traceback__
    file = inspect.unwrap(function).__code__.co_filename
    while place:
        if place.tb_frame.f_code.co_filename == file:
            lines.append(place.tb_lineno - getattr(function, "__first_line__", 1) + 1)
        place = place.tb_next
    return lines[-1] if lines else None


def without_types(signature: inspect.Signature) -> inspect.Signature:
    """A signature as readers write it: `(nats, n_bytes)`."""
    bare = [
        parameter.replace(annotation=inspect.Parameter.empty) for parameter in signature.parameters.values()
    ]
    return inspect.Signature(bare)


def _binds_as(function: Callable, library: Callable) -> bool:
    """Whether a function takes as many arguments as the library gives to its own."""
    try:
        inspect.signature(function).bind(*inspect.signature(library).parameters)
    except TypeError:
        return False
    return True


def _takes(function: Callable, check: Check) -> bool:
    if check.view:
        return _binds_as(function, overrides.original(check.target))
    try:
        for arguments in check.cases:
            by_place, by_name = split(arguments)
            inspect.signature(function).bind(*by_place, **by_name)
    except TypeError:
        return False
    return True


def unknown_name(check: Check, name: str, function: Callable) -> str:
    """What to do about a name that stands in a reader's cell and that nothing there makes."""
    rung, function = check.target.split(".")[-2], inspect.unwrap(function)
    if is_of_same_rung(check, name):
        return f"{name!r} is not known here: call it as {rung}.{name} (yours runs there once it is right)."
    modules = [word for word, value in function.__globals__.items() if inspect.ismodule(value)]
    owners = [word for word in modules if hasattr(function.__globals__[word], name)]
    found = {word: getattr(function.__globals__[word], name) for word in owners}
    if owners := [w for w, it in found.items() if not inspect.ismodule(it) and not is_jitted(it)]:
        return (
            f"{name!r} is not known by itself: write {' or '.join(f'{word}.{name}' for word in owners[:2])}."
        )
    known = {*function.__code__.co_varnames, *function.__globals__, *dir(builtins)} - {name}
    for likely in difflib.get_close_matches(name, known, 1):
        return f"{name!r} is not known. Is it a slip of the keyboard for {likely!r}?"
    return f"{name!r} is not known here. This one cell must hold all that it needs, imports and helpers too."


def is_of_same_rung(check: Check, name: str) -> bool:
    """Whether a name is a function or class that the exercise's rung makes itself, as it does not `math`."""
    owner, _ = overrides.locate(check.target)
    rung = owner.__module__ if inspect.isclass(owner) else owner.__name__
    made = inspect.isroutine(getattr(owner, name, None)) or inspect.isclass(getattr(owner, name, None))
    return made and overrides.original(f"{check.target.rpartition('.')[0]}.{name}").__module__ == rung


def call(check: Check, arguments: tuple) -> str:
    """A call as people write it: `count_next(['the', 'cat'])`."""
    if check.view:
        return check.view.call(*arguments)
    by_place, by_name = split(arguments)
    shown = [*map(show, by_place), *(f"{name}={show(argument)}" for name, argument in by_name.items())]
    return f"{check.name}({', '.join(shown)})"


def tell(outcome: Outcome) -> str:
    """What a function gave, in a few characters."""
    if outcome.error is None:
        return show(outcome.value)
    if isinstance(outcome.error, Fault):
        return shorten(outcome.error.shown)
    return shorten(f"{type(outcome.error).__name__}: {outcome.error}".strip(": "))
