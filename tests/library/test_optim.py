"""Rung `optim`: equal to torch's own optimizers step for step, and by closed forms."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nextword import optim
from nextword.optim import Group, Optimizer

SHAPES = {"square": (5, 5), "tall": (8, 3), "wide": (2, 6), "vector": (4,)}
N_STEPS = 100


def dials(seed=0, names=SHAPES):
    chance = torch.Generator().manual_seed(seed)
    return {
        name: torch.randn(SHAPES[name], generator=chance, dtype=torch.float64, requires_grad=True)
        for name in names
    }


def loss(parameters, step):
    """Something crooked that changes from step to step, with gradients from large to tiny."""
    chance = torch.Generator().manual_seed(1000 + step)
    total = 0
    for scale, tensor in zip((100.0, 1.0, 1e-3, 10.0), parameters.values(), strict=False):
        aim = torch.randn(tensor.shape, generator=chance, dtype=torch.float64)
        total = total + scale * ((tensor - aim) ** 2).mean() + (tensor * aim).sin().sum()
    return total


def race(groups_of, theirs_of, names=SHAPES, between=None):
    """A hundred steps with our optimizer and with torch's, from one beginning; the largest difference ever."""
    ours, theirs = dials(names=names), dials(names=names)
    mine, torchs = Optimizer(groups_of(ours)), theirs_of(list(theirs.values()))
    apart = 0.0
    for step in range(N_STEPS):
        loss(ours, step).backward()
        mine.step()
        torchs.zero_grad()
        loss(theirs, step).backward()
        torchs.step()
        apart = max(apart, *((ours[name] - theirs[name]).abs().max().item() for name in ours))
    return apart


def test_sgd_is_torchs():
    assert race(lambda p: [Group(p, "sgd", 1e-3)], lambda p: torch.optim.SGD(p, lr=1e-3)) < 1e-6


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9, 0.99])
def test_momentum_is_torchs(beta):
    ours, theirs = (
        lambda p: [Group(p, "momentum", 1e-4, {"beta": beta})],
        lambda p: torch.optim.SGD(p, lr=1e-4, momentum=beta),
    )
    assert race(ours, theirs) < 1e-6


@pytest.mark.parametrize("betas", [(0.9, 0.999), (0.8, 0.95), (0.0, 0.5)])
@pytest.mark.parametrize("decay, eps", [(0.0, 1e-8), (0.1, 1e-8), (0.5, 1e-3)])
def test_adamw_is_torchs(betas, decay, eps):
    settings = {"betas": betas, "eps": eps, "weight_decay": decay}
    ours, theirs = (
        lambda p: [Group(p, "adamw", 1e-2, settings)],
        lambda p: torch.optim.AdamW(p, lr=1e-2, **settings),
    )
    assert race(ours, theirs) < 1e-6


@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_muon_is_torchs(monkeypatch, decay):
    """Torch's does its rounds in 16 bits, for speed on a GPU; here it is made to keep the 64 it was given."""
    monkeypatch.setattr(torch.Tensor, "bfloat16", torch.Tensor.clone)
    ours, theirs = (
        lambda p: [Group(p, "muon", 1e-2, {"weight_decay": decay})],
        lambda p: torch.optim.Muon(p, lr=1e-2, weight_decay=decay),
    )
    assert race(ours, theirs, names=("square", "tall", "wide")) < 1e-6


def test_clip_is_torchs():
    for scale in (1e-3, 1.0, 1e4):
        parameters = dials()
        (scale * loss(parameters, 0)).backward()
        gradients = [parameter.grad.clone() for parameter in parameters.values()]
        ours = optim.clip(gradients, limit=1.0)
        theirs = torch.nn.utils.clip_grad_norm_(parameters.values(), 1.0)
        assert torch.isclose(theirs, optim.global_norm(gradients))
        for mine, parameter in zip(ours, parameters.values(), strict=True):
            # torch adds 1e-6 to the length that it divides by
            assert torch.allclose(mine, parameter.grad, rtol=2e-6, atol=1e-12)


