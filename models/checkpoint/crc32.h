#pragma once

#include "models/checkpoint/tensor_listing.h"

namespace stormloom {

/// The checksum of zip records (ISO 3309, reflected polynomial 0xEDB88320).
std::uint32_t crc32Of(Bytes bytes);

}  // namespace stormloom
