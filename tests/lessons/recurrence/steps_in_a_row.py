"""Answers to `recurrent.steps_in_a_row` as readers might write them."""

from tests.lessons import right, wrong


def _steps(n, layers, recurrent, generating, of_recurrent=None, of_transformer=None, of_generating=None):
    if generating:
        return n * layers if of_generating is None else of_generating
    if recurrent:
        return n + layers - 1 if of_recurrent is None else of_recurrent
    return layers if of_transformer is None else of_transformer


@right("recurrent.steps_in_a_row")
def _(n_tokens, n_layers, recurrent, generating):
    table = {(True, True): n_tokens * n_layers, (False, True): n_tokens * n_layers}
    table |= {(True, False): n_layers + (n_tokens - 1), (False, False): n_layers}
    return table[recurrent, generating]


@right("recurrent.steps_in_a_row")
def _(n_tokens, n_layers, recurrent, generating):
    moment = 0
    ready = [0] * n_layers
    for _ in range(n_tokens):
        below = moment if generating else 0
        for layer in range(n_layers):
            below = ready[layer] = 1 + max(below, ready[layer] if recurrent else 0)
        moment = below
    return max(ready)


@wrong("recurrent.steps_in_a_row", "steps-layers-wait")
def _(n_tokens, n_layers, recurrent, generating):
    return _steps(n_tokens, n_layers, recurrent, generating, of_recurrent=n_layers * n_tokens)


@wrong("recurrent.steps_in_a_row", "steps-one-too-many")
def _(n_tokens, n_layers, recurrent, generating):
    return _steps(n_tokens, n_layers, recurrent, generating, of_recurrent=n_layers + n_tokens)


@wrong("recurrent.steps_in_a_row", "steps-no-layers")
def _(n_tokens, n_layers, recurrent, generating):
    return _steps(n_tokens, n_layers, recurrent, generating, of_recurrent=n_tokens)


@wrong("recurrent.steps_in_a_row", "steps-transformer-in-turn")
def _(n_tokens, n_layers, recurrent, generating):
    return _steps(n_tokens, n_layers, recurrent, generating, of_transformer=n_tokens + n_layers - 1)


@wrong("recurrent.steps_in_a_row", "steps-transformer-at-once")
def _(n_tokens, n_layers, recurrent, generating):
    return _steps(n_tokens, n_layers, recurrent, generating, of_transformer=1)


@wrong("recurrent.steps_in_a_row", "steps-generates-at-once")
def _(n_tokens, n_layers, recurrent, generating):
    return _steps(n_tokens, n_layers, recurrent, generating and recurrent)


@wrong("recurrent.steps_in_a_row", "steps-generates-overlapping")
def _(n_tokens, n_layers, recurrent, generating):
    if recurrent:
        return n_tokens - 1 + n_layers
    return n_tokens * n_layers if generating else n_layers


@wrong("recurrent.steps_in_a_row", "steps-generates-layers-forgotten")
def _(n_tokens, n_layers, recurrent, generating):
    return _steps(n_tokens, n_layers, recurrent, generating, of_generating=n_tokens)


@wrong("recurrent.steps_in_a_row", "steps-exchanged")
def _(n_tokens, n_layers, recurrent, generating):
    return _steps(n_tokens, n_layers, not recurrent, generating)
