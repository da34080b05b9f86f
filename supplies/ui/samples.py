"""An empty ledger: say so, and offer the sample workbooks of the city's folder."""

from pathlib import Path

import streamlit as st

from supplies import tasks
from supplies.access import Right
from supplies.errors import SuppliesError
from supplies.ui.shell import FOLDER, View


def workbooks(view: View) -> list[Path]:
    """Return the workbooks that come with the city."""
    return sorted((view.desk.city_dir / "workbooks").glob("*.xlsx"))


def offer(view: View) -> None:
    """Say that the ledger is empty, and how to fill it."""
    with st.container(border=True):
        st.markdown(f"#### {view.text('samples.title')}")
        st.markdown(view.text("samples.lead"))
        files = workbooks(view)
        with st.container(horizontal=True, vertical_alignment="center"):
            mine = view.may(Right.COUNT, everywhere=True)
            if (
                files
                and mine
                and st.button(
                    view.text("samples.import", n=len(files)),
                    type="primary",
                    icon=":material/playlist_add:",
                    key="samples-import",
                )
            ):
                _load(view, files)
            st.page_link(
                str(FOLDER / "upload.py"),
                label=view.text("samples.own"),
                icon=":material/upload_file:",
            )
        if files:
            st.caption(view.text("samples.files", names=view.words.listed(f.name for f in files)))


def _load(view: View, files: list[Path]) -> None:
    """Post the sample workbooks one by one, and show the page anew."""
    bar = st.progress(0.0)
    for done, path in enumerate(files):
        bar.progress(done / len(files), text=view.text("samples.reading", name=path.name))
        try:
            tasks.post_import(view.desk, path, path.name)
        except SuppliesError as error:
            st.error(f"{path.name}: {error.say(view.lang)}")
            return
    st.rerun()
