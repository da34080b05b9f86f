"""The pages one may open, and the menu; the gate (`supplies.ui.gate`) stands before it."""

import streamlit as st

from supplies.errors import AccessError
from supplies.ui import shell

st.set_page_config(page_title="supplies", page_icon=str(shell.ICON), layout="wide")
lang = shell.choose_language()
desk = shell.desk(lang)
names = shell.pages_for(desk)
page = st.navigation(
    [
        st.Page(
            shell.FOLDER / f"{name}.py",
            title=shell.text(lang, f"{name}.menu"),
            icon=shell.PAGES[name],
            url_path=name,
            default=name == names[0],
        )
        for name in names
    ]
)
shell.sidebar(lang)
shell.who(desk, lang)
try:
    page.run()
except AccessError as error:
    st.error(shell.text(lang, "login.refused", reason=error.say(lang)))
