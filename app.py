"""The front end's entry: `streamlit run app.py`, or `supplies app`.

`streamlit run` finds the gate by reading this file without running it: the import and the
assignment have to stand here just so, else the screens would open to everybody.
"""

import streamlit as st

from supplies.ui import gate

app = st.App(gate.ROUTER, routes=gate.routes(), middleware=gate.middleware())
