"""Upload: a storehouse's workbook, looked at before it is posted."""

import hashlib
from functools import partial
from io import BytesIO
from pathlib import Path

import pandas as pd
import streamlit as st

from supplies import tasks
from supplies.city import City
from supplies.errors import Severity, SuppliesError
from supplies.excel.marked import write_errors
from supplies.excel.template import write_template
from supplies.tasks import ImportReport
from supplies.ui import parts, shell
from supplies.ui.shell import View

FORMS = ("auto", "stock", "register", "stocktake", "agreement")
TEMPLATES = ("stock", "register", "stocktake", "agreement", "need", "sites", "fleet", "household")
SUFFIXES = ("xlsx", "xlsm", "xls", "ods", "csv")
MOVING = frozenset({"receipt", "issue"})


@st.cache_data(show_spinner=False, max_entries=4)
def _preview(
    _view: View, _data: bytes, name: str, form: str, site: str | None, version: tuple[object, ...]
) -> ImportReport:
    return tasks.preview_import(_view.desk, _data, name, form=form, site=site)


def summary(view: View, report: ImportReport) -> None:
    """Draw the counts and say what kind of sheet it is."""
    counts = [
        (view.text(f"upload.{name}"), f"{getattr(report, name):,}", None)
        for name in ("read", "accepted", "unchanged", "rejected")
    ]
    errors = sum(p.severity is Severity.ERROR for p in report.problems)
    found = f"{errors} / {len(report.problems) - errors}"
    parts.metrics(
        [*counts, (view.text("upload.findings"), found, view.text("upload.findings_help"))]
    )
    kinds = {line.kind for line in report.lines}
    if kinds & MOVING:
        st.info(view.text("upload.is_register"), icon=":material/swap_vert:")
    if kinds - MOVING:
        st.info(view.text("upload.is_count"), icon=":material/fact_check:")
    if report.agreements:
        st.info(
            view.text("upload.is_agreement", n=len(report.agreements)), icon=":material/handshake:"
        )


def tables(view: View, report: ImportReport) -> None:
    """Draw the tables that were found in the workbook."""
    frame = pd.DataFrame(
        {
            view.text("upload.sheet"): t.sheet,
            view.text("upload.range"): t.range,
            view.text("upload.form"): view.text(f"form.{t.form}"),
            view.text("upload.header_row"): t.header_row,
            view.text("upload.columns"): len(t.columns),
        }
        for t in report.tables
    )
    parts.table(frame, height=220)


def lines(view: View, report: ImportReport) -> None:
    """Draw each line: before, in the file, after, difference."""
    words = view.words
    frame = pd.DataFrame(
        {
            view.text("upload.where"): f"{line.sheet}!{line.row}",
            view.text("word.site"): words.source(line.site) if line.site else "—",
            view.text("word.item"): words.item(line.item) if line.item else "—",
            view.text("word.unit_of"): words.unit(line.item) if line.item else "",
            view.text("upload.kind"): view.text(f"kind.{line.kind}"),
            view.text("upload.before"): _float(line.before),
            view.text("upload.in_file"): _float(line.in_file),
            view.text("upload.after"): _float(line.after),
            view.text("upload.difference"): _float(line.difference),
            view.text("upload.status"): view.text(f"status.{line.status}"),
        }
        for line in report.lines
    )
    figures = ("before", "in_file", "after", "difference")
    config = {
        view.text(f"upload.{name}"): st.column_config.NumberColumn(format="localized")
        for name in figures
    }
    parts.table(frame, config=config, height=460)


def _float(value: object) -> float | None:
    return None if value is None else float(str(value))


def findings(view: View, report: ImportReport) -> None:
    """Draw what is to be fixed, with its cell and what would be right."""
    frame = pd.DataFrame(
        {
            view.text("upload.severity"): view.text(f"severity.{p.severity.value}"),
            view.text("upload.where"): f"{p.sheet}!{p.cell}" if p.cell else p.sheet,
            view.text("upload.found"): p.found,
            view.text("upload.message"): p.message,
            view.text("upload.hint"): p.hint,
        }
        for p in (problem.spoken(view.lang) for problem in report.problems)
    )
    parts.table(frame, height=380)


