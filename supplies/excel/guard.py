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
_DECLARED = re.compile(rb"<!\s*(DOCTYPE|ENTITY)|<\s+!|<!\s+(DOCTYPE|ENTITY)", re.IGNORECASE)
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


def refuse(name: str, zh: str, en: str) -> WorkbookError:
    """Return the one-line refusal of a file, in both languages."""
    shown = " ".join(name.replace("|", "¦").split())
    return WorkbookError(" ".join(f"文件 {shown}: {zh} | File {shown}: {en}".split()))


def too_large(name: str, size: int) -> WorkbookError:
    """Return the refusal of a file of too many bytes."""
    most = BYTES_MAX >> 20
    return refuse(
        name,
        f"{size / 2**20:.0f} MB, 超过上限 {most} MB; 请拆分",
        f"{size / 2**20:.0f} MB is over the limit of {most} MB; please split it",
    )


def torn(name: str) -> WorkbookError:
    """Return the refusal of a file that cannot be opened."""
    return refuse(
        name,
        "已损坏或传输不完整, 打不开; 请重新上传原文件",
        "damaged or incomplete, it cannot be opened; please upload the original again",
    )


def locked(name: str) -> WorkbookError:
    """Return the refusal of a file that asks for a password."""
    return refuse(
        name,
        "有打开密码; 请去掉密码后再导入",
        "protected by a password; please remove it and import again",
    )


def look(data: bytes, name: str) -> str:
    """Return the kind of a file (``xlsx xls ods csv``) by its extension and first bytes.

    Raises
    ------
    WorkbookError
        When it is too large, or not what its name says.
    """
    suffix = PurePath(name).suffix.lower()
    kind = KINDS.get(suffix)
    if kind is None:
        other = suffix in (".et", ".xlsb", ".wps", ".xlt", ".xltx", ".numbers")
        raise refuse(
            name,
            f"不支持的扩展名“{suffix}”, 应为 .xlsx .xlsm .xls .ods 或 .csv"
            + ("; 请在 WPS 或 Excel 中另存为 .xlsx" if other else ""),
            f"extension '{suffix}' is not read, only .xlsx .xlsm .xls .ods .csv"
            + ("; please save it as .xlsx in WPS or Excel" if other else ""),
        )
    if not data:
        raise refuse(name, "是空文件 (0 字节)", "an empty file (0 bytes)")
    if len(data) > BYTES_MAX:
        raise too_large(name, len(data))
    _check_signature(data, name, kind, suffix)
    if kind == "zip":
        return "ods" if suffix == ".ods" else "xlsx"
    return "xls" if kind == "ole" else "csv"


def check(data: bytes, name: str) -> Checked:
    """Return the file, known to be what its name says and safe to parse.

    Raises
    ------
    WorkbookError
        When it is too large, of another kind than its extension, protected by a password,
        torn, or built to exhaust or trick a parser.
    """
    kind = look(data, name)
    parts: Mapping[str, bytes] = {}
    if kind in ("xlsx", "ods"):
        parts = _unpack(data, name)
        _check_parts(parts, name, kind)
    return Checked(name=name, kind=kind, data=data, parts=parts)


