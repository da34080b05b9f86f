"""Refuse what is no workbook, or is made to harm the reader, before any parser sees it.

A zip is unpacked here within limits, each part is looked at, and parsers are given only the
parts that passed, packed anew (`Checked.repacked`): what was checked is what is read.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

from supplies.errors import WorkbookError

BYTES_MAX = 50 * 1024 * 1024
PARTS_MAX = 3000
EXPANDED_MAX = 200 * 1024 * 1024
RATIO_MAX = 250
RATIO_FROM = 5 * 1024 * 1024

KINDS: Mapping[str, str] = {
    ".xlsx": "zip",
    ".xlsm": "zip",
    ".ods": "zip",
    ".xls": "ole",
    ".csv": "text",
}
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_DECLARED = re.compile(rb"<\s*!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_TORN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    KeyError,
    IndexError,
    OverflowError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A file that may be parsed: its kind (``xlsx xls ods csv``), bytes and zip parts."""

    name: str
    kind: str
    data: bytes
    parts: Mapping[str, bytes]

    def repacked(self) -> bytes:
        """Return a zip of exactly the parts that were checked."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
            for path, body in self.parts.items():
                archive.writestr(zipfile.ZipInfo(path), body)
        return out.getvalue()


def refuse(name: str, why: str) -> WorkbookError:
    """Return the one-line refusal of a file."""
    return WorkbookError(f"文件 {name}: {why}")


def check(data: bytes, name: str) -> Checked:
    """Return the file, known to be what its name says and safe to parse.

    Raises
    ------
    WorkbookError
        When it is too large, of another kind than its extension, protected by a password,
        torn, or built to exhaust or trick a parser.
    """
    suffix = PurePath(name).suffix.lower()
    kind = KINDS.get(suffix)
    if kind is None:
        hint = "; 请在 WPS 中另存为 .xlsx" if suffix in (".et", ".xlsb", ".wps") else ""
        raise refuse(name, f"不支持的扩展名“{suffix}”, 应为 .xlsx .xlsm .xls .ods 或 .csv{hint}")
    if not data:
        raise refuse(name, "是空文件 (0 字节)")
    if len(data) > BYTES_MAX:
        raise refuse(name, f"{len(data) / 2**20:.0f} MB, 超过上限 {BYTES_MAX >> 20} MB; 请拆分")
    _check_signature(data, name, kind, suffix)
    if kind == "zip":
        parts = _unpack(data, name)
        _check_parts(parts, name, suffix)
        return Checked(
            name=name, kind="ods" if suffix == ".ods" else "xlsx", data=data, parts=parts
        )
    return Checked(name=name, kind="xls" if kind == "ole" else "csv", data=data, parts={})


def _check_signature(data: bytes, name: str, kind: str, suffix: str) -> None:
    head = data[:4096].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if data.startswith(_OLE):
        if kind == "zip":
            if _ENCRYPTED in data:
                raise refuse(name, "有打开密码; 请去掉密码后再导入")
            raise refuse(name, f"内容是旧版 .xls, 扩展名却是 {suffix}; 请改为 .xls 或另存为 .xlsx")
        if kind == "ole":
            return
    elif data.startswith(_ZIP):
        if kind == "zip":
            return
        raise refuse(name, f"内容是 .xlsx 一类的压缩包, 扩展名却是 {suffix}; 请改扩展名或另存")
    elif kind == "text":
        return
    elif head.startswith((b"<html", b"<!doctype html", b"<table", b"<meta")):
        raise refuse(name, "内容是网页 (HTML), 不是表格; 请用 Excel 打开后另存为 .xlsx")
    elif head.startswith(b"<?xml"):
        raise refuse(name, "内容是 XML 文本, 不是表格; 请用 Excel 打开后另存为 .xlsx")
    raise refuse(name, f"内容不是 {suffix} 文件, 可能已损坏或传输不完整")


def _unpack(data: bytes, name: str) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            _check_directory(infos, len(data), name)
            parts: dict[str, bytes] = {}
            for info in infos:
                path = info.filename
                if path in parts:
                    raise refuse(name, f"压缩包里有两个同名部分 {path}")
                if path.lower().endswith((".xml", ".rels")) or path == "mimetype":
                    parts[path] = archive.read(info)
            return parts
    except _TORN as error:
        raise refuse(name, "已损坏或传输不完整, 打不开; 请重新上传原文件") from error


def _check_directory(infos: list[zipfile.ZipInfo], size: int, name: str) -> None:
    if len(infos) > PARTS_MAX:
        raise refuse(name, f"压缩包里有 {len(infos)} 个部分, 超过上限 {PARTS_MAX}")
    expanded = sum(info.file_size for info in infos)
    if expanded > EXPANDED_MAX:
        raise refuse(name, f"展开后 {expanded >> 20} MB, 超过上限 {EXPANDED_MAX >> 20} MB")
    if expanded > RATIO_FROM and expanded > RATIO_MAX * size:
        raise refuse(name, f"展开后是原来的 {expanded // size} 倍, 疑为压缩炸弹")
    for info in infos:
        if info.flag_bits & 1:
            raise refuse(name, "压缩包有密码; 请去掉密码后再导入")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise refuse(name, "压缩方式不受支持; 请用 Excel 另存为 .xlsx")


def _check_parts(parts: Mapping[str, bytes], name: str, suffix: str) -> None:
    main = "content.xml" if suffix == ".ods" else "xl/workbook.xml"
    if main not in parts:
        raise refuse(name, f"里面没有 {main}, 不是完整的 {suffix} 工作簿")
    if suffix == ".ods" and b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise refuse(name, "有打开密码; 请去掉密码后再导入")
    for path, body in parts.items():
        if b"\x00" in body[:64]:
            raise refuse(name, f"{path} 不是 UTF-8 编码; 请用 Excel 另存一次")
        if _DECLARED.search(body):
            raise refuse(name, f"{path} 含有 DOCTYPE 或 ENTITY 声明, 为安全起见不读")
