"""Every command on the tiny city: its documents, its exit status, its one line of refusal."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from supplies.cli import main
from supplies.cli import start as starters

STORE = "city-990000-store"
COUNTY = "county-990101-store"


class Ended(NamedTuple):
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)


Supplies = Callable[..., Ended]


@pytest.fixture
def supplies(
    tmp_path: Path,
    tinycity_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Supplies:
    """Run one command in an empty folder, on the tiny city."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SUPPLIES_CITY", str(tinycity_dir))

    def run(*words: str | Path) -> Ended:
        capfd.readouterr()
        status = main([str(word) for word in words])
        return Ended(status, *capfd.readouterr())

    return run


def sheets(path: Path) -> list[str]:
    """Return the names of a written workbook's sheets."""
    return CalamineWorkbook.from_path(path).sheet_names


def refused(ended: Ended) -> str:
    """Return the one line of a refusal, after checking that there is nothing else."""
    assert ended.status == 2
    assert not ended.out
    [line] = ended.err.splitlines()
    assert "Traceback" not in line
    return line


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """A storehouse's stock sheet: two good rows and one of an item nobody knows."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "台账"
    page.append(["物资名称", "计量单位", "数量", "储备库"])
    page.append(["编织袋", "条", 1200, "小城市应急物资储备中心库"])
    page.append(["救生衣", "件", 80, "小城市应急物资储备中心库"])
    page.append(["不知道是什么", "个", 3, "小城市应急物资储备中心库"])
    path = tmp_path / "台账.xlsx"
    book.save(path)
    return path


# --- the shared options ----------------------------------------------------------------------


def test_shared_options_stand_before_or_after_the_command(
    supplies: Supplies, tmp_path: Path
) -> None:
    before = supplies("--json", "--db", tmp_path / "a.db", "init").document
    after = supplies("init", "--json", "--db", tmp_path / "a.db").document
    assert before == after
    assert before["city"]["code"] == "990000"
    assert Path(before["database"]) == tmp_path / "a.db"


def test_the_database_comes_from_the_environment_or_stands_here(
    supplies: Supplies, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert supplies("init", "--json").document["database"] == str(tmp_path / "supplies.db")
    monkeypatch.setenv("SUPPLIES_DB", "sqlite:///other.db")
    assert supplies("init", "--json").document["database"] == str(tmp_path / "other.db")


def test_alone_it_shows_the_commands(supplies: Supplies) -> None:
    shown = supplies()
    assert shown.status == 0
    for name in ("init", "import", "readiness", "dispatch", "app"):
        assert name in shown.out


def test_language_chooses_the_words(supplies: Supplies) -> None:
    assert "个行政区" in supplies("init").out
    assert "areas" in supplies("init", "--lang", "en").out
    assert refused(supplies("stock", "--site", "nowhere", "--lang", "en")).startswith("error: ")
    assert refused(supplies("stock", "--site", "nowhere")).startswith("错误: ")


# --- refusals --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ["nosuchcommand"],
        ["stock", "--nosuchoption"],
        ["stock", "--lang", "fr"],
        ["stock", "--tier", "moon"],
        ["stock", "--as-of", "yesterday"],
        ["stock", "extra"],
        ["need", "--hazard", "dragons"],
        ["need", "--area", "000000"],
        ["readiness", "--mode", "alone"],
        ["plan", "--budget", "-5"],
        ["plan", "--seconds", "0"],
        ["procure"],
        ["import", "missing.xlsx"],
        ["template", "--form", "nosuchform", "-o", "t.xlsx"],
        ["dispatch", "missing.toml"],
        ["issue", "--site", STORE, "--item", "bag-woven", "--quantity", "many", "--reason", "x"],
        ["issue", "--site", STORE, "--item", "bag-woven", "--quantity", "5", "--reason", "x"],
        ["issue", "--site", STORE, "--item", "nothing", "--quantity", "5", "--reason", "x"],
        ["issue", "--site", "nowhere", "--item", "bag-woven", "--quantity", "5", "--reason", "x"],
        ["reverse", "V-0", "--reason", "x"],
        ["init", "--db", "postgresql://host/db"],
        ["init", "--db", "missing-folder/a.db"],
        ["init", "--city", "missing-folder"],
        ["app", "--port", "0"],
    ],
    ids=" ".join,
)
def test_bad_input_is_refused_in_one_line(supplies: Supplies, words: list[str]) -> None:
    refused(supplies(*words))


def test_a_refused_command_writes_nothing(supplies: Supplies) -> None:
    refused(
        supplies(
            "issue", "--site", STORE, "--item", "bag-woven", "--quantity", "5", "--reason", "x"
        )
    )
    assert supplies("stock", "--json").document == {"revision": 0, "rows": []}


def test_usage_errors_are_in_chinese_first(supplies: Supplies) -> None:
    assert "没有命令 nosuch" in refused(supplies("nosuch"))
    assert "没有选项 --nosuch" in refused(supplies("stock", "--nosuch"))
    assert "缺少" in refused(supplies("procure"))
    assert "No such command" in refused(supplies("--lang", "en", "nosuch"))


def test_a_message_in_two_languages_is_said_in_one(supplies: Supplies) -> None:
    words = ("plan", "--budget", "lots")
    assert refused(supplies(*words)).endswith("应为金额(元)")
    said = refused(supplies(*words, "--lang", "en"))
    assert said == "error: Invalid value for '--budget': 'lots': should be an amount in yuan"


def test_an_incident_that_is_no_incident_is_refused(supplies: Supplies, tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("name = ", encoding="utf-8")
    assert "broken.toml" in refused(supplies("dispatch", "broken.toml"))


def test_a_database_of_another_city_is_refused(
    supplies: Supplies, hengyang_dir: Path, tinycity_dir: Path
) -> None:
    supplies("init")
    assert "990000" in refused(supplies("init", "--city", hengyang_dir))


def test_an_unforeseen_error_is_one_line_too(
    supplies: Supplies, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("first line\nsecond line")

    monkeypatch.setattr("supplies.tasks.open_desk", broken)
    line = refused(supplies("init"))
    assert "first line second line" in line
    monkeypatch.setenv("SUPPLIES_DEBUG", "1")
    with pytest.raises(RuntimeError):
        supplies("init")


def test_ctrl_c_is_one_line_and_130(supplies: Supplies, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("supplies.tasks.open_desk", interrupted)
    ended = supplies("init")
    assert (ended.status, ended.out, ended.err) == (130, "", "已中止\n")


def test_ctrl_c_while_loading_is_one_line_too(
    supplies: Supplies, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("importlib.import_module", interrupted)
    assert supplies("init") == Ended(130, "", "已中止 | stopped\n")


# --- the ledger ------------------------------------------------------------------------------


def _voucher(verb: str, *more: str, quantity: str = "500") -> list[str]:
    goods = ["--item", "bag-woven", "--quantity", quantity, "--reason", "试", "--json"]
    place = [] if verb == "transfer" else ["--site", STORE]
    return [verb, *place, *goods, *more]


def test_vouchers_change_the_stock_and_a_key_makes_a_repeat_harmless(supplies: Supplies) -> None:
    first = supplies(*_voucher("receive", "--key", "K1")).document
    again = supplies(*_voucher("receive", "--key", "K1")).document
    assert first["voucher"] == again["voucher"]
    assert (first["repeated"], again["repeated"]) == (False, True)
    assert first["moves"][0]["quantity"] == 500
    supplies(*_voucher("issue", quantity="100"))
    supplies(*_voucher("transfer", "--from", STORE, "--to", COUNTY, quantity="50"))
    supplies(*_voucher("scrap", quantity="20"))
    supplies(*_voucher("return", quantity="5"))
    held = supplies(*_voucher("reserve", quantity="30")).document
    assert held["reservations"][0]["quantity"] == 30
    rows = supplies("stock", "--json").document["rows"]
    at = {site: [r for r in rows if r["site"] == site] for site in (STORE, COUNTY)}
    assert sum(r["quantity"] for r in at[STORE]) == 500 - 100 - 50 - 20 + 5
    assert sum(r["reserved"] for r in at[STORE]) == 30
    assert sum(r["quantity"] for r in at[COUNTY]) == 50
    assert set(rows[0]) == {
        *("site", "site_name", "tier", "area", "item", "lot", "quantity", "reserved", "expiry"),
        *("condition", "owner_tier"),
    }


def test_reverse_undoes_a_voucher(supplies: Supplies) -> None:
    posted = supplies(*_voucher("receive")).document
    supplies("reverse", posted["voucher"], "--reason", "记错")
    assert supplies("stock", "--json").document["rows"] == []


def test_text_says_what_was_posted(supplies: Supplies) -> None:
    words = [word for word in _voucher("receive") if word != "--json"]
    assert "编织袋" in supplies(*words).out
    assert "woven" in supplies(*words, "--lang", "en").out.lower()
    assert "1,000" in supplies("stock").out


def test_stock_goes_out_as_a_workbook(supplies: Supplies, tmp_path: Path) -> None:
    supplies(*_voucher("receive"))
    assert supplies("stock", "--tier", "city", "-o", "stock.xlsx").status == 0
    assert sheets(tmp_path / "stock.xlsx")


def test_verify_finds_a_sound_ledger(supplies: Supplies) -> None:
    supplies(*_voucher("receive"))
    found = supplies("ledger", "verify", "--json")
    assert found.status == 0
    assert found.document["sound"] is True
    assert found.document["revision"] == 1
    assert found.document["seal"] in supplies("ledger", "verify").out


def test_verify_with_differences_is_a_finding(
    supplies: Supplies, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("supplies.tasks.verify", lambda *_, **__: ["move 1 was altered"])
    found = supplies("ledger", "verify")
    assert found.status == 1
    assert "move 1 was altered" in found.out


# --- workbooks -------------------------------------------------------------------------------


def test_import_reports_then_posts_then_posts_nothing_more(
    supplies: Supplies, sheet: Path, tmp_path: Path
) -> None:
    looked = supplies("import", sheet, "--dry-run", "--json")
    assert looked.status == 1  # one row is rejected
    assert set(looked.document) >= {
        *("file", "sha256", "form", "posted", "tables", "rows", "quantities", "by_place"),
        *("agreements", "problems"),
    }
    assert looked.document["posted"] is False
    assert supplies("stock", "--json").document["revision"] == 0
    posted = supplies("import", sheet, "--json").document
    assert posted["quantities"] == {"bag-woven": 1200, "vest-life": 80}
    assert posted["rows"] == {"read": 3, "accepted": 2, "unchanged": 0, "rejected": 1}
    revision = supplies("stock", "--json").document["revision"]
    again = supplies("import", sheet, "--json").document
    assert again["rows"] == {"read": 3, "accepted": 0, "unchanged": 2, "rejected": 1}
    assert supplies("stock", "--json").document["revision"] == revision


def test_import_marks_the_cells(supplies: Supplies, sheet: Path, tmp_path: Path) -> None:
    shown = supplies("import", sheet, "--dry-run", "--errors", tmp_path / "marked.xlsx")
    assert "不知道是什么" in shown.out
    marked = openpyxl.load_workbook(tmp_path / "marked.xlsx")
    assert any(cell.comment for row in marked["台账"].iter_rows() for cell in row)


def test_template_writes_a_workbook_to_fill_in(supplies: Supplies, tmp_path: Path) -> None:
    assert supplies("template", "-o", "stock.xlsx").status == 0
    assert supplies("template", "--form", "register", "-o", "r.xlsx", "--lang", "en").status == 0
    assert sheets(tmp_path / "stock.xlsx")


# --- looking ahead ---------------------------------------------------------------------------


def test_need_quotes_clauses(supplies: Supplies) -> None:
    found = supplies("need", "--tier", "county", "--hazard", "flood", "--json").document
    assert {row["tier"] for row in found["rows"]} == {"county"}
    assert all(row["clause"] for row in found["rows"])
    assert set(found["people"]) == {row["area"] for row in found["rows"]}
    assert "编织袋" in supplies("need", "--tier", "county", "--hazard", "flood").out


def test_readiness_of_empty_stores_is_a_finding_with_a_witness(supplies: Supplies) -> None:
    found = supplies("readiness", "--tier", "city", "--json")
    assert found.status == 1
    assert set(found.document) == {"revision", "mode", "rows", "summary", "n_minus_1"}
    row = found.document["rows"][0]
    assert row["covered"] is False
    assert row["witness"]["supply"] < row["witness"]["need"]
    shown = supplies("readiness", "--n-1")
    assert "逐一失去一库" in shown.out
    assert "各单元最坏的一种" in shown.out


def test_plan_and_procurement_end_with_status_gap_and_workbook(
    supplies: Supplies, tmp_path: Path
) -> None:
    found = supplies("plan", "--seconds", "10", "-o", "plan.xlsx", "--json").document
    assert found["outcome"]["status"] in {"optimal", "feasible"}
    assert found["outcome"]["gap"] is not None
    assert set(found["cost"]) == {"annual", "purchase", "agreement", "budget"}
    assert found["buy"][0]["clauses"]
    assert sheets(tmp_path / "plan.xlsx")
    shown = supplies("procure", "--budget", "200000", "-o", "buy.xlsx", "--lang", "en")
    assert "purchase lines" in shown.out
    assert sheets(tmp_path / "buy.xlsx")


def test_dispatch_plans_writes_and_reserves_on_approval(
    supplies: Supplies, tinycity_dir: Path, tmp_path: Path
) -> None:
    supplies(*_voucher("receive"))
    incident = tinycity_dir / "incidents" / "flood.toml"
    words = ("dispatch", incident, "--seconds", "2", "--close", "C990101,T990101001")
    found = supplies(*words, "-o", "d.xlsx", "--json").document
    assert set(found) == {
        *("incident", "revision", "start", "outcome", "need", "trips", "unmet", "late"),
        "arrivals",
    }
    assert found["unmet"]
    assert all(line["reason"] for line in found["unmet"])
    assert sheets(tmp_path / "d.xlsx")
    shown = supplies(*words, "--approve")
    assert shown.status == 1
    assert "未满足" in shown.out


def test_a_link_that_is_no_link_is_refused(supplies: Supplies, tinycity_dir: Path) -> None:
    incident = tinycity_dir / "incidents" / "flood.toml"
    refused(supplies("dispatch", incident, "--close", "C990101"))
    refused(supplies("dispatch", incident, "--close", "C990101,nowhere"))


# --- the whole job, the screens --------------------------------------------------------------


def test_demo_does_the_main_job_and_posts_nothing_twice(
    supplies: Supplies, tinycity_dir: Path, sheet: Path, tmp_path: Path
) -> None:
    found = supplies("demo", "--seconds", "6", "--json")
    assert found.status == 0
    assert set(found.document) == {"imports", "before", "after", "plan", "dispatch", "files"}
    assert [Path(f).name for f in found.document["files"]] == ["procurement.xlsx", "dispatch.xlsx"]
    assert not (tmp_path / "supplies.db").exists()  # samples stay out of the user's own ledger
    revision = supplies("stock", "--json", "--db", "out/demo.db").document["revision"]
    shown = supplies("demo", "--seconds", "6", "--lang", "en")
    assert "Before" in shown.out
    assert supplies("stock", "--json", "--db", "out/demo.db").document["revision"] == revision


def test_screens_are_started_on_this_machine_only(
    supplies: Supplies, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started: dict[str, Any] = {}

    class Server:
        def __init__(self, words: list[str], **more: Any) -> None:
            started.update(more, words=words)

        def wait(self) -> int:
            raise_once = started.pop("interrupt", None)
            if raise_once:
                raise KeyboardInterrupt
            return 0

        def terminate(self) -> None:
            started["terminated"] = True

    monkeypatch.setattr(starters.subprocess, "Popen", Server)
    assert supplies("app", "--port", "8600").status == 0
    assert "--server.address=127.0.0.1" in started["words"]
    assert "--server.port=8600" in started["words"]
    assert started["env"]["SUPPLIES_DB"] == f"sqlite:///{tmp_path / 'supplies.db'}"
    assert Path(started["env"]["SUPPLIES_CITY"]).name == "tinycity"
    assert (started["cwd"] / ".streamlit" / "config.toml").is_file()
    started["interrupt"] = True
    assert supplies("app").status == 0
    assert started["terminated"]
