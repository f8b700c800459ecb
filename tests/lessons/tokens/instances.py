"""Lesson 03."""

import itertools
from collections import Counter, defaultdict

import numpy as np

from nextword import tokenizer
from tests.lessons import right, wrong

# ---- to_ids ----


@right("tokenizer.utf8_bytes")
def _(text):
    return [int(byte) for byte in np.frombuffer(text.encode(), dtype=np.uint8)]


@right("tokenizer.utf8_bytes")
def _(text):
    ids = []
    for letter in text:
        for byte in bytearray(letter, "utf8"):
            ids.append(byte)
    return ids


@wrong("tokenizer.utf8_bytes", "to-ids-ord")
def _(text):
    ids = []
    for letter in text:
        ids += [ord(letter)]
    return ids


@wrong("tokenizer.utf8_bytes", "to-ids-bytes")
def _(text):
    return bytes(text, "utf-8")


@wrong("tokenizer.utf8_bytes", "to-ids-one-byte-a-letter")
def _(text):
    return [*bytes(text, "iso-8859-1")]


@wrong("tokenizer.utf8_bytes", "to-ids-letters-lost")
def _(text):
    return [ord(letter) for letter in text if ord(letter) < 128]


@wrong("tokenizer.utf8_bytes", "to-ids-question-marks")
def _(text):
    return [ord(letter) if letter.isascii() else ord("?") for letter in text]


@wrong("tokenizer.utf8_bytes", "to-ids-utf-16")
def _(text):
    return [*bytes(text, "utf16")]


@wrong("tokenizer.utf8_bytes", "to-ids-nested")
def _(text):
    ids = []
    for letter in text:
        ids.append(list(letter.encode()))
    return ids


@wrong("tokenizer.utf8_bytes", "to-ids-own-table")
def _(text):
    letters = sorted(set(text))
    return [letters.index(letter) for letter in text]


@wrong("tokenizer.utf8_bytes", "to-ids-letters")
def _(text):
    return [letter for letter in text]


# ---- count_pairs ----


@wrong("tokenizer.count_pairs", "count-pairs-past-the-end")
def _(chunks):
    counts = {}
    for ids in chunks:
        for i, left in enumerate(ids):
            pair = (left, ids[i + 1])
            counts[pair] = counts.get(pair, 0) + 1
    return counts


@right("tokenizer.count_pairs")
def _(chunks):
    counts = {}
    for ids in chunks:
        for i in range(1, len(ids)):
            pair = ids[i - 1], ids[i]
            counts[pair] = counts.get(pair, 0) + 1
    return counts


@right("tokenizer.count_pairs")
def _(chunks):
    counts = defaultdict(int)
    for ids in chunks:
        for pair in itertools.pairwise(ids):
            counts[pair] += 1
    return counts


@wrong("tokenizer.count_pairs", "count-pairs-across")
def _(chunks):
    return Counter(itertools.pairwise(sum(chunks, [])))


@wrong("tokenizer.count_pairs", "count-pairs-once")
def _(chunks):
    counts = {}
    for ids in chunks:
        for pair in itertools.pairwise(ids):
            counts[pair] = 1
    return counts


@wrong("tokenizer.count_pairs", "count-pairs-once-a-chunk")
def _(chunks):
    counts = Counter()
    for ids in chunks:
        counts.update({(ids[i], ids[i + 1]) for i in range(len(ids) - 1)})
    return counts


@wrong("tokenizer.count_pairs", "count-pairs-no-overlap")
def _(chunks):
    counts = Counter()
    for ids in chunks:
        for pair in set(itertools.pairwise(ids)):
            i = 0
            while i < len(ids) - 1:
                hit = (ids[i], ids[i + 1]) == pair
                counts[pair] += hit
                i += 2 if hit else 1
    return counts


@wrong("tokenizer.count_pairs", "count-pairs-every-second")
def _(chunks):
    counts = Counter()
    for ids in chunks:
        for i in range(0, len(ids) - 1, 2):
            counts[ids[i], ids[i + 1]] += 1
    return counts


