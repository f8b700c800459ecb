"""Answers to `checkpoint.pack` as readers might write them."""

import torch

from nextword import training
from tests.lessons import right, wrong


def _begun(state, prefix):
    return {prefix + name: tensor for name, tensor in state.items()}


def _packed(run, **others):
    found = _begun(run.model.state_dict(), "model.") | _begun(run.optimizer.state(), "optimizer.")
    found |= {"generator": run.generator.get_state(), "losses": torch.tensor(run.losses, dtype=torch.float64)}
    found |= others
    return {name: tensor for name, tensor in found.items() if tensor is not None}


@right("checkpoint.pack")
def _(run):
    return _packed(run)


@right("checkpoint.pack")
def _(run):
    tensors = {}
    for name, parameter in run.model.named_parameters():
        tensors["model." + name] = parameter.data.clone()
    for name, tensor in run.optimizer.state().items():
        tensors["optimizer." + name] = tensor.clone()
    tensors["generator"] = run.generator.get_state()
    tensors["losses"] = torch.as_tensor(run.losses, dtype=torch.double)
    return tensors


@wrong("checkpoint.pack", "pack-no-dictionary")
def _(run):
    return list(_packed(run).values())


@wrong("checkpoint.pack", "pack-no-tensor")
def _(run):
    return _packed(run) | {"losses": run.losses}


@wrong("checkpoint.pack", "pack-forgets-optimizer")
def _(run):
    return {name: tensor for name, tensor in _packed(run).items() if not name.startswith("optimizer")}


@wrong("checkpoint.pack", "pack-forgets-generator")
def _(run):
    return _packed(run, generator=None)


@wrong("checkpoint.pack", "pack-forgets-losses")
def _(run):
    return _packed(run, losses=None)


@wrong("checkpoint.pack", "pack-coarse-losses")
def _(run):
    return _packed(run, losses=torch.tensor(run.losses))


@wrong("checkpoint.pack", "pack-last-loss")
def _(run):
    return _packed(run, losses=torch.tensor(run.losses, dtype=torch.float64)[-1:])


@wrong("checkpoint.pack", "pack-seed")
def _(run):
    fresh = torch.Generator()
    fresh.manual_seed(run.config.seed)
    return _packed(run, generator=fresh.get_state())


@wrong("checkpoint.pack", "pack-new-optimizer")
def _(run):
    new = training.make_optimizer(run.model, run.config)
    return _packed(run, **_begun(new.state(), "optimizer."))


@wrong("checkpoint.pack", "pack-forgets-optimizer")
def _(run):
    plain = {name.removeprefix("optimizer."): tensor for name, tensor in _packed(run).items()}
    return plain


@wrong("checkpoint.pack", "pack-forgets-dials")
def _(run):
    return {name.removeprefix("model."): tensor for name, tensor in _packed(run).items()}
