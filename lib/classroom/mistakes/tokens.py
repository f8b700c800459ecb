"""Wrong ways to write the exercises of lesson 03, and what each misunderstands."""

from collections import Counter

from classroom.checking import mistake

# ---- to_ids ----


@mistake(
    "tokenizer.to_ids",
    "to-ids-ord",
    "ord gives a letter's number in Unicode: é is 233 and a duck 129,414. The bytes of é are 195, 169: "
    "encode first.",
)
def _(text):
    return [ord(letter) for letter in text]


@mistake(
    "tokenizer.to_ids",
    "to-ids-bytes",
    "These are the bytes, as one bytes object. What is needed is a list of numbers: list(...) of them.",
)
def _(text):
    return text.encode("utf-8")


@mistake(
    "tokenizer.to_ids",
    "to-ids-one-byte-a-letter",
    "One byte a letter is not enough: Latin-1 and ASCII know few letters, and stop at the others. Use UTF-8.",
)
def _(text):
    return list(text.encode("latin-1"))


@mistake(
    "tokenizer.to_ids",
    "to-ids-letters-lost",
    "Letters outside ASCII were dropped or became question marks. Nothing may be lost: encode as UTF-8.",
)
def _(text):
    return list(text.encode("ascii", errors="ignore"))


@mistake(
    "tokenizer.to_ids",
    "to-ids-question-marks",
    "Letters that ASCII does not know became question marks (63). Nothing may be lost: encode as UTF-8.",
)
def _(text):
    return list(text.encode("ascii", errors="replace"))


@mistake(
    "tokenizer.to_ids",
    "to-ids-utf-16",
    "This is UTF-16: it begins with two bytes that are a mark, and spends two on each letter. Use UTF-8.",
)
def _(text):
    return list(text.encode("utf-16"))


@mistake(
    "tokenizer.to_ids",
    "to-ids-nested",
    "Each letter has a list of its own. One flat list is needed: where a letter ends does not matter "
    "from here on.",
)
def _(text):
    return [list(letter.encode("utf-8")) for letter in text]


@mistake(
    "tokenizer.to_ids",
    "to-ids-own-table",
    "You numbered the letters of this text. In the next text the same letter gets another number; bytes "
    "never do.",
)
def _(text):
    number = {letter: i for i, letter in enumerate(sorted(set(text)))}
    return [number[letter] for letter in text]


@mistake(
    "tokenizer.to_ids",
    "to-ids-lower",
    "Capital letters or the space at the end are gone. A tokenizer has to give back exactly what it was "
    "given.",
)
def _(text):
    return list(text.lower().strip().encode("utf-8"))


@mistake(
    "tokenizer.to_ids",
    "to-ids-letters",
    "These are letters. A machine needs numbers: the bytes that stand for them in UTF-8.",
)
def _(text):
    return list(text)


@mistake(
    "tokenizer.to_ids",
    "to-ids-utf-16-le",
    "Every second number is 0: this is UTF-16, which spends two bytes on each letter. Use UTF-8.",
)
def _(text):
    return list(text.encode("utf-16-le"))


@mistake(
    "tokenizer.to_ids",
    "to-ids-spaces-lost",
    "Spaces are gone. A tokenizer has to give back exactly what it was given: encode the text as it is.",
)
def _(text):
    return [byte for word in text.split() for byte in word.encode("utf-8")]


@mistake(
    "tokenizer.to_ids",
    "to-ids-bytes-each",
    "Each item is a bytes object of one byte. list(...) of the whole bytes object gives plain numbers.",
)
def _(text):
    return [bytes([byte]) for byte in text.encode("utf-8")]


# ---- count_pairs ----


@mistake(
    "tokenizer.count_pairs",
    "count-pairs-past-the-end",
    "ids[i + 1] is past the end when i is the last place: n ids make n - 1 pairs, so the range ends at "
    "len(ids) - 1.",
)
def _(chunks):
    return Counter((ids[i], ids[i + 1]) for ids in chunks for i in range(len(ids)))


