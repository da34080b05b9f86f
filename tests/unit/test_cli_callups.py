"""``supplies call-up``: the road by commands, as text in both languages and as JSON."""

import json

import pytest

from supplies.cli import main

WEST, CITY = "county-990102-store", "city-990000-store"


@pytest.fixture
def call(tmp_path, tinycity_dir, capfd):
    """Runs one command; returns its status and what it printed."""

    def run(*words, lang="en"):
        capfd.readouterr()
        status = main(
            ["--db", str(tmp_path / "s.db"), "--city", str(tinycity_dir), "--lang", lang, *words]
        )
        return status, capfd.readouterr()

    return run


def done(call, *words):
    status, said = call("--json", *words)
    assert status == 0, said.err
    return json.loads(said.out)


def requested(call):
    for site, item, units in ((CITY, "tent-12-single", 40), (CITY, "quilt-winter", 300),
                              (WEST, "quilt-winter", 60)):  # fmt: skip
        done(call, "receive", "--site", site, "--item", item, "--quantity", str(units),
             "--reason", "buy")  # fmt: skip
    said = done(
        call, "call-up", "request", "--area", "990102", "--level", "II", "--reason", "flood",
        "--line", "tent-12-single=10", "--line", f"quilt-winter=100@{WEST}", "--asked-by", "Li",
    )  # fmt: skip
    assert said["papers_due"]
    return said["call_up"]


def test_the_road_by_commands(call, tmp_path):
    number = requested(call)
    assert done(call, "call-up", "propose", number)["approvals"][0]["given"] is False
    done(call, "call-up", "approve", number, "--line", "1=8")
    done(call, "call-up", "reserve", number)
    assert done(call, "call-up", "order", number, "--order", "7")["order_number"] == "7"
    done(call, "call-up", "depart", number, "--site", WEST)
    said = done(call, "call-up", "depart", number, "--site", CITY, "--note", "truck 1")
    assert said["on_the_way"] == [f"{number}-1"]
    done(call, "call-up", "arrive", number, "--line", "2=35", "--lost", "wet")
    done(call, "call-up", "papers", number, "--order", "9")
    done(call, "call-up", "settle", number, "--mode", "in_kind", "--line", "1", "--line", "2")
    listed = done(call, "call-up", "list")
    assert [(d["item"], d["quantity"]) for d in listed["debts"]] == [
        ("tent-12-single", 8), ("quilt-winter", 35),
    ]  # fmt: skip
    done(call, "call-up", "return", number, "--line", "1=8", "--reason", "back")
    done(call, "call-up", "refill", number, "--line", "2=35", "--reason", "bought",
         "--lot", "2031-01-31")  # fmt: skip
    done(call, "call-up", "print", number, "-o", str(tmp_path / "c.xlsx"))
    assert (tmp_path / "c.xlsx").exists()
    assert done(call, "call-up", "close", number)["ended"] == "close"
    assert done(call, "call-up", "list") == {"call_ups": [], "debts": []}
    assert len(done(call, "call-up", "list", "--ended")["call_ups"]) == 1
    assert done(call, "ledger", "verify")


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh", ("待审批", "上级支援", "电话申请")),
        ("en", ("to be approved", "from above", "by tel")),
    ],
)
def test_a_call_up_is_shown_in_either_language(call, lang, words):
    number = requested(call)
    status, said = call("call-up", "propose", number, lang=lang)
    assert status == 0
    assert not [word for word in words if word not in said.out]
    status, said = call("call-up", "list", lang=lang)
    assert words[0] in said.out


def test_what_is_still_owed_is_listed(call):
    number = requested(call)
    for step in ("propose", "approve", "reserve", "order"):
        done(call, "call-up", step, number)
    done(call, "call-up", "depart", number, "--site", CITY)
    done(call, "call-up", "arrive", number)
    done(call, "call-up", "settle", number, "--mode", "requester", "--losses")
    _, said = call("call-up", "list")
    assert "13,200.00 CNY" in said.out
    paid = done(call, "call-up", "pay", number, "--amount", "18000")
    assert (paid["due_cny"], paid["paid_cny"]) == (18000, 18000)


@pytest.mark.parametrize("line", ["tent", "=5", "tent-12-single=many", "tent-12-single=-1"])
def test_a_line_that_cannot_be_read_says_how_it_is_written(call, line):
    status, said = call("call-up", "request", "--area", "990102", "--level", "II",
                        "--reason", "x", "--line", line)  # fmt: skip
    assert status == 2
    assert "should be ITEM=QUANTITY" in said.err or "no number" in said.err


def test_other_ends_of_a_call_up(call):
    number = requested(call)
    done(call, "call-up", "propose", number)
    assert done(call, "call-up", "refuse", number, "--reason", "no")["ended"] == "refuse"
    second = requested(call)
    assert done(call, "call-up", "cancel", second, "--reason", "over")["ended"] == "cancel"
    assert done(call, "call-up", "show", second)["next"] == []
    status, said = call("call-up", "depart", second, "--site", CITY, "--line", "x=1")
    assert status == 2
    assert "LINE=QUANTITY" in said.err


def test_goods_from_above_are_received_by_command(call):
    said = done(
        call, "call-up", "request", "--area", "990000", "--level", "I", "--reason", "quake",
        "--line", "tent-12-single=10", "--order", "3",
    )  # fmt: skip
    number = said["call_up"]
    for step in ("propose", "approve", "order"):
        done(call, "call-up", step, number)
    came = done(call, "call-up", "arrive", number, "--from-above", "--line", "1=6")
    (share,) = came["lines"][0]["shares"]
    assert (share["owner"], share["received"], share["to_settle"]) == ("national", 6, 6)
