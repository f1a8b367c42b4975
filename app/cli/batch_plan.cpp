#include "app/cli/batch_plan.h"

#include <algorithm>
#include <cmath>
#include <cctype>
#include <cstring>
#include <filesystem>
#include <functional>
#include <set>

#include "app/cli/arguments.h"
#include "core/errors.h"
#include "core/scratch_file.h"
#include "core/valid_time.h"

namespace stormloom::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostJobs = 1'000'000;
const std::vector<std::string> kFields = {"out",     "events", "models",  "n",    "seeds",
                                          "members", "steps",  "sampler", "grid", "animate"};
const std::vector<std::string> kEventFields = {"name", "paths", "at", "box"};
const std::vector<std::string> kModels = {"persistence", "extrapolation", "earthformer", "prediff"};

/// Finds the line on which a field of a JSON text begins. The text is known to be JSON.
class FieldFinder {
public:
  explicit FieldFinder(const std::string& text) : text_(text) {}

  /// `wanted` as "events[2].at"; 0 when it is not there.
  int lineOf(const std::string& wanted) {
    wanted_ = wanted;
    at_ = 0;
    found_ = std::string::npos;
    value("");
    if (found_ == std::string::npos) return 0;
    return 1 + int(std::count(text_.begin(), text_.begin() + std::ptrdiff_t(found_), '\n'));
  }

private:
  void blanks() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
  }
  std::string string() {
    const std::size_t from = ++at_;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    return text_.substr(from, at_++ - from);
  }
  void value(const std::string& path) {
    blanks();
    if (path == wanted_ && found_ == std::string::npos) found_ = at_;
    if (at_ >= text_.size()) return;
    if (text_[at_] == '"') {
      string();
    } else if (text_[at_] == '{' || text_[at_] == '[') {
      entries(path, text_[at_] == '{');
    } else {
      while (at_ < text_.size() && !std::strchr(",]}", text_[at_])) ++at_;
    }
    blanks();
  }
  void entries(const std::string& path, bool named) {
    ++at_;
    blanks();
    for (int index = 0; at_ < text_.size() && text_[at_] != '}' && text_[at_] != ']'; ++index) {
      std::string inner = path + "[" + std::to_string(index) + "]";
      if (named) {
        const std::string key = string();
        inner = path.empty() ? key : path + "." + key;
        blanks();
        ++at_;  // the colon
      }
      value(inner);
      if (at_ < text_.size() && text_[at_] == ',') ++at_;
      blanks();
    }
    ++at_;
  }

  const std::string& text_;
  std::string wanted_;
  std::size_t at_ = 0;
  std::size_t found_ = std::string::npos;
};

using Refuse = std::function<void(const std::string& field, const std::string& sentence)>;

/// Reads fields and refuses, by name, what makes no sense.
class PlanReader {
public:
  PlanReader(const Json& root, fs::path base, Refuse refuse)
      : root_(root), base_(std::move(base)), refuse_(std::move(refuse)) {}

  BatchPlan read() {
    if (!root_.isObject())
      refuse_("", "a job file is one object: {\"out\": ..., \"events\": [...]}");
    checkKeys(root_, "", kFields);
    BatchPlan plan;
    plan.out = place(text(root_, "", "out"));
    models_ = words("models", {"prediff"}, kModels);
    nSigma_ = numbers("n", {0.0}, -4.0, 4.0);
    seeds_ = numbers("seeds", {1.0}, 0.0, 9e15);
    for (const double seed : seeds_)
      if (seed != std::floor(seed)) refuse_("seeds", numberText(seed) + " is no whole number");
    checkRequest();
    const Json* events = root_.find("events");
    if (!events || !events->isArray() || events->size() == 0)
      refuse_("events", "needs a list of events, each with \"paths\"");
    for (std::size_t i = 0; i < events->size(); ++i)
      addEvent(events->at(i), "events[" + std::to_string(i) + "]", plan);
    std::set<std::string> names;
    for (const BatchJob& job : plan.jobs)
      if (!names.insert(job.file).second)
        refuse_("events", "two jobs would write " + job.file + "; give the events other names");
    return plan;
  }

private:
  /// What every job hands on is refused here once, not by each job.
  void checkRequest() const {
    wholeNumber("members", 1, 256);
    wholeNumber("steps", 0, 1000);
    const auto oneOf = [this](const char* key, const std::vector<std::string>& known) {
      const Json* value = root_.find(key);
      if (!value) return;
      const std::string word = value->isString() ? value->asString() : value->dump();
      if (std::ranges::find(known, word.substr(0, word.find(':'))) == known.end())
        refuse_(key, "\"" + word + "\" is unknown");
    };
    oneOf("grid", {"sevir-lr", "sevir"});
    oneOf("sampler", {"flow-ab2", "flow-euler", "flow-heun", "ddpm", "ddim", "ddim-quad", "dpm++"});
    oneOf("animate", {".mp4", ".webm", ".gif"});
    if (root_.contains("animate") && std::ranges::find(models_, "prediff") == models_.end())
      refuse_("animate", "draws scenarios, so \"models\" needs \"prediff\" among them");
  }

