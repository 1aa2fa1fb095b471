"""What a build needed goes back to the system: a worker lives for weeks, and others need memory too."""

import ctypes

import pyarrow as pa


def give_back() -> None:
    """Both allocators keep what was freed, some tens of MiB, for whoever asks next; that may be tomorrow."""
    pa.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc alone has it
    if trim is not None:
        trim(0)
