"""How large a zstd file may become when it is unpacked, found without unpacking it."""

from __future__ import annotations

from pathlib import Path
from typing import IO

FRAME = 0xFD2FB528
LARGEST_BLOCK = 1 << 17


def largest_size(path: Path) -> int:
    """Return a bound on the unpacked size in bytes: the sum over blocks, 128 KiB each if unknown.

    References
    ----------
    RFC 8878, "Zstandard Compression", section 3. https://www.rfc-editor.org/rfc/rfc8878
    """
    size = 0
    with path.open("rb") as file:
        while magic := _number(file, 4, may_end=True):
            if magic == FRAME:
                size += _frame_size(file)
            else:  # a skippable frame states its length
                file.seek(_number(file, 4), 1)
    return size


def _frame_size(file: IO[bytes]) -> int:
    """Return the sum over the blocks of one frame, and move to the next frame."""
    flags = _number(file, 1)
    has_window = not flags & 0b100000
    length = (not has_window, 2, 4, 8)[flags >> 6]  # of the stated size, which may be wrong
    file.seek(has_window + (0, 1, 2, 4)[flags & 0b11] + length, 1)
    size, last = 0, 0
    while not last:
        header = _number(file, 3)
        last, kind, length = header & 1, header >> 1 & 0b11, header >> 3
        size += LARGEST_BLOCK if kind == 2 else length  # 0 raw, 1 one byte repeated, 2 compressed
        file.seek(1 if kind == 1 else length, 1)
    file.seek(4 if flags & 0b100 else 0, 1)  # a checksum
    return size


def _number(file: IO[bytes], n_bytes: int, may_end: bool = False) -> int:
    data = file.read(n_bytes)
    if len(data) < n_bytes and not (may_end and not data):
        raise EOFError("the file ends within a frame")
    return int.from_bytes(data, "little")
