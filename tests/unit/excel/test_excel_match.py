"""What is not surely one item or one site is never guessed."""

import pytest

from supplies.excel import match
from supplies.excel.match import ItemIndex, normal
from supplies.excel.places import PlaceIndex
from supplies.excel.specs import sizes


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
    assert sizes("5.0千瓦 220V") == {"w": frozenset({"5000"})} == sizes("5000W")


@pytest.mark.parametrize(
    ("name", "spec", "item"),
    [
        ("帐篷", "12㎡单", "tent-12-single"), ("帐篷", "36㎡", "tent-36-single"),
        ("棉帐篷", "12平", "tent-12-cotton"), ("帐篷(棉)", "12㎡", "tent-12-cotton"),
        ("救灾帐篷(单)", "", "tent-12-single"), ("矿泉水", "0.55L*24", "water-bottled"),
        ("大米", "50斤", "rice-25kg"), ("食用油", "5000毫升", "oil-5l"),
        ("发电机", "5000W", "genset-5kw"), ("储水囊", "3吨", "water-bladder"),
        ("防化服", "重型", "suit-chem-heavy"), ("氧气呼吸器", "240分钟", None),
        ("矿用氧气呼吸器", "240min", "rebreather-mine-4h"), ("方便面", "12桶/箱", "noodle-instant"),
        ("防汛救生衣", "", "vest-life"), ("应急用铁锹", "", "shovel"), ("棉被", "单人",
         "quilt-winter"),
        ("消防水带", "65mm 20m", "hose-20m"), ("防潮垫", "充气", "mat-inflatable"),
        ("棉被（床）", "", "quilt-winter"), ("编织袋(万条)", "", "bag-woven"),
        ("单帐篷/12平米单帐篷", "", "tent-12-single"),
    ],
)  # fmt: skip
def test_the_same_specification_in_other_words(items, name, spec, item):
    assert items.find(name, spec).id == item


@pytest.mark.parametrize(
    ("name", "spec", "near"),
    [
        ("单帐篷", "棉", "tent-12-cotton"), ("单帐篷", "24㎡", "tent-12-single"),
        ("棉帐篷", "36㎡", "tent-36-single"), ("12㎡帐篷", "", "tent-12-single"),
        ("帐篷", "", "tent-36-single"), ("班用帐篷", "20㎡", "tent-12-single"),
        ("矿泉水", "5L", "water-bottled"), ("矿泉水", "0.5L", "water-bottled"),
        ("矿泉水", "550ml*12瓶", "water-bottled"), ("桶装水", "5L", "water-bottled"),
        ("棉被", "夏季", "quilt-summer"), ("夏凉被", "冬", "quilt-winter"), ("被子", "",
         "quilt-winter"),
        ("大米", "10kg", "rice-25kg"), ("大米", "5kg*5", "rice-25kg"), ("食用油", "1.8L", "oil-5l"),
        ("方便面", "24桶", "noodle-instant"), ("医用外科口罩", "100只/盒", "mask-surgical-50"),
        ("潜水泵", "3kW", "pump-submersible"), ("移动柴油排水泵", "汽油", "pump-diesel-8in"),
        ("轻型防化服", "重型", "suit-chem-heavy"), ("防护服", "", "suit-medical"),
        ("消防水带", "25m", "hose-20m"), ("储水囊", "5t", "water-bladder"),
        ("含氯消毒剂", "500g", "chlorine-1kg"), ("救生衣/救生圈", "", "ring-life"),
        ("照明灯具", "", "light-emergency"), ("发电机组", "", "genset-5kw"), ("高低床", "",
         "bed-folding"),
    ],
)  # fmt: skip
def test_another_specification_is_never_guessed(items, name, spec, near):
    found = items.find(name, spec)
    assert found.id is None
    assert near in found.suggestions
    assert " | " in found.hint


def test_a_code_and_a_name_of_something_else(items):
    assert items.find("棉被子加厚型", "", "BLANKET").problem == "item-code-conflict"
    assert items.find("某种特别的东西", "", "blanket").id == "blanket"
    assert items.find("", "8kW", "genset-5kw").problem == "item-spec-conflict"


def test_suggestions_are_ranked_and_few(items):
    found = items.find("救灾帐棚")
    assert found.suggestions[0] in ("tent-12-single", "tent-12-cotton")
    assert len(found.suggestions) <= 4


def test_memory_of_names_is_bounded(city, monkeypatch):
    monkeypatch.setattr(match, "KEPT_MAX", 10)
    index = ItemIndex(city)
    for number in range(40):
        index.find(f"棉被{number}")
    assert len(index._cache) <= 12