@mistake(
    "tokenizer.count_pairs",
    "count-pairs-across",
    "A pair across two chunks was counted: chunks were joined. No token may cross a cut, so count in "
    "each by itself.",
)
def _(chunks):
    joined = [i for ids in chunks for i in ids]
    return Counter(zip(joined, joined[1:], strict=False))


@mistake(
    "tokenizer.count_pairs",
    "count-pairs-once",
    "Each pair is counted once, however often it stands there. How often is the whole question.",
)
def _(chunks):
    return Counter({pair for ids in chunks for pair in zip(ids, ids[1:], strict=False)})


@mistake(
    "tokenizer.count_pairs",
    "count-pairs-once-a-chunk",
    "Each pair is counted once for each chunk. Within a chunk it may stand several times: count them all.",
)
def _(chunks):
    return Counter(pair for ids in chunks for pair in set(zip(ids, ids[1:], strict=False)))


@mistake(
    "tokenizer.count_pairs",
    "count-pairs-no-overlap",
    "Here 1, 1, 1 is counted as one pair. Our convention: two, at places 0 and 1. Pairs may overlap when "
    "counted.",
)
def _(chunks):
    counts = Counter()
    for ids in chunks:
        last = {}
        for place, pair in enumerate(zip(ids, ids[1:], strict=False)):
            if last.get(pair) != place - 1:
                counts[pair] += 1
                last[pair] = place
    return counts


@mistake(
    "tokenizer.count_pairs",
    "count-pairs-every-second",
    "You step by two, so half of the pairs are missed: 1, 2, 3 holds (1, 2) and (2, 3). Move on by one "
    "each time.",
)
def _(chunks):
    return Counter(pair for ids in chunks for pair in zip(ids[::2], ids[1::2], strict=False))


@mistake(
    "tokenizer.count_pairs",
    "count-pairs-last-missing",
    "The last pair of each chunk is left out: check where your range ends. n ids make n - 1 pairs.",
)
def _(chunks):
    return Counter((ids[i], ids[i + 1]) for ids in chunks for i in range(len(ids) - 2))


@mistake(
    "tokenizer.count_pairs",
    "count-pairs-last-chunk",
    "Only the last chunk was counted: the counter is made anew for each chunk. Make it once, above the loop.",
)
def _(chunks):
    counts = Counter()
    for ids in chunks:
        counts = Counter(zip(ids, ids[1:], strict=False))
    return counts


@mistake(
    "tokenizer.count_pairs",
    "count-pairs-first-chunk",
    "Only the first chunk was counted: the return stands inside the loop. Move it to the left.",
)
def _(chunks):
    for ids in chunks:
        return Counter(zip(ids, ids[1:], strict=False))
    return Counter()


@mistake(
    "tokenizer.count_pairs",
    "count-pairs-unordered",
    "(1, 2) and (2, 1) were counted together. They are two pairs: 'th' is not 'ht'.",
)
def _(chunks):
    return Counter(tuple(sorted(pair)) for ids in chunks for pair in zip(ids, ids[1:], strict=False))


@mistake(
    "tokenizer.count_pairs",
    "count-pairs-wraps",
    "The first id was paired with the last one: ids[i - 1] at i = 0 is ids[-1], the end. Start at 1.",
)
def _(chunks):
    return Counter((ids[i - 1], ids[i]) for ids in chunks for i in range(len(ids)))


@mistake(
    "tokenizer.count_pairs",
    "count-pairs-reversed",
    "The two ids changed places. The left one comes first: [1, 2] holds the pair (1, 2).",
)
def _(chunks):
    return Counter((right, left) for ids in chunks for left, right in zip(ids, ids[1:], strict=False))


@mistake(
    "tokenizer.count_pairs",
    "count-pairs-halves",
    "At its end a slice of two holds one id, and that was counted as a pair. n ids make n - 1 pairs.",
)
def _(chunks):
    return Counter(tuple(ids[i : i + 2]) for ids in chunks for i in range(len(ids)))


