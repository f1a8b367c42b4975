// How long radar files take beside what GDAL alone needs for one of them, in one run:
//   bench_radar_reading FILE|FOLDER [COUNT]
// COUNT files are made of what is there (links under other names, as often as needed). Prints
// seconds, ratios and memory.
#include <gdal_priv.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <vector>

#include "core/errors.h"
#include "core/radar_files.h"
#include "core/radar_paths.h"

using namespace stormloom;
namespace fs = std::filesystem;

namespace {

double now() {
  using Seconds = std::chrono::duration<double>;
  return Seconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// The least of several rounds: what others do on the machine only ever adds.
double least(const std::vector<double>& values) { return *std::ranges::min_element(values); }

/// Seconds of processors that this process and its ended children have used.
double processorSeconds() {
  double seconds = 0.0;
  for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    getrusage(who, &usage);
    for (const timeval& time : {usage.ru_utime, usage.ru_stime})
      seconds += double(time.tv_sec) + 1e-6 * double(time.tv_usec);
  }
  return seconds;
}

/// A time by the clock, and by the processors.
struct Cost {
  std::vector<double> clock, processors;
  template <typename Work>
  void add(Work work) {
    const double began = now(), used = processorSeconds();
    work();
    clock.push_back(now() - began);
    processors.push_back(processorSeconds() - used);
  }
};

double mostMegabytes(int who) {
  rusage usage{};
  getrusage(who, &usage);
  return double(usage.ru_maxrss) / 1024.0;
}

/// Opens a file and reads its first band whole, as any program would.
double gdalAlone(const std::string& path) {
  const double start = now();
  const std::string name = path.ends_with(".gz") ? "/vsigzip/" + path : path;
  const GDALDatasetUniquePtr dataset(GDALDataset::Open(name.c_str(), GDAL_OF_RASTER));
  if (!dataset) throw IoError(path + ": GDAL cannot open it.");
  std::vector<float> values(std::size_t(dataset->GetRasterXSize()) *
                            std::size_t(dataset->GetRasterYSize()));
  if (dataset->GetRasterBand(1)->RasterIO(
          GF_Read, 0, 0, dataset->GetRasterXSize(), dataset->GetRasterYSize(), values.data(),
          dataset->GetRasterXSize(), dataset->GetRasterYSize(), GDT_Float32, 0, 0) != CE_None)
    throw IoError(path + ": GDAL cannot read it.");
  return now() - start;
}

struct Reading {
  double firstPicture = 0.0, all = 0.0;
  std::size_t held = 0;
};

Reading read(const std::vector<std::string>& files, bool inThisProcess) {
  Reading reading;
  const double start = now();
  ReadOptions options;
  options.inThisProcess = inThisProcess;
  options.soFar = [&](const RadarFiles&) {
    if (reading.firstPicture == 0.0) reading.firstPicture = now() - start;
  };
  reading.held = readRadarFiles(files, options).heldBytes;
  reading.all = now() - start;
  return reading;
}

/// Links, so that the files need no room.
std::vector<std::string> manyOf(const std::vector<std::string>& files, std::size_t count,
                                const fs::path& folder) {
  std::vector<std::string> links;
  for (std::size_t k = 0; k < count; ++k) {
    const std::string& file = files[k % files.size()];
    const fs::path link =
        folder / (std::to_string(10000 + k) + "_" + fs::path(file).filename().string());
    fs::create_symlink(fs::absolute(file), link);
    links.push_back(link.string());
  }
  return links;
}

int bench(const std::string& path, std::size_t count) {
  const std::vector<std::string> files = radarFilesIn({path}).radar;
  const fs::path folder =
      fs::temp_directory_path() / ("bench_radar_reading_" + std::to_string(getpid()));
  fs::create_directories(folder);
  const std::vector<std::string> links = manyOf(files, count, folder);
  constexpr int kRounds = 5;
  Cost gdal, here, isolated;
  std::vector<double> first;
  for (int k = 0; k < kRounds; ++k) {  // turn about, so that a busy machine is busy for all
    gdal.add([&] { gdalAlone(links.back()); });
    here.add([&] { read({links.back()}, true); });
    isolated.add([&] { read({links.back()}, false); });
    first.push_back(
        read({links.begin(), links.begin() + std::min<std::size_t>(count, 4)}, false).firstPicture);
  }
  const std::vector<std::string> few(links.begin(), links.begin() + std::min<std::ptrdiff_t>(4, std::ssize(links)));
  Cost fewHere, fewIsolated;
  for (int k = 0; k < 2; ++k) {
    fewHere.add([&] { read(few, true); });
    fewIsolated.add([&] { read(few, false); });
  }
  const Reading all = read(links, false);
  fs::remove_all(folder);
  const auto say = [](const char* what, const Cost& cost, const Cost& beside, const char* besideWhat) {
    std::printf("%-34s %7.3f s clock (%.2f), %7.3f s processors (%.2f of %s)\n", what, least(cost.clock),
                least(cost.clock) / least(beside.clock), least(cost.processors),
                least(cost.processors) / least(beside.processors), besideWhat);
  };
  say("GDAL alone, one file", gdal, gdal, "GDAL");
  say("one file in this process", here, gdal, "GDAL");
  say("one file through a decoder", isolated, here, "in this process");
  say("four files through decoders", fewIsolated, fewHere, "in this process");
  std::printf("%-34s %7.3f s clock (%.2f of GDAL)\n", "first picture of several", least(first),
              least(first) / least(gdal.clock));
  std::printf("first picture of %4zu files %8.3f s, all of them %.1f s\n", count, all.firstPicture,
              all.all);
  std::printf("frames held %.0f MB, most memory %.0f MB, of a decoder %.0f MB\n",
              double(all.held) / 1e6, mostMegabytes(RUSAGE_SELF), mostMegabytes(RUSAGE_CHILDREN));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "bench_radar_reading FILE|FOLDER [COUNT]\n");
    return 2;
  }
  GDALAllRegister();
  try {
    return bench(argv[1], argc > 2 ? std::size_t(std::max(1, std::atoi(argv[2]))) : 36);
  } catch (const IoError& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 3;
  }
}
