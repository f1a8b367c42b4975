#include "core/lesson.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "core/errors.h"
#include "core/program_folder.h"

namespace stormloom {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kLongestLesson = 1 << 20;

std::string after(const std::string& line, std::size_t mark) {
  const std::size_t start = line.find_first_not_of(" \t", mark);
  return start == std::string::npos ? "" : line.substr(start);
}

void addWords(std::string& text, const std::string& line) {
  if (!text.empty() && text.back() != '\n') text += ' ';
  text += line;
}

class LessonReader {
public:
  LessonReader(const std::string& text, const std::string& path) : stream_(text) {
    lesson_.path = path;
  }

  Lesson read() {
    for (std::string line; std::getline(stream_, line);) {
      ++number_;
      if (!line.empty() && line.back() == '\r') line.pop_back();
      take(line);
    }
    for (LessonStep& step : lesson_.steps)
      while (step.text.ends_with('\n')) step.text.pop_back();
    if (lesson_.title.empty()) refuse("it has no title; its first line must be \"# TITLE\"");
    if (lesson_.steps.empty()) refuse("it has no step; a step begins with \"## HEADING\"");
    return std::move(lesson_);
  }

private:
  [[noreturn]] void refuse(const std::string& why) const {
    throw IoError(lesson_.path + ", line " + std::to_string(number_) + ": " + why + ".");
  }

  LessonStep& step() {
    if (lesson_.steps.empty()) refuse("this stands before the first \"## HEADING\"");
    return lesson_.steps.back();
  }

  void take(const std::string& line) {
    if (line.starts_with("## ")) {
      lesson_.steps.push_back({.heading = after(line, 2)});
    } else if (line.starts_with("# ")) {
      if (!lesson_.title.empty()) refuse("the lesson has a title already");
      lesson_.title = after(line, 1);
    } else if (line.starts_with("@")) {
      step().actions.push_back(action(after(line, 1)));
    } else if (line.starts_with("?")) {
      addWords(step().question, after(line, 1));
    } else if (line.starts_with("!")) {
      addWords(step().answer, after(line, 1));
    } else if (line.find_first_not_of(" \t") == std::string::npos) {
      if (!lesson_.steps.empty() && !step().text.empty()) step().text += "\n\n";
    } else {
      addWords(step().text, line);
    }
  }

  LessonAction action(const std::string& text) const {
    LessonAction action{.line = number_};
    std::istringstream words(text);
    words >> action.target;
    if (action.target != "lab" && action.target != "attention" && action.target != "diffusion")
      refuse("\"@ " + action.target + "\" is unknown; use @ lab, @ attention or @ diffusion");
    for (std::string word; words >> word;) action.words.push_back(word);
    if (action.words.empty()) refuse("\"@ " + action.target + "\" does not say what to do");
    return action;
  }

  std::istringstream stream_;
  Lesson lesson_;
  int number_ = 0;
};

void addFrom(const fs::path& folder, std::vector<Lesson>& lessons) {
  std::vector<fs::path> files;
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator(folder, failure))
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    if (fs::file_size(file, failure) > kLongestLesson) continue;
    std::ifstream stream(file);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    lessons.push_back(parseLesson(text, file.string()));
  }
}

}  // namespace

Lesson parseLesson(const std::string& text, const std::string& path) {
  return LessonReader(text, path).read();
}

std::vector<Lesson> readLessons() {
  std::vector<Lesson> lessons;
  for (const char* place : {"share/stormloom/lessons", "resources/lessons"}) {
    const auto found = findAboveProgram(place);
    if (!found) continue;
    addFrom(*found, lessons);
    break;
  }
  if (const char* own = std::getenv("STORMLOOM_LESSONS"); own && *own) addFrom(own, lessons);
  return lessons;
}

}  // namespace stormloom