  void wholeNumber(const char* key, std::int64_t low, std::int64_t high) const {
    const Json* value = root_.find(key);
    if (!value) return;
    const bool whole = value->isNumber() && value->asDouble() == std::floor(value->asDouble());
    if (!whole || value->asDouble() < double(low) || value->asDouble() > double(high))
      refuse_(key, value->dump() + " is no whole number from " + std::to_string(low) + " to " +
                       std::to_string(high));
  }

  std::string place(const std::string& path) const {
    return fs::path(path).is_absolute() ? path : (base_ / path).lexically_normal().string();
  }

  void checkKeys(const Json& object, const std::string& path,
                 const std::vector<std::string>& known) const {
    for (const auto& [key, value] : object.items()) {
      if (std::find(known.begin(), known.end(), key) != known.end()) continue;
      const std::string meant = nearestWord(key, known);
      refuse_(
          path.empty() ? key : path + "." + key,
          "is no field of a job file" + (meant.empty() ? "" : "; did you mean \"" + meant + "\"?"));
    }
  }

  std::string text(const Json& object, const std::string& path, const std::string& key) const {
    const Json* value = object.find(key);
    if (!value || !value->isString() || value->asString().empty())
      refuse_(path + key, "needs a text");
    return value->asString();
  }

  /// One value or a list of them.
  static Json::Array listOf(const Json& value) {
    return value.isArray() ? value.asArray() : Json::Array{value};
  }

  std::vector<std::string> words(const std::string& key, std::vector<std::string> fallback,
                                 const std::vector<std::string>& allowed) const {
    const Json* value = root_.find(key);
    if (!value) return fallback;
    std::vector<std::string> list;
    for (const Json& entry : listOf(*value)) {
      if (!entry.isString() ||
          std::find(allowed.begin(), allowed.end(), entry.asString()) == allowed.end())
        refuse_(key, entry.dump() + " is none of persistence, extrapolation, earthformer, prediff");
      list.push_back(entry.asString());
    }
    if (list.empty()) refuse_(key, "is empty");
    return list;
  }

  std::vector<double> numbers(const std::string& key, std::vector<double> fallback, double low,
                              double high) const {
    const Json* value = root_.find(key);
    if (!value) return fallback;
    std::vector<double> list;
    for (const Json& entry : listOf(*value)) {
      if (!entry.isNumber() || !(entry.asDouble() >= low && entry.asDouble() <= high))
        refuse_(key, entry.dump() + " is no number between " + numberText(low) + " and " +
                         numberText(high));
      list.push_back(entry.asDouble());
    }
    if (list.empty()) refuse_(key, "is empty");
    return list;
  }

  static std::string numberText(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.15g", value);
    return text;
  }

  void addEvent(const Json& event, const std::string& path, BatchPlan& plan) {
    if (!event.isObject()) refuse_(path, "needs an object with \"paths\"");
    checkKeys(event, path, kEventFields);
    const Json* paths = event.find("paths");
    if (!paths) refuse_(path + ".paths", "is missing: the event's radar files");
    std::vector<std::string> files;
    for (const Json& entry : listOf(*paths)) {
      if (!entry.isString()) refuse_(path + ".paths", "needs texts");
      files.push_back(place(entry.asString()));
      if (files.back().find('*') == std::string::npos && !fs::exists(files.back()))
        refuse_(path + ".paths", files.back() + " is not there");
    }
    if (files.empty()) refuse_(path + ".paths", "is empty");
    const std::string name = event.contains("name") ? text(event, path + ".", "name")
                                                    : fs::path(files.front()).stem().string();
    constexpr std::size_t kLongestName = 160;  // bytes; time, model and n come behind it
    if (name.size() > kLongestName)
      refuse_(path + ".name", "is too long for a file's name; give one of at most 160 letters");
    std::vector<std::string> times = {""};
    if (const Json* at = event.find("at")) {
      times.clear();
      for (const Json& entry : listOf(*at)) {
        if (!entry.isString() || !timeFromIso(entry.asString()))
          refuse_(path + ".at", entry.dump() + " is no time like 2019-06-10T00:24:00Z");
        times.push_back(isoText(*timeFromIso(entry.asString())));
      }
    }
    for (const std::string& time : times)
      for (const std::string& model : models_)
        addModel({name, files, time, boxOf(event, path)}, model, plan);
  }