def preview(view: View, data: bytes, name: str, form: str, site: str | None) -> None:
    """Draw what a workbook would do to the ledger, and the button that does it."""
    sha = hashlib.sha256(data).hexdigest()
    # What a preview shows depends on who may post where.
    version = (sha, view.desk.store.revision(), shell.address(), repr(view.desk.actor))
    try:
        with st.spinner(view.text("upload.reading")):
            report = _preview(view, data, name, form, site, version)
    except SuppliesError as error:
        st.error(f"{name}: {error.say(view.lang)}")
        return
    st.subheader(view.text("upload.preview", name=name), anchor=False)
    summary(view, report)
    names = [
        view.text("upload.tab_lines", n=len(report.lines)),
        view.text("upload.tab_findings", n=len(report.problems)),
        view.text("upload.tab_tables", n=len(report.tables)),
    ]
    tabs = st.tabs(names)
    with tabs[0]:
        lines(view, report)
    with tabs[1]:
        if report.problems:
            findings(view, report)
            parts.workbook_button(
                view.text("upload.marked"),
                f"{Path(name).stem}-marked.xlsx",
                partial(mark, data, name, report),
                key="marked",
            )
        else:
            st.success(view.text("upload.no_findings"))
    with tabs[2]:
        tables(view, report)
    _post(view, data, name, form, site, report)


def _post(
    view: View, data: bytes, name: str, form: str, site: str | None, report: ImportReport
) -> None:
    todo = report.accepted + len(report.agreements)
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button(
            view.text("upload.post", n=report.accepted),
            type="primary",
            icon=":material/check:",
            disabled=todo == 0,
            key="post",
        )
        if report.rejected:
            st.caption(view.text("upload.left_out", n=report.rejected))
        elif todo == 0:
            st.caption(view.text("upload.nothing_new"))
    if pressed:
        try:
            posted = tasks.post_import(view.desk, data, name, form=form, site=site)
        except SuppliesError as error:
            st.error(error.say(view.lang))
            return
        st.session_state["posted"] = (name, posted.accepted, posted.unchanged, posted.rejected)
        st.rerun()


def templates(view: View) -> None:
    """Draw a download of each form's empty workbook."""
    with st.expander(view.text("upload.templates"), icon=":material/description:"):
        st.caption(view.text("upload.templates_lead"))
        with st.container(horizontal=True):
            for form in TEMPLATES:
                parts.workbook_button(
                    view.text(f"form.{form}"),
                    f"{form}.xlsx",
                    partial(blank, view.desk.city, form, view.lang),
                    key=f"template-{form}",
                )


def mark(data: bytes, name: str, report: ImportReport, target: BytesIO) -> None:
    """Write the user's own workbook with the cells in question marked."""
    write_errors(data, report.problems, target, name)


def blank(city: City, form: str, lang: str, target: BytesIO) -> None:
    """Write a form's empty workbook."""
    write_template(form, city, target, lang)


def page() -> None:
    """Draw the page."""
    view = shell.open_view()
    shell.heading(view, "upload")
    if "posted" in st.session_state:
        name, accepted, unchanged, rejected = st.session_state.pop("posted")
        st.success(
            view.text(
                "upload.posted",
                name=name,
                accepted=accepted,
                unchanged=unchanged,
                rejected=rejected,
                revision=view.desk.store.revision(),
            ),
            icon=":material/check_circle:",
        )
    city, words = view.desk.city, view.words
    left, right = st.columns([3, 2], gap="medium")
    with left:
        came = st.file_uploader(view.text("upload.file"), type=list(SUFFIXES), key="file")
    with right:
        form = st.selectbox(
            view.text("upload.form"),
            FORMS,
            format_func=lambda f: view.text(f"form.{f}"),
            key="form",
        )
        sites = ["", *(k for k, s in sorted(city.sites.items()) if s.status != "candidate")]
        site = st.selectbox(
            view.text("word.site"),
            sites,
            format_func=lambda k: words.source(k) if k else view.text("upload.site_auto"),
            key="site",
        )
    if came is None:
        st.caption(view.text("upload.begin"))
    else:
        preview(view, came.getvalue(), came.name, str(form), site or None)
    templates(view)


if __name__ == "__main__":
    page()