def _check_signature(data: bytes, name: str, kind: str, suffix: str) -> None:
    head = data[:4096].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if data.startswith(_OLE):
        if kind == "zip":
            if _ENCRYPTED in data:
                raise locked(name)
            raise refuse(
                name,
                f"内容是旧版 .xls, 扩展名却是 {suffix}; 请改为 .xls 或另存为 .xlsx",
                f"an old .xls inside, but named {suffix}; rename it .xls or save it as .xlsx",
            )
        if kind == "ole":
            return
    elif data.startswith(_ZIP):
        if kind == "zip":
            return
        raise refuse(
            name,
            f"内容是 .xlsx 一类的压缩包, 扩展名却是 {suffix}; 请改扩展名或另存",
            f"a zip such as .xlsx inside, but named {suffix}; rename it or save it again",
        )
    elif kind == "text":
        return
    elif head.startswith((b"<html", b"<!doctype html", b"<table", b"<meta", b"<div")):
        raise refuse(
            name,
            "内容是网页 (HTML), 不是表格; 请用 Excel 打开后另存为 .xlsx",
            "a web page (HTML), not a workbook; open it in Excel and save it as .xlsx",
        )
    elif head.startswith(b"<?xml"):
        raise refuse(
            name,
            "内容是 XML 文本, 不是表格; 请用 Excel 打开后另存为 .xlsx",
            "plain XML, not a workbook; open it in Excel and save it as .xlsx",
        )
    raise refuse(
        name,
        f"内容不是 {suffix} 文件, 可能已损坏或传输不完整",
        f"not a {suffix} file; it may be damaged or incomplete",
    )


def _unpack(data: bytes, name: str) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            _check_directory(infos, len(data), name)
            parts: dict[str, bytes] = {}
            for info in infos:
                path = info.filename
                if path in parts:
                    raise refuse(
                        name,
                        f"压缩包里有两个同名部分 {path[:80]}",
                        f"two parts of the zip are both named {path[:80]}",
                    )
                if path.lower().endswith((".xml", ".rels")) or path == "mimetype":
                    parts[path] = archive.read(info)
            return parts
    except _TORN as error:
        raise torn(name) from error


def _check_directory(infos: list[zipfile.ZipInfo], size: int, name: str) -> None:
    if len(infos) > PARTS_MAX:
        raise refuse(
            name,
            f"压缩包里有 {len(infos)} 个部分, 超过上限 {PARTS_MAX}",
            f"{len(infos)} parts in the zip, over the limit of {PARTS_MAX}",
        )
    expanded = sum(info.file_size for info in infos)
    if expanded > EXPANDED_MAX:
        most = EXPANDED_MAX >> 20
        raise refuse(
            name,
            f"展开后 {expanded >> 20} MB, 超过上限 {most} MB",
            f"{expanded >> 20} MB when unpacked, over the limit of {most} MB",
        )
    if expanded > RATIO_FROM and expanded > RATIO_MAX * size:
        times = expanded // size
        raise refuse(
            name,
            f"展开后是原来的 {times} 倍, 疑为压缩炸弹",
            f"grows {times} times when unpacked; it looks like a zip bomb",
        )
    for info in infos:
        if info.flag_bits & 1:
            raise locked(name)
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise refuse(
                name,
                "压缩方式不受支持; 请用 Excel 另存为 .xlsx",
                "packed by a method that is not read; please save it as .xlsx in Excel",
            )
        macro = info.filename.lower().endswith("vbaproject.bin")
        if macro and not name.lower().endswith(".xlsm"):
            raise refuse(
                name,
                "含有宏, 扩展名却不是 .xlsm; 请另存为不带宏的 .xlsx",
                "holds macros though it is not named .xlsm; save it as .xlsx without macros",
            )


def _check_parts(parts: Mapping[str, bytes], name: str, kind: str) -> None:
    main = "content.xml" if kind == "ods" else "xl/workbook.xml"
    if main not in parts:
        raise refuse(
            name,
            f"里面没有 {main}, 不是完整的 .{kind} 工作簿",
            f"no {main} inside, so it is not a whole .{kind} workbook",
        )
    if kind == "ods" and b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise locked(name)
    for path, body in parts.items():
        if b"\x00" in body[:64]:
            raise refuse(
                name,
                f"{path} 不是 UTF-8 编码; 请用 Excel 另存一次",
                f"{path} is not in UTF-8; please save the file again in Excel",
            )
        if _DECLARED.search(body):
            raise refuse(
                name,
                f"{path} 含有 DOCTYPE 或 ENTITY 声明, 为安全起见不读",
                f"{path} declares a DOCTYPE or ENTITY; it is not read, for safety",
            )