@mistake(
    "tokenizer.count_pairs",
    "count-pairs-update-ids",
    "update(pair) goes over the pair and counts its two ids. Add 1 to the pair itself: counts[pair] += 1.",
)
def _(chunks):
    return Counter(i for ids in chunks for pair in zip(ids, ids[1:], strict=False) for i in pair)


@mistake(
    "tokenizer.count_pairs",
    "count-pairs-replaced",
    "A dictionary's update puts a chunk's count in the place of the one before. Only a Counter's update adds them.",
)
def _(chunks):
    counts = {}
    for ids in chunks:
        counts.update(Counter(zip(ids, ids[1:], strict=False)))
    return counts


# ---- merge ----


@mistake(
    "tokenizer.merge",
    "merge-used-twice",
    "1, 1, 1 became two new tokens, so the one in the middle was used twice. After a merge, go on behind "
    "both.",
)
def _(ids, pair, new_id):
    merged, used = [], False
    for place in range(len(ids)):
        starts = tuple(ids[place : place + 2]) == tuple(pair)
        if starts:
            merged.append(new_id)
        elif not used:
            merged.append(ids[place])
        used = starts
    return merged


@mistake(
    "tokenizer.merge",
    "merge-half-left",
    "The second half of the pair is left behind after the new token. After a merge, move on by two places.",
)
def _(ids, pair, new_id):
    return [
        new_id if tuple(ids[place : place + 2]) == tuple(pair) else ids[place] for place in range(len(ids))
    ]


@mistake(
    "tokenizer.merge",
    "merge-first-only",
    "Only the first occurrence was replaced. Go on to the end: all of them become the new token.",
)
def _(ids, pair, new_id):
    for place in range(len(ids) - 1):
        if (ids[place], ids[place + 1]) == tuple(pair):
            return [*ids[:place], new_id, *ids[place + 2 :]]
    return list(ids)


@mistake(
    "tokenizer.merge",
    "merge-end-lost",
    "The last id is lost where it is not part of a pair: the loop ends one place too early.",
)
def _(ids, pair, new_id):
    merged, skip = [], False
    for place in range(len(ids) - 1):
        if skip:
            skip = False
        elif (ids[place], ids[place + 1]) == tuple(pair):
            merged.append(new_id)
            skip = True
        else:
            merged.append(ids[place])
    return merged


@mistake(
    "tokenizer.merge",
    "merge-past-the-end",
    "ids[place + 1] is past the end when place is the last one. First ask whether there is a next one.",
)
def _(ids, pair, new_id):
    merged, skip = [], False
    for place in range(len(ids)):
        if skip:
            skip = False
        elif (ids[place], ids[place + 1]) == tuple(pair):
            merged.append(new_id)
            skip = True
        else:
            merged.append(ids[place])
    return merged


@mistake(
    "tokenizer.merge",
    "merge-from-the-right",
    "You read from the right: 1, 1, 1 became [1, 256]. Our convention is from the left: [256, 1].",
)
def _(ids, pair, new_id):
    merged, skip = [], False
    for place in reversed(range(len(ids))):
        if skip:
            skip = False
        elif place > 0 and (ids[place - 1], ids[place]) == tuple(pair):
            merged.append(new_id)
            skip = True
        else:
            merged.append(ids[place])
    return merged[::-1]


@mistake(
    "tokenizer.merge",
    "merge-list-against-tuple",
    "Nothing was merged. ids[place : place + 2] is a list and pair is a tuple, and those are never "
    "equal: tuple(...) it.",
)
def _(ids, pair, new_id):
    return list(ids)


@mistake(
    "tokenizer.merge",
    "merge-in-place",
    "This changes the list that it was given, while others still use it. Build a new list and return that.",
)
def _(ids, pair, new_id):
    for place in range(len(ids)):
        if tuple(ids[place : place + 2]) == tuple(pair):
            ids[place : place + 2] = [new_id]
    return ids


