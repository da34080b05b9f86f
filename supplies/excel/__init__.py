"""Workbooks in and out: the one door to Excel files."""