@wrong("tokenizer.count_pairs", "count-pairs-last-missing")
def _(chunks):
    counts = Counter()
    for ids in chunks:
        counts.update(itertools.pairwise(ids[:-1]))
    return counts


@wrong("tokenizer.count_pairs", "count-pairs-last-chunk")
def _(chunks):
    counts = {}
    for ids in chunks:
        counts = {}
        for pair in itertools.pairwise(ids):
            counts[pair] = counts.get(pair, 0) + 1
    return counts


@wrong("tokenizer.count_pairs", "edit")
def _(chunks):
    counts = Counter()
    for ids in chunks:
        counts.update(itertools.pairwise(ids))
        return counts
    return counts


@wrong("tokenizer.count_pairs", "count-pairs-unordered")
def _(chunks):
    counts = Counter()
    for ids in chunks:
        for a, b in itertools.pairwise(ids):
            counts[min(a, b), max(a, b)] += 1
    return counts


@wrong("tokenizer.count_pairs", "count-pairs-wraps")
def _(chunks):
    counts = Counter()
    for ids in chunks:
        counts.update(zip(ids[-1:] + ids[:-1], ids, strict=True))
    return counts


# ---- merge ----


@right("tokenizer.merge")
def _(ids, pair, new_id):
    merged = []
    for i in ids:  # a new token is never half of `pair` here, and that must not be taken for granted
        merged.append((i, False))
        if len(merged) > 1 and (merged[-2], merged[-1]) == ((pair[0], False), (pair[1], False)):
            merged[-2:] = [(new_id, True)]
    return [i for i, _ in merged]


@right("tokenizer.merge")
def _(ids, pair, new_id):
    ids, place = list(ids), 0
    while place + 1 < len(ids):
        if ids[place] == pair[0] and ids[place + 1] == pair[1]:
            ids = ids[:place] + [new_id] + ids[place + 2 :]
        place += 1
    return ids


@wrong("tokenizer.merge", "merge-used-twice")
def _(ids, pair, new_id):
    starts = {i for i in range(len(ids) - 1) if (ids[i], ids[i + 1]) == pair}
    return [new_id if i in starts else ids[i] for i in range(len(ids)) if i in starts or i - 1 not in starts]


@wrong("tokenizer.merge", "merge-half-left")
def _(ids, pair, new_id):
    merged, i = [], 0
    while i < len(ids):
        if ids[i : i + 2] == list(pair):
            merged.append(new_id)
        else:
            merged.append(ids[i])
        i += 1
    return merged


@wrong("tokenizer.merge", "merge-first-only")
def _(ids, pair, new_id):
    ids = list(ids)
    for i in range(len(ids)):
        if tuple(ids[i : i + 2]) == pair:
            ids[i : i + 2] = [new_id]
            break
    return ids


@wrong("tokenizer.merge", "merge-end-lost")
def _(ids, pair, new_id):
    merged, i = [], 0
    while i < len(ids) - 1:
        if ids[i] == pair[0] and ids[i + 1] == pair[1]:
            merged.append(new_id)
            i += 2
        else:
            merged.append(ids[i])
            i += 1
    return merged


@wrong("tokenizer.merge", "merge-past-the-end")
def _(ids, pair, new_id):
    merged, i = [], 0
    while i < len(ids):
        if (ids[i], ids[i + 1]) == pair:
            merged.append(new_id)
            i += 2
        else:
            merged.append(ids[i])
            i += 1
    return merged


@wrong("tokenizer.merge", "merge-from-the-right")
def _(ids, pair, new_id):
    ids, i = list(ids), len(ids) - 2
    while i >= 0:
        if tuple(ids[i : i + 2]) == pair:
            ids[i : i + 2] = [new_id]
            i -= 1
        i -= 1
    return ids


@wrong("tokenizer.merge", "merge-list-against-tuple")
def _(ids, pair, new_id):
    merged, i = [], 0
    while i < len(ids):
        if ids[i : i + 2] == pair:
            merged.append(new_id)
            i += 2
        else:
            merged.append(ids[i])
            i += 1
    return merged


