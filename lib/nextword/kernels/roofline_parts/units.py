"""Under `kernels.roofline`: how long each unit of a multiprocessor is busy with one turn of a kernel's inner loop.

A multiprocessor has tensor cores, and four schedulers that issue one instruction of a warp a clock; behind them stand
units for float32, for comparing and whole numbers, for special functions, and shared memory. All of them work side by
side on the instructions of different warps, so that the busiest one bounds the whole.
Source: CUDA C++ Programming Guide, "Arithmetic Instructions": results a clock for compute capability 8.0 and 9.0.
"""

WARP = 32  # threads
SCHEDULERS = 4  # of one multiprocessor
FLOAT32 = ("FFMA", "FMUL", "FADD")
SIMPLE = tuple(
    "FMNMX FMNMX3 FSEL FSETP ISETP SEL IADD3 LOP3 LEA SHF PRMT F2FP F2F I2F VIMNMX IMNMX MOV PLOP3 VOTE".split()
)
SIMPLE_RATE, SPECIAL_RATE, SHUFFLE_RATE = 64, 16, 32  # results a clock
SHARED_RATE = 128  # bytes a clock
SHARED = ("LDS", "LDSM", "STS", "STSM")


def busy(loop: dict, n_warps: float, card) -> dict[str, float]:
    """Clocks for which each unit of one multiprocessor is busy while `n_warps` warps go once round a loop.

    `tensor` are the tensor cores; `issue` the schedulers; the others as they are called.
    """
    count = loop["instructions"].get
    threads = n_warps * WARP
    return {
        "tensor": loop["matrix_operations"] * n_warps / card.matrix_operations,
        "issue": sum(loop["instructions"].values()) * n_warps / SCHEDULERS,
        "special": count("MUFU", 0) * threads / SPECIAL_RATE,
        "float32": sum(count(name, 0) for name in FLOAT32) * threads / card.float32_lanes,
        "simple": sum(count(name, 0) for name in SIMPLE) * threads / SIMPLE_RATE,
        "shuffle": count("SHFL", 0) * threads / SHUFFLE_RATE,
        "shared": sum(map(shared_bytes, loop["body"])) * threads / SHARED_RATE,
    }


def shared_bytes(instruction: str) -> int:
    """Bytes of shared memory that one thread's share of an instruction moves; 0 where it moves none.

    >>> shared_bytes("LDSM.16.M88.4"), shared_bytes("STS.128"), shared_bytes("LDS"), shared_bytes("FFMA")
    (16, 16, 4, 0)
    """
    name, *how = instruction.split(".")
    if name not in SHARED:
        return 0
    if name in ("LDSM", "STSM"):
        return 4 * int(how[-1]) if how and how[-1] in ("2", "4") else 4
    return next((int(size) // 8 for size in how if size in ("64", "128")), 4)


def overlapped(tensor: float, other: float, n_parties: int) -> float:
    """Clocks for the work of all parties where each needs the tensor cores and the other units by turns.

    One party alone is at one unit or at the other; of several, one may multiply while another takes exponentials.
    With n customers and two servers the busier one works for this share of the time (Gordon and Newell 1967, closed
    queueing networks): (1 - r^n) / (1 - r^(n+1)), where r is the shorter time over the longer.

    >>> overlapped(100.0, 100.0, 1), overlapped(100.0, 100.0, 3), round(overlapped(100.0, 50.0, 2), 1)
    (200.0, 133.33333333333334, 116.7)
    """
    longer, shorter = max(tensor, other), min(tensor, other)
    if shorter == 0:
        return longer
    r = shorter / longer
    share = n_parties / (n_parties + 1) if r == 1 else (1 - r**n_parties) / (1 - r ** (n_parties + 1))
    return longer / share
