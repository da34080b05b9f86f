"""A folder of CSV and TOML becomes a City; an incident file becomes an Incident."""

from supplies.files.folder import default_city_dir, load_geojson
from supplies.files.incident import load_incident
from supplies.files.load import load_city

__all__ = ["default_city_dir", "load_city", "load_geojson", "load_incident"]