@mistake(
    "tokenizer.merge",
    "merge-shrinks",
    "The list gets shorter while the loop counts up to its old length, and runs off the end. Build a new "
    "list instead.",
)
def _(ids, pair, new_id):
    ids = list(ids)
    for place in range(len(ids) - 1):
        if (ids[place], ids[place + 1]) == tuple(pair):
            ids[place] = new_id
            del ids[place + 1]
    return ids


@mistake(
    "tokenizer.merge",
    "merge-either-order",
    "(2, 1) was merged as if it were (1, 2). The order counts: 'th' is not 'ht'.",
)
def _(ids, pair, new_id):
    merged, skip = [], False
    for place in range(len(ids)):
        if skip:
            skip = False
        elif sorted(ids[place : place + 2]) == sorted(pair):
            merged.append(new_id)
            skip = True
        else:
            merged.append(ids[place])
    return merged


@mistake(
    "tokenizer.merge",
    "merge-blocks",
    "You always step by two, and miss every pair that starts in between. Step by two after a merge, else "
    "by one.",
)
def _(ids, pair, new_id):
    return [
        new_id if tuple(ids[place : place + 2]) == tuple(pair) else ids[place]
        for place in range(0, len(ids), 2)
    ]


@mistake(
    "tokenizer.merge",
    "merge-others-dropped",
    "Only the new tokens are left. What is not part of the pair stays: append it as it is.",
)
def _(ids, pair, new_id):
    return [i for i in _merge(ids, tuple(pair), new_id) if i == new_id]


@mistake(
    "tokenizer.merge",
    "merge-three-steps",
    "The id behind each pair is lost: after a merge you moved on by two, and then by one more.",
)
def _(ids, pair, new_id):
    merged, place = [], 0
    while place < len(ids):
        is_pair = tuple(ids[place : place + 2]) == tuple(pair)
        merged.append(new_id if is_pair else ids[place])
        place += 3 if is_pair else 1
    return merged


@mistake(
    "tokenizer.merge",
    "merge-each-id",
    "Each id of the pair was replaced by itself. Only the two side by side become one new token.",
)
def _(ids, pair, new_id):
    return [new_id if i in pair else i for i in ids]


@mistake(
    "tokenizer.merge",
    "merge-as-text",
    "As text, '1 2' is found inside '11 25'. Compare numbers with numbers, not letters with letters.",
)
def _(ids, pair, new_id):
    text = " ".join(map(str, ids)).replace(" ".join(map(str, pair)), str(new_id))
    return [int(word) for word in text.split()]


@mistake(
    "tokenizer.merge",
    "merge-first-id-only",
    "Only the pair's first id was looked at. What comes after it has to be the second one.",
)
def _(ids, pair, new_id):
    merged, place = [], 0
    while place < len(ids):
        merged.append(new_id if ids[place] == pair[0] else ids[place])
        place += 2 if ids[place] == pair[0] else 1
    return merged


# ---- train ----


def _count(chunks):
    return Counter(pair for ids in chunks for pair in zip(ids, ids[1:], strict=False))


def _merge(ids, pair, new_id):
    merged, skip = [], False
    for place in range(len(ids)):
        if skip:
            skip = False
        elif tuple(ids[place : place + 2]) == pair:
            merged.append(new_id)
            skip = True
        else:
            merged.append(ids[place])
    return merged


def _trained(chunks, n_merges, first_id=256, best=None, least=1):
    """Right, where nothing else is asked for."""
    merges = []
    best = best or (lambda counts: min(counts, key=lambda pair: (-counts[pair], pair)))
    for new_id in range(first_id, first_id + n_merges):
        counts = _count(chunks)
        if not counts or max(counts.values()) < least:
            break
        merges.append(best(counts))
        chunks = [_merge(ids, merges[-1], new_id) for ids in chunks]
    return merges


@mistake(
    "tokenizer.train",
    "train-counts-once",
    "You counted once and took the most frequent. Count again after each merge: only then can a merge be "
    "merged further.",
)
def _(chunks, n_merges):
    counts = _count(chunks)
    return sorted(counts, key=lambda pair: (-counts[pair], pair))[:n_merges]


