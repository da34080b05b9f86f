"""The voucher commands: what they post, show, print and refuse."""

import json

import pytest

from supplies.cli import main

EAST, WEST = "county-990101-store", "county-990102-store"


@pytest.fixture
def supplies(tmp_path, tinycity_dir, monkeypatch, capfd):
    """Run one command in an empty folder, on the tiny city."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SUPPLIES_CITY", str(tinycity_dir))

    def run(*words, status=0):
        capfd.readouterr()
        ended = main([str(word) for word in words])
        out, err = capfd.readouterr()
        assert ended == status, err
        return json.loads(out) if "--json" in words else out + err

    return run


def post(supplies, verb, *more, status=0):
    return supplies(verb, *more, "--reason", "事由", "--json", status=status)


def receive(supplies, quantity=30, site=EAST):
    goods = ("--item", "torch", "--quantity", quantity, "--lot", "2029-06-30")
    return post(supplies, "receive", "--site", site, *goods)


def on_hand(supplies, site):
    rows = supplies("stock", "--site", site, "--json")["rows"]
    return sum(row["quantity"] for row in rows)


def test_a_voucher_keeps_its_order(supplies):
    receive(supplies)
    done = post(
        supplies, "issue", "--site", EAST,
        "--line", "torch=4", "--line", "torch=5@E20290630.county",
        "--asked-by", "乡政府", "--approved-by", "李某", "--by-phone", "--party", "乡政府",
    )  # fmt: skip
    assert (done["kind"], done["paper"]["asked_by"]) == ("issue", "乡政府")
    assert done["paper"]["papers_due"]
    assert sum(move["quantity"] for move in done["moves"]) == 9
    supplies("papers", done["voucher"], "--order", "补1号")
    shown = supplies("voucher", "show", done["voucher"], "--json")
    assert shown["voucher"] == done["voucher"]


def test_the_effect_is_shown_and_nothing_posted(supplies):
    receive(supplies)
    seen = post(supplies, "issue", "--site", EAST, "--item", "torch", "--quantity", 4, "--effect")
    assert (seen["posted"], seen["shifts"][0]["before"], seen["shifts"][0]["after"]) == (
        False, 30, 26,
    )  # fmt: skip
    assert on_hand(supplies, EAST) == 30
    text = supplies("issue", "--site", EAST, "--line", "torch=4", "--reason", "x", "--effect")
    assert "没有记账" in text


def test_goods_depart_and_arrive_with_a_loss(supplies):
    receive(supplies)
    ends = ("--from", EAST, "--to", WEST)
    sent = post(supplies, "depart", *ends, "--line", "torch=10", "--trip", "T1")
    post(supplies, "arrive", sent["voucher"], "--line", "torch=9", "--lost", "落水", "--hand-over")
    assert (on_hand(supplies, EAST), on_hand(supplies, WEST)) == (20, 9)
    assert "错误" in supplies("arrive", sent["voucher"], "--reason", "x", status=2)


def test_every_other_verb_posts_its_kind(supplies):
    receive(supplies)
    party = ("--party", "甲", "--due", "2999-01-01")
    one = ("--site", EAST, "--item", "torch", "--quantity", 1)
    lot = ("--lot", "E20290630.county")
    kinds = {
        "train": one,
        "lend": (*one, *party),
        "borrow": (*one, *party),
        "donate": (*one, *party),
        "requisition": (*one, *party, "--amount", "12.50"),
        "scrap": one,
        "inspect": (*one, *lot, "--condition", "damaged"),
        "entrust": (*one, *lot, "--to", "city"),
        "count": ("--site", EAST, "--line", "torch=20@E20290630.county"),
        "reserve": one,
        "return": one,
        "call-off": (
            *("--agreement", "sup-east-food|990101|water-bottled"),
            *("--site", EAST, "--quantity", 5),
        ),
    }
    found = {verb: post(supplies, verb, *words) for verb, words in kinds.items()}
    assert [done["kind"] for done in found.values()] == [
        *("training", "loan_out", "loan_in", "donation", "requisition", "scrap", "inspection"),
        *("custody", "count", "reserve", "return", "call_off"),
    ]
    back = post(supplies, "give-back", found["lend"]["voucher"])
    assert back["paper"]["refers"] == found["lend"]["voucher"]
    assert post(supplies, "release", found["reserve"]["voucher"])["kind"] == "release"
    supplies("pay", found["requisition"]["voucher"], "--amount", "12.5")
    assert post(supplies, "reverse", found["train"]["voucher"])["kind"] == "reversal"
    listed = supplies("voucher", "list", "--site", EAST, "--json")["vouchers"]
    assert {v["voucher"] for v in listed} >= {back["voucher"], found["train"]["voucher"]}
    assert "冲销单" in supplies("voucher", "list", "--kind", "reversal")


def test_a_voucher_is_printed(supplies, tmp_path):
    done = receive(supplies)
    supplies("voucher", "print", done["voucher"], "-o", "form.xlsx")
    assert (tmp_path / "form.xlsx").stat().st_size > 4000


@pytest.mark.parametrize(
    "words",
    [
        ["issue", "--site", EAST, "--reason", "x"],
        ["issue", "--site", EAST, "--reason", "x", "--line", "torch"],
        ["issue", "--site", EAST, "--reason", "x", "--line", "torch=-1"],
        ["voucher", "show", "V9"],
        ["voucher", "print", "V9", "-o", "x.xlsx"],
        ["papers", "V9", "--order", "1"],
        ["pay", "V9", "--amount", "1"],
        ["lend", "--site", EAST, "--line", "torch=1", "--reason", "x"],
        ["issue", "--site", EAST, "--line", "torch=1", "--reason", "x", "--day", "2020-01-01"],
    ],
)
def test_a_wrong_call_is_one_line(supplies, words):
    for lang in ("zh", "en"):
        said = supplies(*words, "--lang", lang, status=2)
        assert len(said.strip().splitlines()) == 1
