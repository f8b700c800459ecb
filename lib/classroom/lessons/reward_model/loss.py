"""Bradley and Terry's loss. What makes it hard: the sign, the sigmoid, the log, and the numbers far out."""

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.listed import edits
from classroom.judge.registry import Wrong, check
from classroom.lessons.reward_model.shared import in_a_fit

noise = shelf.noises(181)


def leads_back(check, function) -> Wrong | None:
    """What is wrong with the gradient, or with a reward that learns on it; None where nothing is."""
    better, worse = noise(6).requires_grad_(), noise(6)
    with torch.inference_mode(False), torch.enable_grad():
        if not function(better, worse).requires_grad:
            says = "The value is right, but no gradient leads back from it. Is there a .item(), a float or a .detach()?"
            return Wrong("bt-no-gradient", says)
    return in_a_fit(check, function)


@check(
    "reward_model.loss",
    lives=leads_back,
    cases=[
        (torch.tensor([0.0]), torch.tensor([0.0])),
        (torch.tensor([1.0]), torch.tensor([0.0])),
        (torch.tensor([2.0, 0.0]), torch.tensor([0.0, 1.0])),
        (noise(5), noise(5)),
        (3 * noise(40), 3 * noise(40)),
    ],
    awkward=[
        (torch.tensor([500.0, 0.0]), torch.tensor([-500.0, 0.0])),
        (torch.tensor([-500.0]), torch.tensor([500.0])),
        (torch.tensor([30.0, -90.0]), torch.tensor([0.0, 40.0])),
        (torch.full((7,), 8.0), torch.full((7,), 7.0)),
        (noise(3) + 100, noise(3) + 100),
        (noise(9).double(), noise(9).double()),
    ],
)
def loss(better, worse):
    lead = (better - worse).double()
    surprise = torch.where(lead > 0, (-lead.abs()).exp().log1p(), (-lead.abs()).exp().log1p() - lead)
    return (surprise.sum() / len(surprise)).to(better.dtype)


edits(
    "reward_model.loss",
    (
        "bt-sign",
        "-functional.logsigmoid",
        "functional.logsigmoid",
        "The sign is turned: this is the mean *log* of the chances, below 0. A surprise is its negative; a descent would learn the opposite.",
    ),
    (
        "bt-exchanged",
        "better - worse",
        "worse - better",
        "Better and worse are exchanged. The chance that the better one is preferred grows with better - worse.",
    ),
    (
        "bt-no-sigmoid",
        "-functional.logsigmoid(better - worse)",
        "-(better - worse)",
        "The sigmoid is missing, and the log with it: this is minus the mean lead. It falls without end, for the lead can always grow; a surprise ends at 0.",
    ),
    (
        "bt-no-log",
        "functional.logsigmoid(",
        "torch.sigmoid(",
        "The log is missing: this is minus the mean chance. A surprise is -log p.",
    ),
    (
        "bt-log-of-sigmoid",
        "functional.logsigmoid(better - worse)",
        "torch.sigmoid(better - worse).log()",
        "The log is taken of a sigmoid that has become 0 in float32, where one reward is far behind: the loss is infinite, and its gradient no number. functional.logsigmoid does both at once.",
    ),
    (
        "bt-sum",
        ".mean()",
        ".sum()",
        "This is the whole surprise, summed. The *mean* over the pairs is asked for: then batches of any size compare.",
    ),
    (
        "bt-mean-first",
        "functional.logsigmoid(better - worse).mean()",
        "functional.logsigmoid((better - worse).mean())",
        "The mean of the leads was taken first, and one surprise of it. Each pair has its own surprise; the mean comes last. It is what you lose if you learn from means of ratings, too.",
    ),
    (
        "bt-bits",
        ".mean()",
        ".mean() / torch.tensor(2.0).log()",
        "These are bits. The loss is told in nats: the natural logarithm.",
    ),
    (
        "bt-hinge",
        "-functional.logsigmoid(better - worse)",
        "functional.relu(1 - (better - worse))",
        "This is another loss, a hinge: it asks for a lead of 1 and then for nothing more. Bradley and Terry's is -log of the sigmoid of the lead.",
    ),
    (
        "bt-each",
        ".mean()",
        "",
        "These are the surprises of all pairs, each by itself. One number is needed: their mean.",
    ),
    (
        "bt-sign-and-exchanged",
        "-functional.logsigmoid(better - worse)",
        "functional.logsigmoid(worse - better)",
        "Two things are turned round, and they do not make up for each other: the lead is better - worse, and a surprise is *minus* the log of its sigmoid.",
    ),
    (
        "bt-epsilon",
        "functional.logsigmoid(better - worse)",
        "(torch.sigmoid(better - worse) + 1e-8).log()",
        "A small number inside the log keeps it finite, but where the reward is hopelessly wrong the loss stands still, and nothing is learned there. functional.logsigmoid is exact.",
    ),
    (
        "bt-each-by-itself",
        "-functional.logsigmoid(better - worse).mean()",
        "-(functional.logsigmoid(better) + functional.logsigmoid(-worse)).mean()",
        "Each text is judged by itself, as good or as bad. Only the difference counts: a text may be the better of one pair and the worse of another.",
    ),
    (
        "bt-softmax-of-all",
        "-functional.logsigmoid(better - worse).mean()",
        "-better.log_softmax(-1).mean() if len(better) > 1 else functional.softplus(worse - better).mean()",
        "The better texts were compared with one another. Each is compared with its own worse one: better - worse.",
    ),
)
