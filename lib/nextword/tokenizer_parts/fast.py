"""Under rung `tokenizer`: the same training and encoding, fast.

`tokenizer.train` counts every pair anew after each merge. Here a merge touches only the chunks that hold its
pair, and only the counts that it changes. Equal chunks are kept once, with the number of times they occur.
The same merges come out, ties included; the tests compare the two.
"""

import heapq
from collections import Counter

Pair = tuple[int, int]


def train(chunks: Counter[tuple[int, ...]], n_merges: int) -> list[Pair]:
    """The merges that `tokenizer.train` finds, from chunks of ids and how often each occurs.

    >>> train(Counter({(1, 2, 3): 1, (1, 2, 4): 1}), 2)
    [(1, 2), (256, 3)]
    """
    words, times = [list(chunk) for chunk in chunks], list(chunks.values())
    counts, where = {}, {}  # how often each pair occurs, and in which words; a place in `where` may be stale
    for number, ids in enumerate(words):
        for pair in zip(ids, ids[1:], strict=False):
            counts[pair] = counts.get(pair, 0) + times[number]
            where.setdefault(pair, set()).add(number)
    queue = [(-count, pair) for pair, count in counts.items()]  # stale counts are passed over as they come up
    heapq.heapify(queue)
    merges = []
    while queue and len(merges) < n_merges:
        count, pair = heapq.heappop(queue)
        if counts[pair] != -count:
            continue
        new_id = 256 + len(merges)
        changes = {}  # by how much each pair's count changes
        for number in where.pop(pair):
            before = words[number]
            after = words[number] = merge(before, pair, new_id)
            if len(after) == len(before):
                continue  # an earlier merge took the pair apart
            for other in zip(before, before[1:], strict=False):
                changes[other] = changes.get(other, 0) - times[number]
            for other in zip(after, after[1:], strict=False):
                changes[other] = changes.get(other, 0) + times[number]
                if new_id in other:
                    where.setdefault(other, set()).add(number)
        merges.append(pair)
        for other, by in changes.items():
            counts[other] = counts.get(other, 0) + by
            if by and counts[other]:
                heapq.heappush(queue, (-counts[other], other))
    return merges


def merge(ids: list[int], pair: Pair, new_id: int) -> list[int]:
    """What `tokenizer.merge` gives; where the pair is nowhere, the same list.

    >>> merge([7, 1, 2], (1, 2), 256)
    [7, 256]
    """
    left, right = pair
    if left not in ids:
        return ids
    merged, place, last = [], 0, len(ids) - 1
    while place <= last:
        if ids[place] == left and place < last and ids[place + 1] == right:
            merged.append(new_id)
            place += 2
        else:
            merged.append(ids[place])
            place += 1
    return merged


def encode(ids: list[int], ranks: dict[Pair, int]) -> list[int]:
    """The tokens that `tokenizer.encode` finds, in time that grows hardly faster than the text.

    `ranks` gives each merge's token id. A new token is only ever part of later merges, so the ids are gone
    through in order, each with the places where its pair was seen. A chain of neighbours saves reading on.

    >>> encode([1, 2, 3], {(2, 3): 256, (1, 2): 257})
    [1, 256]
    """
    places = {}  # by the id that a pair becomes, where pairs that become it begin; some are gone by then
    for place, pair in enumerate(zip(ids, ids[1:], strict=False)):
        if pair in ranks:
            places.setdefault(ranks[pair], []).append(place)
    if not places:
        return list(ids)
    ids, end = list(ids), len(ids)
    after = list(range(1, end + 1))  # the place of each token's right neighbour
    before = list(range(-1, end - 1))
    waiting = list(places)
    heapq.heapify(waiting)
    while waiting:
        new_id = heapq.heappop(waiting)
        for left in sorted(places.pop(new_id)):  # from the left, as pairs may overlap
            right = after[left]
            if right == end or ranks.get((ids[left], ids[right])) != new_id:
                continue  # one of the two was merged away since
            ids[left], ids[right] = new_id, None
            following = after[left] = after[right]
            if following < end:
                before[following] = left
            for first, second in ((before[left], left), (left, following)):
                later = ranks.get((ids[first], ids[second])) if first >= 0 and second < end else None
                if later is None:
                    continue
                if later not in places:
                    places[later] = []
                    heapq.heappush(waiting, later)
                places[later].append(first)
    return [i for i in ids if i is not None]
