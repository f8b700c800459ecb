"""What answers to several exercises of this lesson share."""


def rows(logits):
    return logits.reshape(-1, logits.shape[-1])
