"""Allocation: which source supplies which need line in one incident, and with what vehicles.

Sets
    l   need lines: one item for one place by one deadline
    o   options: (line, source, period), in time or late; only those the sourcing policy allows
    c   carriers: vehicles of one class and home that may run from a source to a place
    t   periods, one per deadline; a period's hours contain those of all earlier ones
Parameters
    quantity_l [units], kg_l, m3_l per unit; stock_si [units]; payload [kg], volume [m3]
    cost_c [CNY] and hours_c [h] of one full truckload there and back; capacity_gt [vehicle-hours]
Variables
    x_o in [0, 1]   share of the line's quantity that comes this way
    u_l in [0, 1]   share nobody brings
    n_ct >= 0       truckloads
    v_gt >= 0       vehicle-hours beyond those there are: what will be late
Minimise, one stage after the other
    for each priority, the most urgent first: sum of weight_l x (2 u_l + late share)
    then truck cost + source preference + overload price x v
Subject to
    1 every line:               sum x_o + u_l = 1
    2 every source and item:    sum quantity x_o <= stock
    3 every source, place, t:   mass and volume of x <= mass and volume of n
    4 bulky goods:              the same over the classes that can take them
    5 every group and t:        sum over periods up to t of hours n - v <= capacity
    6 scarce kinds, every t:    sum over periods up to t of least hours x <= hours of the kind
    7 earlier stages keep their value
The cover stages know 1, 2 and 6; other goods without a free vehicle come late, not never.
Source
    transport problem with fixed sequence of goals; see docs/models/dispatch.md.
"""

from models.allocation.problem import (
    SOLVER,
    AllocationError,
    AllocationPlan,
    AllocationProblem,
    AllocationSettings,
    Carrier,
    Line,
    Option,
)
from models.allocation.rounding import check, whole_units
from models.allocation.solving import solve

__all__ = [
    "SOLVER",
    "AllocationError",
    "AllocationPlan",
    "AllocationProblem",
    "AllocationSettings",
    "Carrier",
    "Line",
    "Option",
    "check",
    "solve",
    "whole_units",
]
