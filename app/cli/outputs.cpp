#include "app/cli/outputs.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iostream>

#include "app/cli/workbench.h"
#include "core/scratch_file.h"

namespace stormloom::cli {

namespace {

namespace fs = std::filesystem;

bool askedAndGranted(const std::string& path) {
  if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO)) return false;
  std::fprintf(stderr, "%s is already there. Replace it? [y/N] ", path.c_str());
  std::string answer;
  std::getline(std::cin, answer);
  return !answer.empty() && (answer[0] == 'y' || answer[0] == 'Y');
}

std::string listOf(const std::vector<std::string>& words) {
  std::string list;
  for (std::size_t i = 0; i < words.size(); ++i)
    list += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
  return list;
}

/// A result never takes the place of what it is made of, whatever --overwrite says.
void refuseInput(const Session& session, const std::string& path) {
  std::error_code absent;
  if (!fs::exists(path, absent) || fs::is_directory(path, absent)) return;
  if (session.arguments.has("--logo") && fs::equivalent(session.arguments.text("--logo"), path, absent))
    throw UsageError(path + ": this is the logo itself. Choose another name for the result.");
  const fs::path folder = fs::absolute(path, absent).parent_path();
  for (const std::string& input : session.arguments.positionals()) {
    if (fs::equivalent(input, path, absent))
      throw UsageError(path + ": this is the input itself. Choose another name for the result.");
    const bool isPattern = input.find_first_of("*?[") != std::string::npos;
    const fs::path read = isPattern ? fs::absolute(input, absent).parent_path() : fs::path(input);
    if (fs::is_directory(read, absent) && fs::equivalent(read, folder, absent))
      throw UsageError(path + ": this lies among the inputs. Choose another name or folder for the result.");
  }
}

/// Made where it is missing, which is said.
void requireFolder(const Session& session, const fs::path& folder) {
  std::error_code failure;
  if (!fs::is_directory(folder, failure)) {
    session.bench.makeFolder(folder);
    if (fs::is_directory(folder, failure))
      session.console.note("The folder " + folder.string() + " was made for the result.");
  }
  if (!fs::is_directory(folder, failure))
    throw IoError(folder.string() +
                  ": the folder for the result cannot be made. Choose another folder.");
}

}  // namespace

void checkOutput(const Session& session, const std::string& path) {
  const fs::path file(path);
  const fs::path folder = file.has_parent_path() ? file.parent_path() : ".";
  refuseInput(session, path);
  requireFolder(session, folder);
  std::error_code failure;
  if (access(folder.c_str(), W_OK) != 0)
    throw IoError(path + ": nothing may be written in " + folder.string() +
                  ". Choose another folder, or get permission to write.");
  const bool sequence = fs::is_directory(file, failure);
  const bool there = sequence ? fs::exists(file / "frame_0001.png", failure)
                              : fs::exists(fs::symlink_status(file, failure));
  if (there && !session.arguments.has("--overwrite") && !askedAndGranted(path))
    throw UsageError(path + ": this " + (sequence ? "folder holds pictures" : "file is there") +
                     " already. Add --overwrite to replace it, or choose another name.");
  TargetGuard::expect(sequence ? file / "frame_0001.png" : file);
}

void checkOutput(const Session& session, const std::string& path,
                 const std::vector<std::string>& endings) {
  if (std::find(endings.begin(), endings.end(), lowerEnding(path)) == endings.end())
    throw UsageError("The name \"" + path + "\" must end in " + listOf(endings) + ".");
  std::error_code failure;
  if (fs::is_directory(path, failure))
    throw UsageError(path + ": this is a folder. Choose a file name in it.");
  checkOutput(session, path);
}

}  // namespace stormloom::cli