  std::string boxOf(const Json& event, const std::string& path) const {
    const Json* box = event.find("box");
    if (!box || (box->isString() && box->asString() == "auto")) return "auto";
    if (!box->isArray() || box->size() != 2 || !box->at(0).isNumber() || !box->at(1).isNumber())
      refuse_(path + ".box", "needs [longitude, latitude] or \"auto\"");
    if (std::abs(box->at(0).asDouble()) > 360.0 || std::abs(box->at(1).asDouble()) > 90.0)
      refuse_(path + ".box", "is nowhere on Earth: longitude comes first, then latitude");
    return numberText(box->at(0).asDouble()) + "," + numberText(box->at(1).asDouble());
  }

  struct Event {
    std::string name;
    std::vector<std::string> files;
    std::string time;  ///< empty: the latest
    std::string box;
  };

  static std::string fileName(const Event& event, const std::string& rest) {
    std::string name = event.name;
    for (char& c : name)
      if (std::strchr("/\\:*?\"<>| ", c)) c = '_';
    std::string time = event.time.empty() ? "latest" : event.time;
    std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
    return name + "_" + time + "_" + rest + ".nc";
  }

  void addModel(const Event& event, const std::string& model, BatchPlan& plan) {
    if (model != "prediff") {
      addJob(event, fileName(event, model), {"forecast"}, {"--model", model},
             Json::object({{"event", event.name}, {"model", model}}), plan);
      return;
    }
    for (const double n : nSigma_)
      for (const double seed : seeds_) {
        char rest[64];
        std::snprintf(rest, sizeof rest, "prediff_n%+g_seed%.0f", n, seed);
        addJob(
            event, fileName(event, rest), {"scenario"},
            {"--n", numberText(n), "--seed", numberText(seed)},
            Json::object(
                {{"event", event.name}, {"model", model}, {"n", n}, {"seed", std::uint64_t(seed)}}),
            plan);
      }
  }

  void addJob(const Event& event, const std::string& name, std::vector<std::string> words,
              const std::vector<std::string>& options, Json facts, BatchPlan& plan) const {
    if (plan.jobs.size() >= kMostJobs) refuse_("events", "asks for more than a million results");
    words.insert(words.end(), event.files.begin(), event.files.end());
    words.insert(words.end(), options.begin(), options.end());
    if (!event.time.empty()) words.insert(words.end(), {"--at", event.time});
    if (event.box != "auto") words.insert(words.end(), {"--box", event.box});
    const bool scenario = words.front() == "scenario";
    for (const char* key : {"members", "steps", "sampler", "grid"}) {
      const Json* value = root_.find(key);
      if (!value || (!scenario && std::string_view(key) != "grid")) continue;
      words.push_back(std::string("--") + key);
      words.push_back(value->isString() ? value->asString() : value->dump());
    }
    const std::string file = (fs::path(plan.out) / name).string();
    if (const Json* animate = root_.find("animate"); animate && scenario) {
      words.insert(words.end(),
                   {"--animate", fs::path(file).replace_extension(animate->asString()).string()});
    }
    words.insert(words.end(), {"--out", file});
    plan.jobs.push_back({file, words, std::move(facts)});
  }

  const Json& root_;
  fs::path base_;
  Refuse refuse_;
  std::vector<std::string> models_;
  std::vector<double> nSigma_;
  std::vector<double> seeds_;
};

}  // namespace

BatchPlan planFromFile(const std::string& path) {
  const std::string text = readWholeFile(path, std::size_t(64) << 20);
  Json root;
  try {
    root = Json::parse(text, {}, path);
  } catch (const IoError& error) {
    throw UsageError(error.what());
  }
  const auto refuse = [&](const std::string& field, const std::string& sentence) {
    const int line = FieldFinder(text).lineOf(field);
    throw UsageError(path + (line > 0 ? ", line " + std::to_string(line) : "") +
                     (field.empty() ? "" : ", field \"" + field + "\"") + ": " + sentence + ".");
  };
  return PlanReader(root, fs::absolute(path).parent_path(), refuse).read();
}

BatchPlan planFromFolder(const std::string& folder, Json settings) {
  std::vector<std::string> paths;
  std::error_code failure;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, failure))
    if (!entry.path().filename().string().starts_with('.')) paths.push_back(entry.path().string());
  std::sort(paths.begin(), paths.end());
  Json events = Json::array();
  for (const std::string& path : paths)
    events.push(Json::object({{"name", fs::path(path).stem().string()},
                              {"paths", std::vector<std::string>{fs::absolute(path).string()}}}));
  settings.set("events", events);
  const auto refuse = [&](const std::string& field, const std::string& sentence) {
    throw UsageError(folder + ": " + field + " " + sentence + ".");
  };
  return PlanReader(settings, fs::current_path(), refuse).read();
}

}  // namespace stormloom::cli
