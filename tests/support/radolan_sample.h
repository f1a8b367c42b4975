#pragma once

#include <cstdio>
#include <string>
#include <vector>

/// A RADOLAN composite as DWD's description of the format has it; `values` row by row from the
/// south.
inline std::string radolanSample(const std::string& product, const std::string& precision,
                                 int intervalMinutes, int rows, int columns, int version,
                                 const std::vector<unsigned>& values, int bytesACell) {
  char head[160];
  std::snprintf(
      head, sizeof head,
      "%s021450100000814BY%7zuVS%2dSW   2.13.1PR %sINT%4dGP%4dx%4dMS 20<asb,boo,ros,hnr,um>",
      product.c_str(), values.size() * std::size_t(bytesACell) + 120, version, precision.c_str(),
      intervalMinutes, rows, columns);
  std::string bytes = std::string(head) + '\x03';
  for (const unsigned value : values) {
    bytes += char(value & 0xff);
    if (bytesACell == 2) bytes += char(value >> 8);
  }
  return bytes;
}