@wrong("tokenizer.merge", "changed-input")
def _(ids, pair, new_id):
    i = 0
    while i < len(ids) - 1:
        if (ids[i], ids[i + 1]) == pair:
            ids[i] = new_id
            ids.pop(i + 1)
        i += 1
    return ids


@wrong("tokenizer.merge", "merge-shrinks")
def _(ids, pair, new_id):
    merged = ids.copy()
    for i in range(len(ids) - 1):
        if merged[i] == pair[0] and merged[i + 1] == pair[1]:
            merged[i] = new_id
            merged.pop(i + 1)
    return merged


@wrong("tokenizer.merge", "edit")
def _(ids, pair, new_id):
    merged, i = [], 0
    while i < len(ids):
        if ids[i : i + 2] == [*pair]:
            merged.append(new_id)
        else:
            merged.append(ids[i])
        i += 2
    return merged


@wrong("tokenizer.merge", "edit")
def _(ids, pair, new_id):
    merged, i = [], 0
    while i < len(ids):
        if tuple(ids[i : i + 2]) == pair:
            merged.append(new_id)
            i += 1
        i += 1
    return merged


# ---- train ----


def best_of(chunks):
    counts = tokenizer.count_pairs(chunks)
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[0][0] if counts else None


@right("tokenizer.train")
def _(chunks, n_merges):
    merges = []
    while len(merges) < n_merges:
        counts = tokenizer.count_pairs(chunks)
        if not counts:
            return merges
        most = max(counts.values())
        pair = min(pair for pair in counts if counts[pair] == most)
        chunks = [tokenizer.merge(ids, pair, 256 + len(merges)) for ids in chunks]
        merges.append(pair)
    return merges


@right("tokenizer.train")
def _(chunks, n_merges):
    if n_merges == 0 or not (counts := tokenizer.count_pairs(chunks)):
        return []
    merges, chunks = [], [list(ids) for ids in chunks]
    for number in range(n_merges):
        counts = tokenizer.count_pairs(chunks)
        if len(counts) == 0:
            break
        a, b = max(counts, key=lambda pair: (counts[pair], -pair[0], -pair[1]))
        for place in range(len(chunks)):
            chunks[place] = tokenizer.merge(chunks[place], (a, b), number + 256)
        merges.append((a, b))
    return merges


@wrong("tokenizer.train", "train-counts-once")
def _(chunks, n_merges):
    ranked = sorted(tokenizer.count_pairs(chunks).items(), key=lambda item: (-item[1], item[0]))
    return [pair for pair, _ in ranked[:n_merges]]


@wrong("tokenizer.train", "train-not-merged")
def _(chunks, n_merges):
    merges = []
    for new_id in range(256, 256 + n_merges):
        pair = best_of(chunks)
        if pair is None:
            break
        [tokenizer.merge(ids, pair, new_id) for ids in chunks]
        merges.append(pair)
    return merges


def trained(chunks, n_merges, first_id):
    merges = []
    for number in range(n_merges):
        pair = best_of(chunks)
        if pair is None:
            break
        chunks = [tokenizer.merge(ids, pair, first_id + number) for ids in chunks]
        merges.append(pair)
    return merges


@wrong("tokenizer.train", "train-first-id-255")
def _(chunks, n_merges):
    return trained(chunks, n_merges, 255)


@wrong("tokenizer.train", "train-first-id-257")
def _(chunks, n_merges):
    return trained(chunks, n_merges, 257)


@wrong("tokenizer.train", "train-first-id-0")
def _(chunks, n_merges):
    return trained(chunks, n_merges, 0)


@wrong("tokenizer.train", "train-same-id")
def _(chunks, n_merges):
    merges, new_id = [], 256
    while len(merges) < n_merges and best_of(chunks):
        merges.append(best_of(chunks))
        chunks = [tokenizer.merge(ids, merges[-1], new_id) for ids in chunks]
    return merges