@mistake(
    "tokenizer.train",
    "train-not-merged",
    "The same pair is found every time, since the chunks stay as they were. Replace the pair in them, "
    "then count again.",
)
def _(chunks, n_merges):
    counts = _count(chunks)
    return [min(counts, key=lambda pair: (-counts[pair], pair))] * n_merges if counts else []


@mistake(
    "tokenizer.train",
    "train-first-id-255",
    "The first new id is 256: 255 is a byte already (they are 0 to 255).",
)
def _(chunks, n_merges):
    return _trained(chunks, n_merges, first_id=255)


@mistake(
    "tokenizer.train",
    "train-first-id-257",
    "The first new id is 256, not 257: the bytes are 0 to 255, so 256 is free.",
)
def _(chunks, n_merges):
    return _trained(chunks, n_merges, first_id=257)


@mistake(
    "tokenizer.train",
    "train-first-id-0",
    "New ids begin at 0 and so mean bytes that there are already. The first free one is 256.",
)
def _(chunks, n_merges):
    return _trained(chunks, n_merges, first_id=0)


@mistake(
    "tokenizer.train",
    "train-same-id",
    "Every merge got the id 256. Each new token needs its own: 256, 257, 258, ...",
)
def _(chunks, n_merges):
    merges = []
    for _ in range(n_merges):
        counts = _count(chunks)
        if not counts:
            break
        merges.append(min(counts, key=lambda pair: (-counts[pair], pair)))
        chunks = [_merge(ids, merges[-1], 256) for ids in chunks]
    return merges


@mistake(
    "tokenizer.train",
    "train-runs-out",
    "When no pair is left there is nothing to choose from, and min() or max() stops with an error. Break "
    "off there.",
)
def _(chunks, n_merges):
    merges = []
    for new_id in range(256, 256 + n_merges):
        counts = _count(chunks)
        merges.append(min(counts, key=lambda pair: (-counts[pair], pair)))
        chunks = [_merge(ids, merges[-1], new_id) for ids in chunks]
    return merges


@mistake(
    "tokenizer.train",
    "train-ties-by-luck",
    "Of pairs that are equally frequent, the one met first won. Our rule: the lowest ids win, wherever "
    "they stand.",
)
def _(chunks, n_merges):
    return _trained(chunks, n_merges, best=lambda counts: max(counts, key=counts.get))


@mistake(
    "tokenizer.train",
    "train-ties-highest",
    "Of pairs that are equally frequent, the highest ids won. Our rule is the lowest: min(...) by "
    "(-count, pair).",
)
def _(chunks, n_merges):
    return _trained(chunks, n_merges, best=lambda counts: max(counts, key=lambda pair: (counts[pair], pair)))


@mistake(
    "tokenizer.train",
    "train-least-frequent",
    "The least frequent pair was merged. The one that stands there most often saves the most: use -count "
    "with min.",
)
def _(chunks, n_merges):
    return _trained(chunks, n_merges, best=lambda counts: min(counts, key=lambda pair: (counts[pair], pair)))


@mistake(
    "tokenizer.train",
    "train-stops-at-one",
    "It stops where every pair is left once only. We go on until n_merges are made, or no pair is left "
    "at all.",
)
def _(chunks, n_merges):
    return _trained(chunks, n_merges, least=2)


@mistake(
    "tokenizer.train",
    "train-joins-chunks",
    "The chunks were joined into one, so pairs across their ends were merged. Keep them apart.",
)
def _(chunks, n_merges):
    return _trained([[i for ids in chunks for i in ids]], n_merges)


@mistake(
    "tokenizer.train",
    "train-changes-chunks",
    "The caller's chunks were changed. Make a new list of chunks in each round: chunks = [... for ids in "
    "chunks].",
)
def _(chunks, n_merges):
    merges = []
    for new_id in range(256, 256 + n_merges):
        counts = _count(chunks)
        if not counts:
            break
        merges.append(min(counts, key=lambda pair: (-counts[pair], pair)))
        for number, ids in enumerate(chunks):
            chunks[number] = _merge(ids, merges[-1], new_id)
    return merges


