"""Trips: loads put on real vehicles, one clock each, with docks and mobilisation.

Sets
    j   jobs: one load from one source to some places in order
    g   groups: vehicles of one kind and home;  v  vehicles of a group;  d  docks of a site
Parameters
    ready_g, ready of the source [s]; load and unload time of a full vehicle [s], less for less;
    road times [s] and lengths [km] by kind; due_jp [s] and priority of every visit
Result
    for every job a vehicle and times; a job no vehicle can do before the horizon is left over
Rule
    Jobs in order of their latest useful start. Each takes the cheapest vehicle that is in time,
    else the least late. Late jobs are then cut in parts and tried sooner while lateness falls.
Subject to
    1 a vehicle does one job at a time, from home and back; 2 loading begins when source, vehicle
    and a dock are free; 3 docks load one vehicle each; 4 the load fits.
"""

from models.trips.problem import (
    Goods,
    Group,
    Job,
    Kind,
    Run,
    Source,
    TripsProblem,
    Visit,
    lateness,
    load_time,
    unload_time,
)
from models.trips.scheduling import latest_start, schedule

__all__ = [
    "Goods",
    "Group",
    "Job",
    "Kind",
    "Run",
    "Source",
    "TripsProblem",
    "Visit",
    "lateness",
    "latest_start",
    "load_time",
    "schedule",
    "unload_time",
]