@wrong("tokenizer.train", "train-runs-out")
def _(chunks, n_merges):
    merges = []
    for new_id in range(256, 256 + n_merges):
        counts = tokenizer.count_pairs(chunks)
        pair = max(counts, key=lambda pair: (counts[pair], -pair[0], -pair[1]))
        chunks = [tokenizer.merge(ids, pair, new_id) for ids in chunks]
        merges.append(pair)
    return merges


@wrong("tokenizer.train", "train-ties-by-luck")
def _(chunks, n_merges):
    merges = []
    for new_id in range(256, 256 + n_merges):
        common = Counter(tokenizer.count_pairs(chunks)).most_common(1)
        if not common:
            break
        merges.append(common[0][0])
        chunks = [tokenizer.merge(ids, merges[-1], new_id) for ids in chunks]
    return merges


@wrong("tokenizer.train", "train-ties-highest")
def _(chunks, n_merges):
    merges = []
    for new_id in range(256, 256 + n_merges):
        counts = tokenizer.count_pairs(chunks)
        if not counts:
            break
        count, pair = max((count, pair) for pair, count in counts.items())
        chunks = [tokenizer.merge(ids, pair, new_id) for ids in chunks]
        merges.append(pair)
    return merges


@wrong("tokenizer.train", "edit")
def _(chunks, n_merges):
    merges = []
    for new_id in range(256, 256 + n_merges):
        counts = tokenizer.count_pairs(chunks)
        if not counts:
            break
        count, pair = min((count, pair) for pair, count in counts.items())
        chunks = [tokenizer.merge(ids, pair, new_id) for ids in chunks]
        merges.append(pair)
    return merges


@wrong("tokenizer.train", "train-joins-chunks")
def _(chunks, n_merges):
    return trained([list(itertools.chain(*chunks))], n_merges, 256)


@wrong("tokenizer.train", "changed-input")
def _(chunks, n_merges):
    merges = []
    while len(merges) < n_merges and best_of(chunks):
        merges.append(best_of(chunks))
        chunks[:] = [tokenizer.merge(ids, merges[-1], 255 + len(merges)) for ids in chunks]
    return merges


@wrong("tokenizer.train", "place-spoiled")
def _(chunks, n_merges):
    return dict(zip(trained(chunks, n_merges, 256), itertools.count(256), strict=False))


@wrong("tokenizer.train", "train-range")
def _(chunks, n_merges):
    merges = []
    for new_id in range(256, n_merges):
        merges.append(best_of(chunks))
        chunks = [tokenizer.merge(ids, merges[-1], new_id) for ids in chunks]
    return merges


@wrong("tokenizer.train", "train-one-round")
def _(chunks, n_merges):
    merges = []
    for _ in range(n_merges):
        pair = best_of(chunks)
        return merges + ([pair] if pair else [])
    return merges


# ---- encode ----


@right("tokenizer.encode")
def _(ids, merges):
    ranks = {pair: rank for rank, pair in enumerate(merges)}
    while len(ids) > 1:
        pair = min(zip(ids, ids[1:], strict=False), key=lambda pair: ranks.get(pair, len(ranks)))
        if pair not in ranks:
            break
        ids = tokenizer.merge(ids, pair, 256 + ranks[pair])
    return ids


@right("tokenizer.encode")
def _(ids, merges):
    encoded = list(ids)
    for number in range(len(merges)):
        encoded = tokenizer.merge(encoded, merges[number], number + 256)
    return encoded


@wrong("tokenizer.encode", "encode-left-to-right")
def _(ids, merges):
    ids, place = list(ids), 0
    while place < len(ids) - 1:
        pair = ids[place], ids[place + 1]
        if pair in merges:
            ids[place : place + 2] = [256 + merges.index(pair)]
            place = 0
        else:
            place += 1
    return ids


@wrong("tokenizer.encode", "encode-one-pass")
def _(ids, merges):
    ranks, encoded, i = {pair: n for n, pair in enumerate(merges, 256)}, [], 0
    while i < len(ids):
        new = ranks.get(tuple(ids[i : i + 2]))
        encoded.append(ids[i] if new is None else new)
        i += 1 if new is None else 2
    return encoded