@mistake(
    "tokenizer.train",
    "train-gives-table",
    "The merges are right, but as a dictionary. A list of pairs is needed: the place in it says which id "
    "a pair got.",
)
def _(chunks, n_merges):
    return {pair: new_id for new_id, pair in enumerate(_trained(chunks, n_merges), start=256)}


@mistake(
    "tokenizer.train",
    "train-range",
    "range(256, n_merges) is empty while n_merges is small. There are n_merges rounds, so it ends at 256 "
    "+ n_merges.",
)
def _(chunks, n_merges):
    return _trained(chunks, n_merges - 256)


@mistake(
    "tokenizer.train",
    "train-not-by-count",
    "The lowest ids won, whatever their count. First comes the count, and only between equals the ids.",
)
def _(chunks, n_merges):
    return _trained(chunks, n_merges, best=min)


@mistake(
    "tokenizer.train",
    "train-one-round",
    "It ends after the first round: the return stands inside the loop. Move it to the left.",
)
def _(chunks, n_merges):
    return _trained(chunks, 1) if n_merges else []


@mistake(
    "tokenizer.train",
    "train-most-common-runs-out",
    "When no pair is left, most_common(1) is an empty list: break off there. (Of equal ones it takes the first it met.)",
)
def _(chunks, n_merges):
    merges = []
    for new_id in range(256, 256 + n_merges):
        merges.append(_count(chunks).most_common(1)[0][0])
        chunks = [_merge(ids, merges[-1], new_id) for ids in chunks]
    return merges


@mistake(
    "tokenizer.train",
    "train-highest-ids",
    "max(counts) compares the pairs themselves. How often they occur is counts[pair]: that belongs into key=...",
)
def _(chunks, n_merges):
    return _trained(chunks, n_merges, best=max)


@mistake(
    "tokenizer.train",
    "train-one-more",
    "One merge too many: range(256, 256 + n_merges) runs n_merges times.",
)
def _(chunks, n_merges):
    return _trained(chunks, n_merges + 1)


@mistake(
    "tokenizer.train",
    "train-one-fewer",
    "The last merge is missing: range(256, 256 + n_merges) runs n_merges times, and ends before 256 + n_merges.",
)
def _(chunks, n_merges):
    return _trained(chunks, n_merges - 1)


# ---- encode ----


@mistake(
    "tokenizer.encode",
    "encode-left-to-right",
    "You merged the first pair from the left that is known. The merge learned first goes first, wherever "
    "its pair stands.",
)
def _(ids, merges):
    ids = list(ids)
    for _ in range(len(ids)):  # each merge makes it shorter, so that is enough
        for place in range(len(ids) - 1):
            if (ids[place], ids[place + 1]) in merges:
                ids[place : place + 2] = [256 + merges.index((ids[place], ids[place + 1]))]
                break
    return ids


@mistake(
    "tokenizer.encode",
    "encode-one-pass",
    "You went over the ids once, so a new token was never merged further. Go over them once for each merge.",
)
def _(ids, merges):
    encoded, skip = [], False
    for place in range(len(ids)):
        if skip:
            skip = False
        elif tuple(ids[place : place + 2]) in merges:
            encoded.append(256 + merges.index(tuple(ids[place : place + 2])))
            skip = True
        else:
            encoded.append(ids[place])
    return encoded


@mistake(
    "tokenizer.encode",
    "encode-longest",
    "You took the longest token that fits, from the left. BPE replays its merges in the order in which "
    "they were learned.",
)
def _(ids, merges):
    table = [(i,) for i in range(256)]
    for left, right in merges:
        table.append(table[left] + table[right])
    encoded, place = [], 0
    for _ in range(len(ids)):
        if place == len(ids):
            break
        fits = [i for i, token in enumerate(table) if tuple(ids[place : place + len(token)]) == token]
        encoded.append(max(fits, key=lambda i: len(table[i])))
        place += len(table[encoded[-1]])
    return encoded


