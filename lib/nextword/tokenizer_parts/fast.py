"""Under rung `tokenizer`: the same training and encoding, fast.

`tokenizer.train` counts every pair anew after each merge. Here a merge touches only the chunks that hold its
pair, and only the counts that it changes. Equal chunks are kept once, with the number of times they occur.
The same merges come out, ties included; the tests compare the two.
"""

import heapq
from collections import Counter, defaultdict

Pair = tuple[int, int]


def train(chunks: Counter[tuple[int, ...]], n_merges: int) -> list[Pair]:
    """The merges that `tokenizer.train` finds, from chunks of ids and how often each occurs.

    >>> train(Counter({(1, 2, 3): 1, (1, 2, 4): 1}), 2)
    [(1, 2), (256, 3)]
    """
    words, times = [list(chunk) for chunk in chunks], list(chunks.values())
    counts, where = Counter(), defaultdict(set)  # how often each pair occurs, and in which words
    for number, ids in enumerate(words):
        for pair in zip(ids, ids[1:], strict=False):
            counts[pair] += times[number]
            where[pair].add(number)
    queue = [
        (-count, pair) for pair, count in counts.items()
    ]  # may hold stale counts: checked when they come up
    heapq.heapify(queue)
    merges = []
    while queue and len(merges) < n_merges:
        count, pair = heapq.heappop(queue)
        if counts[pair] != -count:
            continue
        changes = Counter()
        for number in where.pop(pair):
            words[number], changed = merge(words[number], pair, 256 + len(merges))
            for other, by in changed.items():
                changes[other] += by * times[number]
                if by > 0:
                    where[other].add(number)
        merges.append(pair)
        for other, by in changes.items():
            counts[other] += by
            if by and counts[other] > 0:
                heapq.heappush(queue, (-counts[other], other))
    return merges


def merge(ids: list[int], pair: Pair, new_id: int) -> tuple[list[int], Counter]:
    """The ids after a merge, and by how much it changed the number of each pair in them.

    >>> merge([7, 1, 2], (1, 2), 256)
    ([7, 256], Counter({(7, 256): 1, (7, 1): -1, (1, 2): -1}))
    """
    merged, place = [], 0
    while place < len(ids):
        if ids[place] == pair[0] and place + 1 < len(ids) and ids[place + 1] == pair[1]:
            merged.append(new_id)
            place += 2
        else:
            merged.append(ids[place])
            place += 1
    changed = Counter(zip(merged, merged[1:], strict=False))
    changed.subtract(zip(ids, ids[1:], strict=False))
    return merged, changed


def encode(ids: list[int], ranks: dict[Pair, int]) -> list[int]:
    """The tokens that `tokenizer.encode` finds, in time that grows hardly faster than the text.

    `ranks` gives each merge's token id; of the pairs that stand side by side, the lowest is merged first, of
    equals the leftmost. A chain of neighbours and a queue find it without reading the whole text again.

    >>> encode([1, 2, 3], {(2, 3): 256, (1, 2): 257})
    [1, 256]
    """
    after = list(range(1, len(ids) + 1))  # the place of each token's right neighbour
    before = list(range(-1, len(ids) - 1))
    ids = list(ids)
    queue = [
        (ranks[pair], place, pair)
        for place, pair in enumerate(zip(ids, ids[1:], strict=False))
        if pair in ranks
    ]
    heapq.heapify(queue)

    def offer(left: int, right: int) -> None:
        if left >= 0 and right < len(ids) and (ids[left], ids[right]) in ranks:
            pair = (ids[left], ids[right])
            heapq.heappush(queue, (ranks[pair], left, pair))

    while queue:
        new_id, left, pair = heapq.heappop(queue)
        right = after[left]
        if right >= len(ids) or (ids[left], ids[right]) != pair:
            continue  # one of the two was merged away since
        ids[left], ids[right] = new_id, None
        after[left] = after[right]
        if after[right] < len(ids):
            before[after[right]] = left
        offer(before[left], left)
        offer(left, after[left])
    return [i for i in ids if i is not None]
