"""Answers to `optim.momentum` as readers might write them."""

import torch

from tests.lessons import right, wrong


@right("optim.momentum")
def _(gradient, velocity, *, lr, beta=0.9):
    new = velocity.mul(beta).add(gradient)
    turn = new * (-lr)
    return turn, new


@right("optim.momentum")
def _(gradient, velocity, *, lr, beta=0.9):
    new = velocity.clone()
    new *= beta
    new += gradient
    return torch.neg(lr * new), new


@wrong("optim.momentum", "momentum-sign")
def _(gradient, velocity, *, lr, beta=0.9):
    new = velocity * beta
    new = new - gradient
    return new * -lr, new


@wrong("optim.momentum", "momentum-uphill")
def _(gradient, velocity, *, lr, beta=0.9):
    new = gradient + velocity * beta
    return new * lr, new


@wrong("optim.momentum", "momentum-signs-swapped")
def _(gradient, velocity, *, lr, beta=0.9):
    new = velocity * beta - gradient
    turn = lr * new
    return turn, new


@wrong("optim.momentum", "momentum-mean")
def _(gradient, velocity, *, lr, beta=0.9):
    new = torch.lerp(gradient, velocity, beta)
    return -lr * new, new


@wrong("optim.momentum", "momentum-old-velocity")
def _(gradient, velocity, *, lr, beta=0.9):
    turn = -velocity * lr
    return turn, velocity * beta + gradient


@wrong("optim.momentum", "momentum-forgets")
def _(gradient, velocity, *, lr, beta=0.9):
    return -lr * (gradient + velocity * beta), velocity


@wrong("optim.momentum", "momentum-rate-inside")
def _(gradient, velocity, *, lr, beta=0.9):
    new = velocity * beta + gradient * lr
    return 0 - new, new


@wrong("optim.momentum", "momentum-rate-squared")
def _(gradient, velocity, *, lr, beta=0.9):
    step = gradient * lr
    new = velocity * beta + step
    return new * -lr, new


@wrong("optim.momentum", "momentum-order")
def _(gradient, velocity, *, lr, beta=0.9):
    new = velocity * beta + gradient
    turn = -lr * new
    return new, turn


@wrong("optim.momentum", "momentum-nesterov")
def _(gradient, velocity, *, lr, beta=0.9):
    new = velocity * beta + gradient
    look = new * beta + gradient
    return look * -lr, new


@wrong("optim.momentum", "momentum-turn-alone")
def _(gradient, velocity, *, lr, beta=0.9):
    new = velocity * beta + gradient
    return new * -lr


@wrong("optim.momentum", "changed-input")
def _(gradient, velocity, *, lr, beta=0.9):
    velocity *= beta
    velocity += gradient
    return -lr * velocity, velocity


@wrong("optim.momentum", "changed-input")
def _(gradient, velocity, *, lr, beta=0.9):
    gradient += beta * velocity
    return -lr * gradient, gradient


@wrong("optim.momentum", "momentum-list")
def _(gradient, velocity, *, lr, beta=0.9):
    new = velocity * beta + gradient
    turn = new * -lr
    return [turn, new]