@wrong("tokenizer.encode", "encode-longest")
def _(ids, merges):
    if ids and max(ids) > 255:
        return ids
    names = {token: i for i, token in enumerate(tokenizer.token_bytes(merges))}
    raw, encoded = bytes(ids), []
    while raw:
        for length in range(len(raw), 0, -1):
            if raw[:length] in names:
                encoded.append(names[raw[:length]])
                raw = raw[length:]
                break
    return encoded


@wrong("tokenizer.encode", "encode-last-first")
def _(ids, merges):
    for new_id, pair in list(enumerate(merges, start=256))[::-1]:
        ids = tokenizer.merge(ids, pair, new_id)
    return ids


@wrong("tokenizer.encode", "encode-ids-from-0")
def _(ids, merges):
    for pair in merges:
        ids = tokenizer.merge(ids, pair, merges.index(pair))
    return ids


@wrong("tokenizer.encode", "encode-stops-early")
def _(ids, merges):
    for new_id, pair in enumerate(merges, start=256):
        merged = tokenizer.merge(ids, pair, new_id)
        if merged == ids:
            return ids
        ids = merged
    return ids


@wrong("tokenizer.encode", "encode-always-original")
def _(ids, merges):
    found = ids
    for rank in range(len(merges)):
        found = tokenizer.merge(ids, merges[rank], 256 + rank)
    return found


@wrong("tokenizer.encode", "encode-most-frequent")
def _(ids, merges):
    while True:
        counts = {pair: n for pair, n in tokenizer.count_pairs([ids]).items() if pair in merges}
        if not counts:
            return ids
        pair = min(counts, key=lambda pair: (-counts[pair], merges.index(pair)))
        ids = tokenizer.merge(ids, pair, 256 + merges.index(pair))


@wrong("tokenizer.encode", "encode-not-kept")
def _(ids, merges):
    for new_id, pair in enumerate(merges, start=256):
        tokenizer.merge(ids, pair, new_id)
    return ids


@wrong("tokenizer.encode", "encode-one-merge")
def _(ids, merges):
    for new_id, pair in enumerate(merges, start=256):
        ids = tokenizer.merge(ids, pair, new_id)
        return ids


# ---- decode ----


@right("tokenizer.decode")
def _(ids, table):
    raw = bytearray()
    for i in ids:
        raw += table[i]
    return str(raw, "utf-8", "replace")


@wrong("tokenizer.decode", "decode-each-token")
def _(ids, table):
    text = ""
    for i in ids:
        text += str(table[i], "utf-8", "replace")
    return text


@wrong("tokenizer.decode", "decode-each-token-strict")
def _(ids, table):
    text = ""
    for i in ids:
        text += table[i].decode()
    return text


@wrong("tokenizer.decode", "decode-strict")
def _(ids, table):
    return bytes(byte for i in ids for byte in table[i]).decode()


@wrong("tokenizer.decode", "decode-ignore")
def _(ids, table):
    return str(bytes(byte for i in ids for byte in table[i]), "utf-8", "ignore")


@wrong("tokenizer.decode", "decode-byte-for-letter")
def _(ids, table):
    return "".join(chr(byte) for i in ids for byte in table[i])


@wrong("tokenizer.decode", "decode-chr")
def _(ids, table):
    text = ""
    for i in ids:
        text += chr(i)
    return text


@wrong("tokenizer.decode", "decode-ids-as-bytes")
def _(ids, table):
    return str(bytearray(ids), encoding="utf-8", errors="replace")


@wrong("tokenizer.decode", "decode-spaces")
def _(ids, table):
    raw = b""
    for i in ids:
        raw += table[i] + b" "
    return raw[:-1].decode(errors="replace")


@wrong("tokenizer.decode", "edit")
def _(ids, table):
    raw = b""
    for i in ids:
        raw += table[i]
    return raw


@wrong("tokenizer.decode", "decode-str")
def _(ids, table):
    raw = b""
    for i in ids:
        raw += table[i]
    return f"{raw}"


# ---- found by trying ----


