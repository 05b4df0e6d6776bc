"""Text files as blocks of whole lines, unpacked if their first bytes say that they are packed."""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import IO

import polars as pl

from recsys_helpers import _machine
from recsys_helpers.log._ids import listed
from recsys_helpers.log.reading import zstd

BLOCK = 1 << 22
"""How many bytes are unpacked and decoded at once."""

LONGEST = 1 << 28
"""The most characters of a line: a longer one is no table, and would only fill the memory."""

NEEDED = 2
"""How many times the size of a text reading it takes in memory, for tables of several columns."""

MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",  # which starts as that of UTF-16 does
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    codecs.BOM_UTF8: "utf-8",
}
"""Byte-order marks, which say how the text after them is encoded."""

DAMAGE = (EOFError, OSError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, NotImplementedError)


def blocks(path: Path, encoding: str) -> Iterator[str]:
    """Return the text of a file in blocks of whole lines, without the byte-order mark."""
    if path.is_dir():
        raise IsADirectoryError(f"{str(path)!r} is a folder: from_csv reads one file")
    packed = packing(path)
    chunks = _bytes_of(path, packed) if packed else _chunks(lambda: path.open("rb"))
    return _whole_lines(_decoded(chunks, encoding, str(path)), str(path))


def packing(path: Path) -> str | None:
    """Return the name of the program that packed a file, None if none did."""
    with path.open("rb") as file:
        head = file.read(6)
    return next((name for mark, (name, _) in PACKED.items() if head.startswith(mark)), None)


def _chunks(opened: Callable[[], IO[bytes] | io.BufferedIOBase]) -> Iterator[bytes]:
    with opened() as file:
        yield from iter(partial(file.read, BLOCK), b"")


def _zip_member(path: Path) -> IO[bytes]:
    archive = zipfile.ZipFile(path)
    # Beside each file macOS packs one of its own into this folder.
    files = [
        info
        for info in archive.infolist()
        if not info.is_dir() and not info.filename.startswith("__MACOSX/")
    ]
    if len(files) != 1:
        held = listed([info.filename for info in files]) or "no file"
        raise ValueError(f"{str(path)!r} is an archive of {held}: it must hold exactly one file")
    if files[0].flag_bits & 1:
        raise ValueError(f"{str(path)!r} is encrypted: unpack it with its password first")
    return archive.open(files[0])


def _zstd_chunks(path: Path) -> Iterator[bytes]:
    try:
        for batch in pl.scan_lines(path, glob=False).collect_batches(maintain_order=True):
            for piece in batch.iter_slices(100_000):
                yield ("\n".join(piece.to_series().to_list()) + "\n").encode()
    except pl.exceptions.ComputeError as error:
        raise ValueError(
            f"{str(path)!r} is compressed (zstd) and its text is not UTF-8: unpack it first and "
            "name its encoding"
        ) from error


PACKED: dict[bytes, tuple[str, Callable[[Path], Iterator[bytes]]]] = {
    b"\x1f\x8b": ("gzip", lambda path: _chunks(partial(gzip.open, path))),
    b"BZh": ("bzip2", lambda path: _chunks(partial(bz2.open, path))),
    b"\xfd7zXZ": ("xz", lambda path: _chunks(partial(lzma.open, path))),
    b"PK": ("zip", lambda path: _chunks(partial(_zip_member, path))),
    b"\x28\xb5\x2f\xfd": ("zstd", _zstd_chunks),
}
"""By the first bytes of a packed file: the program that packed it, and how to unpack it."""


def _bytes_of(path: Path, packed: str) -> Iterator[bytes]:
    """Unpack a file; raise as soon as the log in it would not fit into memory."""
    _, available = _machine.memory()
    size = 0
    unpack = next(how for name, how in PACKED.values() if name == packed)
    try:
        if packed == "zstd":  # unpacked line by line, and all of it may be one line
            _refuse_bomb(path, zstd.largest_size(path), available)
        for chunk in unpack(path):
            size += len(chunk)
            _refuse_bomb(path, size, available)
            yield chunk
    except DAMAGE as error:
        raise ValueError(
            f"{str(path)!r} cannot be unpacked: it is cut short or damaged ({packed}: {error}). "
            "Copy or download it again"
        ) from error


def _refuse_bomb(path: Path, size: int, available: int | None) -> None:
    if available is not None and NEEDED * size > available:
        raise MemoryError(
            f"{str(path)!r} has {path.stat().st_size:,} bytes but unpacks to {size:,} or more, and "
            f"reading takes about {NEEDED} times that, where {available:,} bytes of memory are "
            "free. If you trust the file, unpack it to disk first"
        )


def _decoded(chunks: Iterable[bytes], encoding: str, name: str) -> Iterator[str]:
    try:
        "".encode(encoding)
        decoder = codecs.getincrementaldecoder(encoding)()
    except LookupError as error:
        raise ValueError(f"encoding {encoding!r} is unknown; try 'utf-8' or 'latin-1'") from error
    line = 0
    for chunk in chunks:
        if line == 0:
            _refuse_other_kinds(chunk, codecs.lookup(encoding).name, name)
        try:
            text = decoder.decode(chunk)
        except UnicodeDecodeError as error:
            raise _no_text(error, line or 1, encoding, name) from error
        yield text.removeprefix("\ufeff") if line == 0 else text
        line = (line or 1) + text.count("\n")
    try:
        yield decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise _no_text(error, line, encoding, name) from error


def _refuse_other_kinds(head: bytes, encoding: str, name: str) -> None:
    if head.startswith(b"PAR1"):
        raise ValueError(f"{name!r} is a Parquet file: read it with from_parquet")
    if head[257:262] == b"ustar" or any(head.startswith(mark) for mark in PACKED):
        raise ValueError(f"{name!r} is an archive within another: unpack it first")
    marked = next((kind for mark, kind in MARKS.items() if head.startswith(mark)), "")
    if not encoding.startswith(marked):
        raise ValueError(f"{name!r} is {marked.upper()} text; say encoding={marked!r}")


def _no_text(error: UnicodeDecodeError, line: int, encoding: str, name: str) -> ValueError:
    line += error.object.count(b"\n", 0, error.start)
    return ValueError(
        f"line {line} of {name!r} holds the byte 0x{error.object[error.start]:02x}, which is no "
        f"{encoding} text. If the file comes from an older program, try encoding='latin-1'"
    )


def _whole_lines(texts: Iterable[str], name: str) -> Iterator[str]:
    """Divide the text anew, so that each block ends where a line ends."""
    unfinished: list[str] = []
    for text in texts:
        end = text.rfind("\n") + 1
        if end:
            yield "".join([*unfinished, text[:end]])
            unfinished = []
        unfinished.append(text[end:])
        if sum(map(len, unfinished)) > LONGEST:
            raise ValueError(
                f"a line of {name!r} has more than {LONGEST:,} characters; is it a text file?"
            )
    if any(unfinished):
        yield "".join(unfinished)
