"""The data dictionary as a page of the manual; every word of it comes from the code."""

from supplies.excel.columns import FIELDS
from supplies.excel.forms import FORMS
from supplies.excel.rules import RULES

_INTRO = """\
# Data dictionary

Written by `python -m supplies.excel.columns`; a test keeps it current. It lists the forms the
reader knows, the columns each may have under all their names, and every finding it can make.

How a file is read:

- Header rows are found by their words (at least three known ones); rows above are titles, from
  which storehouse (仓库名称), unit and day are taken. Two header rows are joined. A sheet may hold
  several tables, stacked or side by side. A sheet whose first cell begins with ※ is not read.
- Brackets in a header give the unit: `数量(万条)`. Spaces, line breaks and full-width forms do not
  matter.
- Merged cells count for the cells they cover, nothing else is carried down. A quantity merged
  over several rows is refused: it cannot be divided among them.
- Blank, `0` and `-` differ. `0` is a counted zero. A blank is `quantity-missing`, a dash
  `quantity-dash`; both refuse the row. In a register one side may be blank, `-` or `0`; in a county
  table (items in columns) blank and dash mean that nothing was reported, and no line is read.
- `约500` and `500余` are taken as 500 and `20-30` as 20, each with a warning; `若干` is refused.
- A month alone is its first day for a production and its last day for an expiry. A duration is
  added to the production day, else to the day of receipt (with a warning); without either and
  with a production day, the catalogue's shelf life gives a derived expiry.
- A form is told by its columns and by the words of its title; `--form` names it. What was chosen,
  why, and what else was near stands in the result. When the title names another form than the
  columns tell, that is a warning.
- A colour means what a legend on the sheet says (`标红色的为过期`); without one the coloured rows
  are asked about. Without a column for it, the bureau that holds the goods is taken from the
  title, sheet or file name.
- Totals are left out and compared with the sum of their rows. Hidden rows are read with a
  warning. A row struck through is refused (`struck-through`).
- Rows marked 协议 or 产能 are refused as stock (`agreement-not-stock`); 代储 is stock held for
  another tier.
- An item must be certain: by id, name, alias, or name with specification. Otherwise the row is
  refused with the nearest names. A place that is not certain is a warning while reading and
  stops the posting unless a site is given.
- Purchase plans (F4) and team lists (F8) are recognised and named, never posted.
"""


def dictionary() -> str:
    """Return the whole page as Markdown."""
    parts = [_INTRO, "## Forms\n"]
    for form in FORMS.values():
        code = f" ({form.code})" if form.code else ""
        must = "; ".join(" or ".join(FIELDS[n].zh for n in group) for group in form.required)
        may = "、".join(FIELDS[name].zh for name in form.fields)
        parts.append(f"### `{form.name}`{code} {form.zh} · {form.en}\n")
        parts.append(f"Needs: {must}.\n\nMay have: {may}.\n")
        if form.template:
            titles = "、".join(FIELDS[name].zh for name in form.template)
            parts.append(f"Blank workbook: `supplies template --form {form.name}`: {titles}.\n")
    parts.append("## Columns\n")
    parts.append("| field | title | English | kind | unit | also called | help |")
    parts.append("|---|---|---|---|---|---|---|")
    for field in FIELDS.values():
        words = "、".join(field.synonyms).replace("|", "\\|")
        parts.append(
            f"| `{field.name}` | {field.zh} | {field.en} | {field.kind} | {field.unit} | {words} "
            f"| {field.help_zh} / {field.help_en} |"
        )
    parts.append("\n## Findings\n")
    parts.append("An error refuses its row, a warning does not.\n")
    parts.append("| code | severity | message | what would be right |")
    parts.append("|---|---|---|---|")
    parts.extend(
        f"| `{rule.code}` | {rule.severity.value} | {rule.zh} · {rule.en} "
        f"| {rule.hint_zh} · {rule.hint_en} |"
        for rule in RULES.values()
    )
    return "\n".join(parts) + "\n"
