"""Take one stream out of the small file system that an old .xls is (a compound file)."""

import struct
from array import array

_FREE_FROM = 0xFFFFFFFA
_HEADER = struct.Struct("<8s16xHHHHH6xIIIIIIIIII")
_SECTORS_MAX = 1 << 20


class OleError(Exception):
    """A compound file that is torn or crafted; its caller refuses the workbook."""


class Compound:
    """A compound file's sectors and directory, read with bounds everywhere."""

    def __init__(self, data: bytes) -> None:
        if len(data) < 512:
            raise OleError
        fields = _HEADER.unpack_from(data, 0)
        shift, mini_shift = fields[4], fields[5]
        if shift not in (9, 12) or mini_shift != 6:
            raise OleError
        self._data = data
        self._size = 1 << shift
        first_directory, self._cutoff = fields[8], fields[10]
        first_mini, first_difat = fields[11], fields[13]
        self._fat = self._allocation(first_difat)
        self._directory = b"".join(self._chain(first_directory))
        self._mini_fat = self._numbers(b"".join(self._chain(first_mini)))
        self._mini = b""

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        if number >= _SECTORS_MAX or start >= len(self._data):
            raise OleError
        return self._data[start : start + self._size].ljust(self._size, b"\0")

    @staticmethod
    def _numbers(raw: bytes) -> "array[int]":
        numbers = array("I")
        numbers.frombytes(raw[: len(raw) // numbers.itemsize * numbers.itemsize])
        return numbers

    def _allocation(self, difat: int) -> "array[int]":
        listed = list(struct.unpack_from("<109I", self._data, 76))
        seen: set[int] = set()
        while difat < _FREE_FROM:
            if difat in seen:
                raise OleError
            seen.add(difat)
            more = self._numbers(self._sector(difat))
            listed += more[:-1]
            difat = more[-1]
        return self._numbers(b"".join(self._sector(n) for n in listed if n < _FREE_FROM))

    def _chain(self, number: int) -> list[bytes]:
        found: list[bytes] = []
        seen: set[int] = set()
        while number < _FREE_FROM:
            if number in seen or number >= len(self._fat):
                raise OleError
            seen.add(number)
            found.append(self._sector(number))
            number = self._fat[number]
        return found

    def stream(self, *names: str) -> bytes:
        """Return the first stream of one of these names.

        Raises
        ------
        OleError
            When there is none, or its sectors make no sense.
        """
        wanted = {name.lower() for name in names}
        for at in range(0, len(self._directory) - 127, 128):
            entry = self._directory[at : at + 128]
            length = struct.unpack_from("<H", entry, 64)[0]
            if not 2 <= length <= 64:
                continue
            name = entry[: length - 2].decode("utf-16-le", "replace").lower()
            if at == 0:
                self._mini = b"".join(self._chain(struct.unpack_from("<I", entry, 116)[0]))
            if name in wanted and entry[66] == 2:
                return self._content(*struct.unpack_from("<II", entry, 116))
        raise OleError

    def _content(self, first: int, size: int) -> bytes:
        if size >= self._cutoff:
            return b"".join(self._chain(first))[:size]
        found: list[bytes] = []
        seen: set[int] = set()
        while first < _FREE_FROM:
            if first in seen or first >= len(self._mini_fat):
                raise OleError
            seen.add(first)
            found.append(self._mini[first * 64 : first * 64 + 64])
            first = self._mini_fat[first]
        return b"".join(found)[:size]
