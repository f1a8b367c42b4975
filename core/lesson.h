#pragma once

#include <string>
#include <vector>

namespace stormloom {

/// What a step does to the program: "lab preset figure" is {"lab", {"preset", "figure"}}.
struct LessonAction {
  std::string target;              ///< "lab", "attention" or "diffusion"
  std::vector<std::string> words;  ///< what to do there
  int line = 0;                    ///< in the file, for messages
};

/// One page of a lesson: what the program shows, what is said, what is asked.
struct LessonStep {
  std::string heading;
  std::string text;
  std::vector<LessonAction> actions;
  std::string question, answer;
};

struct Lesson {
  std::string title;
  std::string path;
  std::vector<LessonStep> steps;
};

/// A lesson is a text file that anybody can write:
///   # title            once, first
///   ## heading         begins a step
///   @ lab preset axial what the program does when the step is opened
///   ? a question       shown with the step
///   ! its answer       shown when it is asked for
/// All other lines are the step's text; an empty line begins a paragraph.
/// IoError names the file, the line and what is wrong with it.
Lesson parseLesson(const std::string& text, const std::string& path);

/// The lessons of the program and those of the person ($STORMLOOM_LESSONS), by file name.
std::vector<Lesson> readLessons();

}  // namespace stormloom