@wrong("tokenizer.utf8_bytes", "to-ids-spaces-lost")
def _(text):
    return list("".join(text.split()).encode())


@wrong("tokenizer.utf8_bytes", "to-ids-bytes-each")
def _(text):
    whole = text.encode()
    return [whole[place : place + 1] for place in range(len(whole))]


@wrong("tokenizer.count_pairs", "edit")
def _(chunks):
    return Counter(pair for ids in chunks for pair in zip(ids[1:], ids, strict=False))


@wrong("tokenizer.count_pairs", "count-pairs-halves")
def _(chunks):
    counts = {}
    for ids in chunks:
        for place in range(len(ids)):
            pair = (*ids[place : place + 2],)
            counts[pair] = counts.get(pair, 0) + 1
    return counts


@wrong("tokenizer.count_pairs", "count-pairs-update-ids")
def _(chunks):
    counts = Counter()
    for ids in chunks:
        for pair in zip(ids, ids[1:], strict=False):
            counts.update(pair)
    return counts


@wrong("tokenizer.merge", "edit")
def _(ids, pair, new_id):
    merged, place = [], 0
    while place < len(ids):
        if tuple(ids[place : place + 2]) == pair:
            merged += [new_id]
            place += 2
        else:
            merged += [ids[place]]
        place += 1
    return merged


@wrong("tokenizer.merge", "merge-each-id")
def _(ids, pair, new_id):
    swapped = dict.fromkeys(pair, new_id)
    return [swapped.get(i, i) for i in ids]


@wrong("tokenizer.merge", "merge-first-id-only")
def _(ids, pair, new_id):
    merged, skip = [], False
    for i in ids:
        if skip:
            skip = False
            continue
        skip = i == pair[0]
        merged.append(new_id if skip else i)
    return merged


@wrong("tokenizer.train", "train-most-common-runs-out")
def _(chunks, n_merges):
    merges = []
    for new_id in range(256, 256 + n_merges):
        pair = tokenizer.count_pairs(chunks).most_common(1)[0][0]
        chunks = [tokenizer.merge(ids, pair, new_id) for ids in chunks]
        merges.append(pair)
    return merges


@wrong("tokenizer.train", "train-highest-ids")
def _(chunks, n_merges):
    merges = []
    while len(merges) < n_merges and (counts := tokenizer.count_pairs(chunks)):
        merges.append(sorted(counts)[-1])
        chunks = [tokenizer.merge(ids, merges[-1], 255 + len(merges)) for ids in chunks]
    return merges


@wrong("tokenizer.train", "edit")
def _(chunks, n_merges):
    merges = []
    while len(merges) <= n_merges and (counts := tokenizer.count_pairs(chunks)):
        merges.append(min(counts, key=lambda pair: (-counts[pair], pair)))
        chunks = [tokenizer.merge(ids, merges[-1], 255 + len(merges)) for ids in chunks]
    return merges


@wrong("tokenizer.encode", "edit")
def _(ids, merges):
    for rank in range(len(merges)):
        ids = tokenizer.merge(ids, merges[rank], 256 + rank + 1)
    return ids


@wrong("tokenizer.encode", "encode-same-id")
def _(ids, merges):
    for pair in merges:
        ids = tokenizer.merge(ids, pair, 256)
    return ids


@wrong("tokenizer.encode", "encode-latest-first")
def _(ids, merges):
    while True:
        ranks = [merges.index(pair) for pair in zip(ids, ids[1:], strict=False) if pair in merges]
        if not ranks:
            return ids
        ids = tokenizer.merge(ids, merges[max(ranks)], 256 + max(ranks))


@right("tokenizer.encode")  # as it stands in Karpathy's minbpe
def _(ids, merges):
    ranks, ids = {pair: new_id for new_id, pair in enumerate(merges, 256)}, list(ids)
    while len(ids) >= 2:
        pair = min(zip(ids, ids[1:], strict=False), key=lambda pair: ranks.get(pair, float("inf")))
        if pair not in ranks:
            break
        ids = tokenizer.merge(ids, pair, ranks[pair])
    return ids