def test_clip_never_lengthens_and_leaves_zeros_alone():
    small = [torch.full((2, 2), 1e-3), torch.zeros(3)]
    assert all(torch.equal(a, b) for a, b in zip(optim.clip(small, 1.0), small, strict=True))
    assert optim.clip([torch.zeros(2)], 1.0)[0].tolist() == [0, 0]
    assert math.isclose(optim.global_norm(optim.clip([torch.full((3,), 50.0)], 2.0)), 2.0, rel_tol=1e-6)


@given(st.integers(1, 40), st.integers(0, 50), st.integers(0, 50))
def test_the_schedule_rises_stays_and_falls(n_steps, n_warmup, n_decay):
    shares = [optim.warmup_and_decay(step, n_steps, n_warmup, n_decay) for step in range(n_steps + 3)]
    assert all(0 < share <= 1 for share in shares[:n_steps]) and shares[n_steps:] == [0, 0, 0]
    if n_warmup + n_decay <= n_steps:
        assert shares[0] == (1 / n_warmup if n_warmup > 0 else min(1, n_steps / max(1, n_decay)))
        assert shares[n_steps - 1] == (1 / n_decay if n_decay > 1 else 1)
        assert shares[:n_steps].count(1) == n_steps - max(0, n_warmup - 1) - max(0, n_decay - 1)


