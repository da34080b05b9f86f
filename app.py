"""The front end's router: `streamlit run app.py`, or `supplies app`."""

import streamlit as st

from supplies.ui import shell

st.set_page_config(page_title="supplies", page_icon=str(shell.ICON), layout="wide")
lang = shell.choose_language()
page = st.navigation(
    [
        st.Page(
            shell.FOLDER / f"{name}.py",
            title=shell.text(lang, f"{name}.menu"),
            icon=icon,
            url_path=name,
            default=name == "overview",
        )
        for name, icon in shell.PAGES.items()
    ]
)
shell.sidebar(lang)
page.run()
