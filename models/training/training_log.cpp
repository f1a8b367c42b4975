#include "models/training/training_log.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

#include "core/animation_file.h"
#include "core/errors.h"
#include "models/training/picture_sheet.h"

namespace stormloom {
using torch::Tensor;
namespace {

constexpr const char* kHeader = "step,seconds,loss,rate,gradient_norm,samples_per_second\n";
constexpr int kCurveWidth = 800, kCurveHeight = 400;
constexpr Rgb kInk{242, 184, 75};

std::string csvLine(const TrainingLogRow& row) {
  std::ostringstream line;
  line << row.step << ',' << row.seconds << ',' << row.loss << ',' << row.rate << ','
       << row.gradientNorm << ',' << row.samplesPerSecond << '\n';
  return line.str();
}

/// Rows of an earlier sitting, up to a step.
std::vector<TrainingLogRow> rowsOf(const std::string& path, std::int64_t lastStep) {
  std::vector<TrainingLogRow> rows;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::replace(line.begin(), line.end(), ',', ' ');
    std::istringstream words(line);
    TrainingLogRow row;
    if (words >> row.step >> row.seconds >> row.loss >> row.rate >> row.gradientNorm >>
            row.samplesPerSecond &&
        row.step <= lastStep)
      rows.push_back(row);
  }
  return rows;
}

/// Lines of an earlier sitting's validations, up to a step; one that was cut short is left out.
std::vector<std::string> linesOf(const std::string& path, std::int64_t lastStep) {
  std::vector<std::string> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    try {
      if (Json::parse(line).at("step").asInt() <= lastStep) lines.push_back(line);
    } catch (const IoError&) {
      continue;
    }
  }
  return lines;
}

/// Loss over steps, its logarithm upwards.
RgbImage lossCurve(const std::vector<TrainingLogRow>& rows) {
  RgbImage image = darkImage(kCurveWidth, kCurveHeight);
  double low = 1e300, high = -1e300;
  for (const TrainingLogRow& row : rows) {
    if (!(row.loss > 0.0)) continue;
    low = std::min(low, std::log(row.loss));
    high = std::max(high, std::log(row.loss));
  }
  if (!(high > low)) return image;
  int before = -1;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!(rows[i].loss > 0.0)) continue;
    const int x =
        int(double(i) / double(std::max<std::size_t>(1, rows.size() - 1)) * (kCurveWidth - 1));
    const int y = int((high - std::log(rows[i].loss)) / (high - low) * (kCurveHeight - 1));
    for (int step = std::min(y, before < 0 ? y : before); step <= std::max(y, before); ++step)
      putPixel(image, x, step, kInk);
    putPixel(image, x, y, kInk);
    before = y;
  }
  return image;
}

}  // namespace

TrainingLogFiles::TrainingLogFiles(std::string stem, std::int64_t lastStep)
    : stem_(std::move(stem)), rows_(rowsOf(stem_ + ".csv", lastStep)) {
  std::ofstream file(stem_ + ".csv", std::ios::trunc);
  file << kHeader;
  for (const TrainingLogRow& row : rows_) file << csvLine(row);
  const std::vector<std::string> validations = linesOf(stem_ + ".validation.jsonl", lastStep);
  std::ofstream again(stem_ + ".validation.jsonl", std::ios::trunc);
  for (const std::string& line : validations) again << line << '\n';
}

void TrainingLogFiles::add(const TrainingLogRow& row) {
  rows_.push_back(row);
  std::ofstream(stem_ + ".csv", std::ios::app) << csvLine(row);
}

void TrainingLogFiles::addValidation(std::int64_t step, double seconds, const Json& figures) {
  const Json line = Json::object({{"step", step}, {"seconds", seconds}, {"figures", figures}});
  std::ofstream(stem_ + ".validation.jsonl", std::ios::app) << line.dump() << '\n';
}

void TrainingLogFiles::draw(const Tensor& pictures) const {
  if (!canWriteAnimations()) return;
  // All pictures of a folder are equally large: the sheet of samples decides.
  RgbImage sheet = sheetOf(pictures);
  const RgbImage curve = lossCurve(rows_);
  RgbImage first = darkImage(sheet.width, sheet.height);
  for (int y = 0; y < first.height; ++y)
    for (int x = 0; x < first.width; ++x) {
      const int cx = x * curve.width / first.width, cy = y * curve.height / first.height;
      const std::size_t at = (std::size_t(cy) * std::size_t(curve.width) + std::size_t(cx)) * 3;
      putPixel(first, x, y, {curve.pixels[at], curve.pixels[at + 1], curve.pixels[at + 2]});
    }
  AnimationWriter writer(stem_ + "-pictures");
  writer.add(first);
  writer.add(sheet);
  writer.finish();
}

}  // namespace stormloom
