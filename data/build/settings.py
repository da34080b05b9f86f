"""city.toml: the city's name and its parameters."""

from pathlib import Path

from tables import Row

TEMPLATE = """\
# 衡阳市: parameters a city may change. Every figure here is a planning default (assumed).
code = "430400"
name_zh = "衡阳市"
name_en = "Hengyang"
lon = 112.572
lat = 26.894
node = "C430408"
population = {population}  # 2020 census, sum of the counties
households = {households}
evidence = "found"

[parameters]
deadlines_h = [2, 10, 24, 72]
hazards = [
    "flood", "drought", "geological", "forest_fire", "ice_snow", "earthquake", "hazmat", "mine",
]
planning_class = "truck-4m2"     # carries what is due from 10 h on
rescue_class = "pickup-4x4"      # carries what is due within 2 h
agreement_growth = 2.0           # a supplier could promise so many times its present promise
capital_rate = 0.04              # per year, on the value of goods held
storage_cny_per_m3_year = 120.0
event_probability = 0.2          # of a Level-I response per year, for agreement goods called off
written_off_share = 0.6          # of an expiring lot that cannot be rotated or sold
household_confidence = 0.9       # lower bound of the household survey

[parameters.ready_minutes]       # by day, from the order to the first loading
city = 60.0
county = 45.0
township = 30.0

[parameters.agreement_share_max] # of a need that agreements may cover, by an item's reserve mode
physical = 0.2
agreement = 0.85
self = 0.0
"""


def build_settings(out: Path, counties: list[Row]) -> None:
    """Write city.toml."""
    content = TEMPLATE.format(
        population=sum(int(c["population_2020"]) for c in counties),
        households=sum(int(c["households_2020"]) for c in counties),
    )
    (out / "city.toml").write_text(content, encoding="utf-8")