@wrong("tokenizer.decode", "lost-at-the-edges")
def _(ids, table):
    whole = b""
    for i in ids:
        whole += table[i]
    return str(whole.strip(), "utf-8", "replace")


@wrong("tokenizer.decode", "decode-str-each")
def _(ids, table):
    text = ""
    for i in ids:
        text += f"{table[i]}"
    return text


@wrong("tokenizer.decode", "place-parts")
def _(ids, table):
    return str(b"".join(map(table.__getitem__, ids)), "utf-8", "backslashreplace")


@wrong("tokenizer.decode", "decode-return-inside")
def _(ids, table):
    whole = b""
    for i in ids:
        whole += table[i]
        return whole.decode("utf-8", errors="replace")
    return ""


@wrong("tokenizer.merge", "merge-blocks")
def _(ids, pair, new_id):
    merged, i = [], 0
    while i < len(ids):
        merged += [new_id] if ids[i : i + 2] == [*pair] else ids[i : i + 2]
        i += 2
    return merged


@wrong("tokenizer.count_pairs", "count-pairs-no-overlap")
def _(chunks):
    counts = Counter()
    for ids in chunks:
        i = 0
        while i < len(ids) - 1:
            counts[ids[i], ids[i + 1]] += 1
            i += 2 if ids[i] == ids[i + 1] else 1
    return counts


@wrong("tokenizer.train", "train-merge-turned")
def _(chunks, n_merges):
    def merge(ids, pair, new_id):
        return tokenizer.merge(ids, pair, new_id) if isinstance(pair, tuple) else list(ids)

    merges = []
    while len(merges) < n_merges and (pair := best_of(chunks)):
        chunks = [merge(pair, ids, 256 + len(merges)) for ids in chunks]
        merges.append(pair)
    return merges


@wrong("tokenizer.decode", "decode-each-token")
def _(ids, table):
    return "".join(str(table[i], "utf-8", "ignore") for i in ids)


@wrong("tokenizer.decode", "decode-join-str")
def _(ids, table):
    text = ""
    for i in ids:
        text += table[i]
    return text


@wrong("tokenizer.merge", "merge-no-else")
def _(ids, pair, new_id):
    merged, i = [], 0
    while i < len(ids):
        if ids[i : i + 2] == list(pair):
            merged += [new_id]
            i += 2
        merged += [ids[i]]
        i += 1
    return merged


@wrong("tokenizer.merge", "merge-end-twice")
def _(ids, pair, new_id):
    merged, i = [], 0
    while i + 1 < len(ids):
        both = (ids[i], ids[i + 1]) == pair
        merged.append(new_id if both else ids[i])
        i += 1 + both
    merged.append(ids[-1])
    return merged


@wrong("tokenizer.count_pairs", "count-pairs-from-0")
def _(chunks):
    counts = {}
    for ids in chunks:
        for pair in itertools.pairwise(ids):
            counts[pair] = counts.get(pair, -1) + 1
    return counts


@wrong("tokenizer.train", "train-not-merged")  # they are, and counted before
def _(chunks, n_merges):
    merges, best = [], best_of(chunks)
    for new_id in range(256, 256 + n_merges):
        if best is None:
            break
        chunks = [tokenizer.merge(ids, best, new_id) for ids in chunks]
        merges.append(best)
    return merges


@wrong("tokenizer.decode", "decode-each-token")
def _(ids, table):
    text = ""
    for i in ids:
        try:
            text += table[i].decode()
        except UnicodeDecodeError:
            text += "\ufffd"
    return text


@wrong("tokenizer.merge", "merge-one-round")
def _(ids, pair, new_id):
    merged = []
    for i, two in enumerate(itertools.zip_longest(ids, ids[1:])):
        merged.append(new_id if two == pair else ids[i])
        return merged


@wrong("tokenizer.decode", "decode-all-or-nothing")
def _(ids, table):
    whole = b"".join(table[i] for i in ids)
    try:
        return str(whole, "utf-8")
    except ValueError:
        return "\ufffd" * len(whole)
