"""Under rung `chat`: the pieces of a reply, which another reply breaks off.

A chat has one text and one cache. Two replies that were written by turns would mix their texts up in it.
"""

from collections.abc import Generator, Iterator


class Reply(Iterator[str]):
    """The pieces of one reply, as they come.

    >>> reply = Reply(piece for piece in ["Hel", "lo"])
    >>> next(reply)
    'Hel'
    >>> reply.break_off()
    >>> next(reply)
    Traceback (most recent call last):
    RuntimeError: this reply was broken off when another was asked for: a chat writes one at a time
    """

    def __init__(self, pieces: Generator[str]):
        self.pieces, self.is_broken_off, self.has_ended = pieces, False, False

    def __next__(self) -> str:
        if self.is_broken_off:
            raise RuntimeError(
                "this reply was broken off when another was asked for: a chat writes one at a time"
            )
        try:
            return next(self.pieces)
        except BaseException:
            self.has_ended = not self.pieces.gi_running  # it runs still where another thread asked too soon
            raise

    def close(self) -> None:
        """Stop listening: what was heard so far is kept as the reply."""
        self.pieces.close()
        self.has_ended = True

    def break_off(self) -> None:
        """Make room for another reply, unless this one has ended; a RuntimeError if a thread is in the midst of it."""
        if self.has_ended:
            return
        self.is_broken_off = True
        try:
            self.pieces.close()
        except ValueError:  # Python's word for a generator that runs just now
            self.is_broken_off = False
            raise RuntimeError("a reply is being written in another thread: wait for its end") from None
