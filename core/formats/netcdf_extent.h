#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace stormloom {

/// How many bytes a file in NetCDF's classic formats (CDF-1, CDF-2, CDF-5) must have for every value that its header
/// names; the library fills what is missing with zeros. Where the header itself ends early, one byte more than it has;
/// nothing where it is none, leaves the number of records open, or makes no sense. Source: "The NetCDF Classic Format Specification", appendix B of the library's
/// guide.
std::optional<std::uint64_t> classicNetCdfExtent(std::string_view header);

}  // namespace stormloom
