#include "core/errors.h"
#include "models/training/frame_corpus.h"

namespace stormloom {

FrameCorpus readFrameCorpus(const std::string& path, bool) {
  throw IoError(path + ": this build reads no HDF5. Build it where libhdf5-dev is installed.");
}

}  // namespace stormloom
