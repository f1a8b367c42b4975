#!/usr/bin/env bash
# Makes the base map from Natural Earth (public domain) as Debian's package qgis-common carries it, and lakes from
# GSHHG (LGPL 3, Wessel and Smith 1996) as python-cartopy-data does.
#   packaging/make_base_map.sh OUT      writes OUT/base_map.bin (read by core/base_map.h)
# Needs apt-get, dpkg, a C++ compiler and libgdal-dev; fetches nothing but these two packages, which are not installed.
set -euo pipefail

[ $# = 1 ] || { echo "usage: packaging/make_base_map.sh OUT" >&2; exit 2; }
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
scratch=$(mktemp -d "$out/making.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

# apt drops its rights while fetching and must be able to write here.
chmod 755 "$scratch"
(cd "$scratch" && apt-get -q -o APT::Sandbox::User=root -o Acquire::Retries=3 download qgis-common)
dpkg -x "$scratch"/qgis-common_*.deb "$scratch/package"
source_map=$scratch/package/usr/share/qgis/resources/data/world_map.gpkg
(cd "$scratch" && apt-get -q -o APT::Sandbox::User=root -o Acquire::Retries=3 download python-cartopy-data &&
  dpkg -x python-cartopy-data_*.deb lakes) || echo "no shores of lakes this time"
lakes=$scratch/lakes/usr/share/cartopy/data/shapefiles/gshhs/l/GSHHS_l_L2.shp
[ -s "$source_map" ] || { echo "qgis-common has no world_map.gpkg any more; the base map needs another source" >&2; exit 1; }

g++ -std=c++20 -O2 -Wall -Wextra $(gdal-config --cflags) -o "$scratch/make_base_map" "$here/make_base_map.cpp" $(gdal-config --libs)
"$scratch/make_base_map" "$source_map" "$lakes" "$scratch/base_map.bin"
mv "$scratch/base_map.bin" "$out/base_map.bin"
echo "$out/base_map.bin: $(stat -c %s "$out/base_map.bin") bytes"