def test_the_schedule_is_torchs():
    """Ten steps up and twenty down, as torch's own LinearLR has it."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    parts = [
        torch.optim.lr_scheduler.LinearLR(optimizer, 0.1, 1.0, total_iters=9),
        torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.05, total_iters=19),
    ]
    schedule = torch.optim.lr_scheduler.SequentialLR(optimizer, parts, milestones=[30])
    for step in range(50):
        [theirs] = schedule.get_last_lr()
        assert math.isclose(optim.warmup_and_decay(step, 50, 10, 20), theirs, rel_tol=1e-9), step
        optimizer.step()
        schedule.step()


@pytest.mark.parametrize("shape", [(6, 6), (9, 4), (4, 9), (3, 5, 7), (1, 4)])
def test_newton_schulz_changes_singular_values_alone(shape):
    matrix = torch.randn(shape, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    u, s, vh = torch.linalg.svd(matrix, full_matrices=False)
    x = s / s.norm(dim=-1, keepdim=True)
    for _ in range(5):
        x = sum(k * x**power for k, power in zip(optim.ROUND, (1, 3, 5), strict=True))
    assert torch.allclose(optim.newton_schulz(matrix), u @ torch.diag_embed(x) @ vh, atol=1e-9)
    assert ((x > 0.6) & (x < 1.3)).all()


def test_newton_schulz_does_not_mind_size_and_takes_zeros():
    matrix = torch.randn(5, 3, generator=torch.Generator().manual_seed(4), dtype=torch.float64)
    for size in (1e-5, 1e5):
        assert torch.allclose(optim.newton_schulz(size * matrix), optim.newton_schulz(matrix))
    assert optim.newton_schulz(torch.zeros(2, 3)).tolist() == [[0, 0, 0], [0, 0, 0]]


def test_momentum_goes_ten_times_as_far_in_the_end():
    velocity = torch.zeros(1, dtype=torch.float64)
    for _ in range(500):
        turn, velocity = optim.momentum(torch.ones(1, dtype=torch.float64), velocity, lr=1.0, beta=0.9)
    assert math.isclose(turn.item(), -10.0)


def test_adamws_first_step_is_the_rate_and_decay_is_apart_from_it():
    gradient, zero = torch.tensor([1e3, -1e-3]), torch.zeros(2)
    turn, _, _ = optim.adamw(torch.tensor([5.0, 5.0]), gradient, zero, zero, 1, lr=0.1, weight_decay=0.2)
    assert torch.allclose(turn, torch.tensor([-0.1 - 0.1, 0.1 - 0.1]), atol=1e-5)


def run(optimizer, parameters, steps):
    for step in steps:
        loss(parameters, step).backward()
        optimizer.step(share=optim.warmup_and_decay(step, 40, 5, 20), limit=3.0)


def groups(parameters):
    matrices = {name: parameters[name] for name in ("square", "tall")}
    return [
        Group(matrices, "muon", 0.02),
        Group({"wide": parameters["wide"]}, "momentum", 1e-3),
        Group({"vector": parameters["vector"]}, "adamw", 0.01, {"betas": (0.8, 0.95)}),
    ]


def test_a_kept_state_goes_on_to_the_last_bit():
    whole = dials()
    run(Optimizer(groups(whole)), whole, range(40))
    parted = dials()
    first = Optimizer(groups(parted))
    run(first, parted, range(17))
    kept = {key: tensor.clone() for key, tensor in first.state().items()}
    again = {name: tensor.detach().clone().requires_grad_() for name, tensor in parted.items()}
    run(first, parted, range(17, 20))  # what was kept must not be moved by going on
    second = Optimizer(groups(again))
    second.load(kept)
    run(second, again, range(17, 40))
    assert second.n == 40
    for name in whole:
        assert torch.equal(whole[name], again[name]), name


def test_the_state_is_a_flat_table_of_tensors():
    optimizer = Optimizer(groups(dials()))
    assert set(optimizer.state()) == {
        "steps",
        "square.velocity",
        "tall.velocity",
        "wide.velocity",
        "vector.mean",
        "vector.square",
    }
    assert all(isinstance(tensor, torch.Tensor) for tensor in optimizer.state().values())


def test_parameters_stay_leaves_and_gradients_are_used_up():
    parameters = dials()
    before = {name: id(tensor) for name, tensor in parameters.items()}
    run(Optimizer(groups(parameters)), parameters, range(3))
    for name, tensor in parameters.items():
        assert tensor.is_leaf and tensor.requires_grad and tensor.grad is None and id(tensor) == before[name]


def test_rules_change_nothing_that_they_were_given():
    parameter, gradient, a, b = (torch.randn(3, 3) for _ in range(4))
    copies = [x.clone() for x in (parameter, gradient, a, b)]
    optim.sgd(gradient, lr=0.1)
    optim.momentum(gradient, a, lr=0.1)
    optim.adamw(parameter, gradient, a, b.abs(), 3, lr=0.1, weight_decay=0.1)
    optim.muon(parameter, gradient, a, lr=0.1, weight_decay=0.1)
    optim.clip([gradient, a], 0.1)
    assert all(torch.equal(x, y) for x, y in zip((parameter, gradient, a, b), copies, strict=True))


@pytest.mark.parametrize(
    "call, sentence",
    [
        (
            lambda p: Optimizer([Group(p, "adam", 0.1)]),
            "no rule 'adam'; there are sgd, momentum, adamw, muon",
        ),
        (lambda p: Optimizer([Group(p, "muon", 0.1)]), "Muon turns matrices, and 'vector' is none"),
        (lambda p: Optimizer([Group(p, "sgd", 0.1)] * 2), "stands in two groups"),
        (lambda p: Optimizer([Group(p, "sgd", 0.1)]).step(), "has no gradient: call backward"),
        (
            lambda p: Optimizer([Group(p, "adamw", 0.1)]).load(
                Optimizer([Group(p, "momentum", 0.1)]).state()
            ),
            "is not in both",
        ),
        (lambda p: Optimizer([Group(p, "sgd", 0.1)]).load({}), "'steps'"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call(dials())


def test_the_rung_does_not_import_torchs_own():
    """The first optimizer of torch's takes seconds: it brings a compiler along."""
    import subprocess
    import sys

    program = "import sys; from nextword import optim; import torch; t = torch.ones(1, requires_grad=True)\n"
    program += "o = optim.Optimizer([optim.Group({'t': t}, 'adamw', .1)]); t.sum().backward(); o.step()\n"
    program += "assert 'torch._dynamo' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)