@mistake(
    "tokenizer.encode",
    "encode-last-first",
    "The merges were replayed backwards. The first learned is the first replayed: later ones are made of "
    "its tokens.",
)
def _(ids, merges):
    for rank in reversed(range(len(merges))):
        ids = _merge(ids, merges[rank], 256 + rank)
    return list(ids)


@mistake(
    "tokenizer.encode",
    "encode-ids-from-0",
    "A merge's place in the list was used as its id. The first merge makes token 256: add 256, or "
    "enumerate from there.",
)
def _(ids, merges):
    for new_id, pair in enumerate(merges):
        ids = _merge(ids, pair, new_id)
    return list(ids)


@mistake(
    "tokenizer.encode",
    "encode-stops-early",
    "It stops at the first merge that has nothing to do here. The ones after it may have: skip it, and "
    "go on.",
)
def _(ids, merges):
    for new_id, pair in enumerate(merges, start=256):
        if pair not in zip(ids, ids[1:], strict=False):
            break
        ids = _merge(ids, pair, new_id)
    return list(ids)


@mistake(
    "tokenizer.encode",
    "encode-always-original",
    "Each merge started again from the bytes that came in. Hand on what the merge before it made: ids = ...",
)
def _(ids, merges):
    encoded = list(ids)
    for new_id, pair in enumerate(merges, start=256):
        encoded = _merge(ids, pair, new_id)
    return encoded


@mistake(
    "tokenizer.encode",
    "encode-most-frequent",
    "You merged the pair that is most frequent in this text. That was training; encoding only replays "
    "what was learned.",
)
def _(ids, merges):
    ids = list(ids)
    for _ in range(len(ids)):
        counts = _count([ids])
        known = [pair for pair in counts if pair in merges]
        if known:
            pair = min(known, key=lambda pair: (-counts[pair], merges.index(pair)))
            ids = _merge(ids, pair, 256 + merges.index(pair))
    return ids


@mistake(
    "tokenizer.encode",
    "encode-first-only",
    "Each merge was used at one place only. It goes over the whole text: that is what merge does.",
)
def _(ids, merges):
    ids = list(ids)
    for new_id, pair in enumerate(merges, start=256):
        for place in range(len(ids) - 1):
            if (ids[place], ids[place + 1]) == pair:
                ids[place : place + 2] = [new_id]
                break
    return ids


@mistake(
    "tokenizer.encode",
    "encode-not-kept",
    "Nothing was merged: merge gives a new list and leaves the old one as it is. Keep what it gives: ids "
    "= ...",
)
def _(ids, merges):
    return list(ids)


@mistake(
    "tokenizer.encode",
    "encode-one-merge",
    "Only the first merge was used: the return stands inside the loop. Move it to the left.",
)
def _(ids, merges):
    return _merge(ids, merges[0], 256) if merges else None


@mistake(
    "tokenizer.encode",
    "encode-ids-from-257",
    "The first merge makes token 256, not 257: the bytes are 0 to 255, so 256 is free.",
)
def _(ids, merges):
    for new_id, pair in enumerate(merges, start=257):
        ids = _merge(ids, pair, new_id)
    return list(ids)


@mistake(
    "tokenizer.encode",
    "encode-same-id",
    "Every merge got the id 256. The first makes 256, the second 257: enumerate(merges, start=256) counts.",
)
def _(ids, merges):
    for pair in merges:
        ids = _merge(ids, pair, 256)
    return list(ids)


@mistake(
    "tokenizer.encode",
    "encode-latest-first",
    "Of the merges that are possible you took the one learned last. The one learned first goes first.",
)
def _(ids, merges):
    ids, ranks = list(ids), {pair: new_id for new_id, pair in enumerate(merges, start=256)}
    for _ in range(len(ids)):
        possible = [pair for pair in zip(ids, ids[1:], strict=False) if pair in ranks]
        ids = _merge(ids, max(possible, key=ranks.get), max(map(ranks.get, possible))) if possible else ids
    return ids


