// SEVIR (Veillette et al. 2020) and SEVIR-LR: HDF5 with `vil` (event, y, x, time), row 0 in the
// south, and times and places in CATALOG.csv beside the folder data/.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <map>

#include "core/errors.h"
#include "core/formats/format_reader.h"
#include "core/formats/hdf5_file.h"
#include "core/formats/sevir_catalogue.h"

namespace stormloom {
namespace {

namespace fs = std::filesystem;

constexpr std::uint8_t kMissingCode = 255;
constexpr std::size_t kMostBytesOfFrames = std::size_t(8) << 30;  // 5 bytes a cell

struct Shape {
  std::size_t events, height, width, times;
};

Shape shapeOf(const Hdf5File& file) {
  const std::vector<std::size_t> lengths = file.shape("/vil");
  const bool usable = lengths.size() == 4 && std::ranges::all_of(lengths, [](std::size_t n) {
                        return n >= 1 && n <= 100000;
                      });
  if (!usable || lengths[1] > 8192 || lengths[2] > 8192 || lengths[3] > 1000) {
    throw IoError(file.path() +
                  ": its dataset vil is not of the shape (event, y, x, time). Fetch "
                  "the file again.");
  }
  return {lengths[0], lengths[1], lengths[2], lengths[3]};
}

std::shared_ptr<const RadarGrid> frameOf(const std::vector<std::uint8_t>& event, const Shape& shape,
                                         std::size_t time) {
  auto grid = std::make_shared<RadarGrid>(int(shape.width), int(shape.height));
  for (std::size_t y = 0; y < shape.height; ++y) {
    const int row = int(shape.height - 1 - y);  // SEVIR counts from the south
    for (std::size_t x = 0; x < shape.width; ++x) {
      const std::uint8_t code = event[(y * shape.width + x) * shape.times + time];
      if (code == kMissingCode) continue;  // every cell starts as Missing
      grid->set(row, int(x), float(code), CellState::Measured);
    }
  }
  return grid;
}

/// SEVIR-LR keeps every second frame of SEVIR's, but the catalogue may still name the times of all.
std::vector<ValidTime> timesOf(const SevirRow& row, std::size_t frames) {
  if (row.times.size() == frames) return row.times;
  std::vector<ValidTime> times;
  if ((row.times.size() + 1) / 2 == frames)
    for (std::size_t k = 0; k < row.times.size(); k += 2) times.push_back(row.times[k]);
  if (!times.empty()) return times;
  throw IoError("it names " + std::to_string(row.times.size()) + " times, the data have " +
                std::to_string(frames));
}

FrameSequence sequenceOf(const Hdf5File& file, const SevirRow& row, const Shape& shape,
                         const ReadOptions& options) {
  if (row.fileIndex >= shape.events) {
    throw IoError("its file has " + std::to_string(shape.events) + " events, not number " +
                  std::to_string(row.fileIndex));
  }
  const std::vector<ValidTime> times = timesOf(row, shape.times);
  FrameSequence sequence{.quantity = Quantity::VilDigital, 
                         .geo = sevirGeo(row, int(shape.width), int(shape.height))};
  sequence.product = shape.width >= 384 ? "SEVIR VIL" : "SEVIR-LR VIL";
  sequence.event = row.id + (row.eventType.empty() ? "" : " " + row.eventType);
  sequence.attribution = "SEVIR, MIT Lincoln Laboratory";
  std::vector<std::uint8_t> codes;
  if (options.framesToo) codes = file.readEntry("/vil", row.fileIndex);
  for (std::size_t time = 0; time < shape.times; ++time) {
    addFrame(sequence,
             {.validTime = times[time],
              .grid = options.framesToo ? frameOf(codes, shape, time) : nullptr,
              .source = file.path() + "#" + row.id},
             options);
  }
  return sequence;
}

bool isWanted(const SevirRow& row, const ReadOptions& options) {
  return options.events.empty() ||
         std::ranges::find(options.events, row.id) != options.events.end();
}

/// A year of SEVIR does not fit into memory.
void checkMemory(const Hdf5File& file, const std::vector<SevirRow>& rows, const Shape& shape) {
  const double bytes = 5.0 * double(shape.height * shape.width * shape.times) * double(rows.size());
  if (bytes > double(kMostBytesOfFrames)) {
    throw IoError(file.path() + ": its " + std::to_string(rows.size()) +
                  " events do not fit into memory at once. Choose some of them.");
  }
}

void checkIds(const Hdf5File& file, const std::vector<SevirRow>& rows) {
  if (!file.has("/id")) return;
  const std::vector<std::string> ids = file.texts("/id");
  for (const SevirRow& row : rows) {
    if (row.fileIndex < ids.size() && ids[row.fileIndex] != row.id) {
      throw IoError(file.path() + ": its event " + std::to_string(row.fileIndex) + " is " +
                    ids[row.fileIndex] + ", but the catalogue calls it " + row.id +
                    ". Fetch both again.");
    }
  }
}

void readEvents(const std::string& path, std::vector<SevirRow> rows, const ReadOptions& options,
                RadarFiles& result) {
  const Hdf5File file(path);
  const Shape shape = shapeOf(file);
  std::erase_if(rows, [&](const SevirRow& row) { return !isWanted(row, options); });
  if (options.framesToo && !options.onFrame) checkMemory(file, rows, shape);
  checkIds(file, rows);
  for (const SevirRow& row : rows) {
    if (options.stop.stop_requested()) return;
    try {
      result.sequences.push_back(sequenceOf(file, row, shape, options));
    } catch (const IoError& error) {
      result.passedOver.push_back(path + ": event " + row.id + " is passed over: " + error.what() +
                                  ".");
    }
  }
}

/// CATALOG.csv in one of the folders above a data file, as SEVIR's own layout has it.
std::string catalogueAbove(const fs::path& file) {
  fs::path folder = fs::absolute(file).parent_path();
  for (int level = 0; level < 5; ++level, folder = folder.parent_path()) {
    const fs::path catalogue = folder / "CATALOG.csv";
    std::error_code unknown;
    if (fs::is_regular_file(catalogue, unknown)) return catalogue.string();
  }
  throw IoError(file.string() +
                ": SEVIR's CATALOG.csv, which tells where and when its events were, "
                "is not in the folders above it. Put it beside the folder data.");
}

fs::path dataFile(const std::string& catalogue, const SevirRow& row) {
  const fs::path folder = fs::path(catalogue).parent_path();
  const fs::path below = folder / "data" / row.fileName;
  std::error_code unknown;
  return fs::exists(below, unknown) ? below : folder / row.fileName;
}

/// A hostile catalogue may not send the reader anywhere else on the disk.
bool staysInside(const std::string& fileName) {
  const fs::path path(fileName);
  return path.is_relative() && std::ranges::find(path, fs::path("..")) == path.end();
}

}  // namespace

bool isSevirHdf5(const std::string& path) {
  const Hdf5File file(path);
  for (const char* other : {"/ir069", "/ir107", "/vis"}) {
    if (file.has(other) && file.has("/id") && !file.has("/vil")) {
      throw IoError(path + ": it holds SEVIR's satellite pictures (" + std::string(other + 1) +
                    "), no radar. Choose one of the files in the folder vil.");
    }
  }
  return file.has("/vil") && file.shape("/vil").size() == 4;
}

RadarFiles readSevirHdf5(const std::string& path, const ReadOptions& options) {
  const std::string catalogue = catalogueAbove(path);
  RadarFiles result;
  std::vector<SevirRow> rows = readCatalogueRows(catalogue, result.passedOver);
  const std::string name = fs::path(path).filename().string();
  std::erase_if(rows, [&](const SevirRow& row) {
    return fs::path(row.fileName).filename().string() != name;
  });
  if (rows.empty()) {
    throw IoError(path + ": no row of " + catalogue +
                  " names this file. Fetch the catalogue that "
                  "belongs to it.");
  }
  std::vector<std::string> ids;
  for (const SevirRow& row : rows) ids.push_back(row.id);
  requirePart(path, options, ids);
  readEvents(path, std::move(rows), options, result);
  return result;
}

RadarFiles readSevirCatalogue(const std::string& path, const ReadOptions& options) {
  RadarFiles result;
  std::map<std::string, std::vector<SevirRow>> byFile;
  for (SevirRow& row : readCatalogueRows(path, result.passedOver)) {
    byFile[row.fileName].push_back(std::move(row));
  }
  for (auto& [name, rows] : byFile) {
    const fs::path file = dataFile(path, rows.front());
    std::error_code unknown;
    if (!staysInside(name) || !fs::is_regular_file(file, unknown)) {
      result.passedOver.push_back(path + ": it names " + name +
                                  ", which is not there. Fetch that file into the folder data.");
      continue;
    }
    try {
      readEvents(file.string(), std::move(rows), options, result);
    } catch (const IoError& error) {
      result.passedOver.emplace_back(error.what());
    }
  }
  if (result.sequences.empty() && result.passedOver.empty()) {
    result.passedOver.push_back(
        path + (options.events.empty() ? ": it names no events of VIL."
                                       : ": it has no event " + options.events.front() + " of VIL. List them with info."));
  }
  return result;
}

}  // namespace stormloom
