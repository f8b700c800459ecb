"""Answers to `evaluation.windows` as readers might write them."""

from tests.lessons import right, wrong


def _pieces(n_tokens, context, stride, first=None, start=None, move=0, limit=True, begin=1):
    found, counted = [], begin
    while counted < n_tokens:
        end = counted + (first or context if counted == begin else stride)
        end = min(end, n_tokens) if limit else end
        found.append((start(counted, end) if start else max(0, end - context - 1), end, counted))
        counted = end + move
    return found


@right("evaluation.windows")
def _(n_tokens, context, stride):
    ends = list(range(context + 1, n_tokens, stride)) + [n_tokens] if n_tokens > 1 else []
    found, before = [], 1
    for end in ends:
        found.append((end - context - 1 if end > context + 1 else 0, end, before))
        before = end
    return found


@right("evaluation.windows")
def _(n_tokens, context, stride):
    def rest(counted, by):
        if counted >= n_tokens:
            return []
        end = counted + by if counted + by < n_tokens else n_tokens
        return [(max(end - (context + 1), 0), end, counted), *rest(end, stride)]

    return rest(1, context)


@wrong("evaluation.windows", "windows-first-counted")
def _(n_tokens, context, stride):
    found, counted = [], 0
    while counted < n_tokens:
        end = min(n_tokens, counted + (context if counted == 1 else stride))
        found.append((max(0, end - context - 1), end, counted))
        counted = end
    return found


@wrong("evaluation.windows", "windows-stride-first")
def _(n_tokens, context, stride):
    return _pieces(n_tokens, context, stride, first=stride)


@wrong("evaluation.windows", "windows-end-to-end")
def _(n_tokens, context, stride):
    return _pieces(n_tokens, context, stride, start=lambda counted, end: counted - 1)


@wrong("evaluation.windows", "windows-short-by-one")
def _(n_tokens, context, stride):
    return _pieces(n_tokens, context, stride, start=lambda counted, end: max(0, end - context))


@wrong("evaluation.windows", "windows-long-by-one")
def _(n_tokens, context, stride):
    return _pieces(n_tokens, context, stride, start=lambda counted, end: max(0, end - (context + 2)))


@wrong("evaluation.windows", "windows-before-the-text")
def _(n_tokens, context, stride):
    return _pieces(n_tokens, context, stride, start=lambda counted, end: end - (context + 1))


@wrong("evaluation.windows", "windows-gap")
def _(n_tokens, context, stride):
    return _pieces(n_tokens, context, stride, move=1)


@wrong("evaluation.windows", "windows-past-the-end")
def _(n_tokens, context, stride):
    return _pieces(n_tokens, context, stride, limit=False)


@wrong("evaluation.windows", "windows-last-lost")
def _(n_tokens, context, stride):
    found, counted = [], 1
    while n_tokens - counted >= stride:
        end = min(n_tokens, counted + (context if counted == 1 else stride))
        found.append((max(0, end - context - 1), end, counted))
        counted = end
    return found