@mistake(
    "tokenizer.encode",
    "encode-only-used-count",
    "A merge that finds nothing was not counted, so later ones got too low an id. Each keeps the id it was learned with.",
)
def _(ids, merges):
    new_id = 256
    for pair in merges:
        merged = _merge(ids, pair, new_id)
        new_id += len(merged) < len(ids)
        ids = merged
    return list(ids)


# ---- decode ----


@mistake(
    "tokenizer.decode",
    "decode-each-token",
    "Each token was read as text by itself, so a letter whose bytes lie in two tokens came out broken. "
    "Join bytes first.",
)
def _(ids, table):
    return "".join(table[i].decode("utf-8", errors="replace") for i in ids)


@mistake(
    "tokenizer.decode",
    "decode-each-token-strict",
    "It stops at a token that is part of a letter. Join the bytes of all tokens first, and read them as "
    "text once.",
)
def _(ids, table):
    return "".join(table[i].decode("utf-8") for i in ids)


@mistake(
    "tokenizer.decode",
    "decode-strict",
    'It stops at bytes that are not UTF-8. A model may write any bytes: errors="replace" shows a � there '
    "and goes on.",
)
def _(ids, table):
    return b"".join(table[i] for i in ids).decode("utf-8")


@mistake(
    "tokenizer.decode",
    "decode-ignore",
    'Bytes that are not UTF-8 vanish without a trace. errors="replace" shows a � where something was.',
)
def _(ids, table):
    return b"".join(table[i] for i in ids).decode("utf-8", errors="ignore")


@mistake(
    "tokenizer.decode",
    "decode-byte-for-letter",
    "Each byte was read as a letter of its own, so é became Ã©. The bytes are UTF-8: decode them as that.",
)
def _(ids, table):
    return b"".join(table[i] for i in ids).decode("latin-1")


@mistake(
    "tokenizer.decode",
    "decode-chr",
    "chr(i) takes a token's id for a letter. Look the id up in the table: what it stands for are bytes.",
)
def _(ids, table):
    return "".join(chr(i) for i in ids)


@mistake(
    "tokenizer.decode",
    "decode-ids-as-bytes",
    "bytes(ids) only works while every id is below 256. Look each id up in the table.",
)
def _(ids, table):
    return bytes(ids).decode("utf-8", errors="replace")


@mistake(
    "tokenizer.decode",
    "decode-spaces",
    "Spaces were put between tokens. A space is part of a token already: join with nothing between.",
)
def _(ids, table):
    return b" ".join(table[i] for i in ids).decode("utf-8", errors="replace")


@mistake("tokenizer.decode", "decode-bytes", "These are the bytes. To make them text, .decode(...) them.")
def _(ids, table):
    return b"".join(table[i] for i in ids)


@mistake(
    "tokenizer.decode",
    "decode-str",
    "str(...) of bytes is how Python shows them, with the b'...' around. .decode(...) reads them as text.",
)
def _(ids, table):
    return str(b"".join(table[i] for i in ids))


@mistake(
    "tokenizer.decode",
    "decode-stripped",
    "Spaces or line ends at the edges are gone. They are part of the text: no strip().",
)
def _(ids, table):
    return b"".join(table[i] for i in ids).decode("utf-8", errors="replace").strip()


@mistake(
    "tokenizer.decode",
    "decode-str-each",
    "str(...) of bytes is how Python shows them, with b'...' around each. Join the bytes, then .decode(...) them.",
)
def _(ids, table):
    return "".join(str(table[i]) for i in ids)


@mistake(
    "tokenizer.decode",
    "decode-other-errors",
    'Bytes that are not UTF-8 became escapes such as \\xff. errors="replace" shows one � for them.',
)
def _(ids, table):
    return b"".join(table[i] for i in ids).decode("utf-8", errors="backslashreplace")


@mistake(
    "tokenizer.decode",
    "decode-return-inside",
    "Only the first token came back: the return stands inside the loop. Move it to the left.",
)
def _(ids, table):
    return table[ids[0]].decode("utf-8", errors="replace") if ids else ""
