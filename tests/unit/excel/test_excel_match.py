"""What is not surely one item or one site is never guessed."""

import pytest

from supplies.excel.match import ItemIndex, PlaceIndex, normal, sizes


@pytest.fixture(scope="module")
def items(city):
    return ItemIndex(city)


@pytest.fixture(scope="module")
def places(city):
    return PlaceIndex(city)


@pytest.mark.parametrize(
    ("name", "spec", "item"),
    [
        ("棉被", "", "quilt-winter"), ("棉 被\n(床)", "", "quilt-winter"),
        ("救灾棉被", "200×230", "quilt-winter"), ("发电机", "5kW", "genset-5kw"),
        ("发电机", "5千瓦", "genset-5kw"), ("单帐篷", "36㎡", "tent-36-single"),
        ("12平米单帐篷", "", "tent-12-single"), ("矿泉水", "550ml*24瓶", "water-bottled"),
        ("消防水带", "20米", "hose-20m"), ("Blanket", "", "blanket"),
        ("blanket", "", "blanket"), ("饮用水（550mL×24）", "", "water-bottled"),
    ],
)  # fmt: skip
def test_sure_items(items, name, spec, item):
    assert items.find(name, spec).id == item


@pytest.mark.parametrize(
    ("name", "spec", "problem", "suggested"),
    [
        ("发电机", "", "item-spec-missing", "genset-5kw"),
        ("发电机", "8kW", "item-spec-conflict", "genset-5kw"),
        ("矿泉水", "500ml*24", "item-spec-conflict", "water-bottled"),
        ("冲锋舟", "60马力", "item-spec-conflict", "boat-assault"),
        ("救灾帐篷", "", "item-unknown", "tent-12-single"),
        ("其他被子(床)", "", "item-unknown", "quilt-winter"),
        ("棉被", "毛毯", "item-ambiguous", "blanket"),
        ("", "", "item-missing", None),
        ("月球车", "", "item-unknown", None),
    ],
)
def test_uncertain_items_are_suggested_not_guessed(items, name, spec, problem, suggested):
    found = items.find(name, spec)
    assert (found.id, found.problem) == (None, problem)
    if suggested:
        assert suggested in found.suggestions
        assert suggested in found.hint


def test_codes(items):
    assert items.find("", "", "blanket").id == "blanket"
    assert items.find("毛毯", "", "A-001").id == "blanket"
    assert items.find("发电机", "", "genset-5kw").id == "genset-5kw"
    assert items.find("棉被", "", "blanket").problem == "item-code-conflict"
    assert items.find("", "", "A-001").problem == "item-unknown"


def test_sites(places):
    for text in (
        "county-430422-store",
        "衡南县应急物资储备库",
        "衡南县应急局仓库",
        "衡南县救灾物资仓库",
        "衡南县",
        "衡阳市衡南县应急物资储备库",
        "Hengnan County emergency store",
    ):
        assert places.site(text).id == "county-430422-store", text
    assert places.site("市级中心库").id == "city-430400-store"
    unknown = places.site("火星基地")
    assert (unknown.id, unknown.problem) == (None, "place-unknown")
    near = places.site("衡南县应急物储备库房子")
    assert near.id is None
    assert "county-430422-store" in near.suggestions


def test_names_that_two_counties_share_are_ambiguous(city, places):
    names: dict[str, list[str]] = {}
    for site in city.sites.values():
        names.setdefault(city.areas[site.area].name_zh, []).append(site.id)
    shared = {
        name: ids for name, ids in names.items()
        if len(ids) > 1 and len({city.sites[i].status == "candidate" for i in ids}) == 1
    }  # fmt: skip
    for name in shared:
        assert places.site(name).problem == "place-ambiguous"
        parent = city.areas[city.areas[city.sites[shared[name][0]].area].parent].name_zh
        assert places.site(parent + name).id == shared[name][0]


def test_areas(places):
    assert places.area("衡南县").id == "430422"
    assert places.area("云集街道").id == "430422001"
    assert places.area("没有").id is None
    assert places.area_in("衡阳市衡南县应急管理局").code == "430422"
    assert places.area_in("衡阳市应急管理局").code == "430400"
    assert places.area_in("某某公司") is None


def test_normal_and_sizes():
    assert normal("单帐篷（12㎡）") == normal("单帐篷 12平方米")
    assert sizes("5.0千瓦 220V") == {"kw": frozenset({"5"})}
