#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <chrono>
#include <filesystem>
#include <optional>
#include <thread>
#include <tuple>
#include <utility>

#include "app/cli/batch_plan.h"
#include "app/cli/claims.h"
#include "app/cli/help.h"
#include "app/cli/inputs.h"
#include "app/cli/job_share.h"
#include "core/receipt_in_file.h"
#include "core/scratch_file.h"
#include "core/shell_words.h"

namespace stormloom::cli {

namespace {

namespace fs = std::filesystem;

/// One line that other programs may read while the batch runs; a single write, so that lines of
/// several processes do not mix.
void printLine(const Json& line) {
  const std::string text = line.dump() + "\n";
  if (write(STDOUT_FILENO, text.data(), text.size()) < 0) return;
}

/// The files of a job: its result and, where it asks for one, the animation.
std::vector<std::string> filesOf(const BatchJob& job) {
  std::vector<std::string> files = {job.file};
  const auto animate = std::find(job.words.begin(), job.words.end(), "--animate");
  if (animate != job.words.end()) files.push_back(*(animate + 1));
  return files;
}

bool hasAllFiles(const BatchJob& job) {
  const std::vector<std::string> files = filesOf(job);
  return std::all_of(files.begin(), files.end(),
                     [](const std::string& file) { return fs::exists(file); });
}

/// Why a job failed, for the other processes of this batch until its list is written.
std::string failureFile(const BatchJob& job) {
  const fs::path file(job.file);
  return (file.parent_path() / ("." + file.filename().string() + ".failed")).string();
}

/// What is common to all jobs of a process.
class BatchRun {
public:
  BatchRun(const Session& session, BatchPlan plan)
      : session_(session), plan_(std::move(plan)), claims_(plan_.out), done_(plan_.jobs.size()) {}

  void work(JobShare& share, int worker) {
    takeOneGpu(worker);
    addEngineOptions();
    while (const auto job = share.next()) tryJob(std::size_t(*job));
    finishOthers();
  }

  /// In the order of the plan and without times of day: the same list however often the batch was
  /// interrupted.
  void writeList() const {
    std::string list;
    for (const BatchJob& job : plan_.jobs) {
      Json line = job.facts;
      line.set("file", fs::path(job.file).filename().string());
      if (fs::is_regular_file(job.file)) line.set("sha256", session_.bench.hashOf(job.file));
      if (fs::exists(failureFile(job))) line.set("error", readWholeFile(failureFile(job)));
      list += line.dump() + "\n";
    }
    writeWholeFile((fs::path(plan_.out) / "results.jsonl").string(), list);
    std::error_code gone;
    for (const BatchJob& job : plan_.jobs) fs::remove(failureFile(job), gone);
  }

  ExitCode code() const { return code_; }
  std::size_t size() const { return plan_.jobs.size(); }

private:
  void addEngineOptions() {
    const Arguments& asked = session_.arguments;
    for (const char* name : {"--device", "--precision", "--threads"})
      if (asked.has(name)) engineWords_.insert(engineWords_.end(), {name, asked.text(name)});
  }

  /// True when the job is settled: made, kept or failed; false while another process makes it.
  bool tryJob(std::size_t index) {
    stopHere(session_);
    const BatchJob& job = plan_.jobs[index];
    const auto claim = claims_.tryClaim(fs::path(job.file).filename().string());
    if (!claim) return false;
    done_[index] = true;
    for (const std::string& file : filesOf(job)) removeStaleScratch(file);
    std::error_code gone;
    fs::remove(failureFile(job), gone);
    try {
      if (isThere(job)) {
        report(job, "kept", {});
      } else {
        make(job);
        report(job, "made", {});
      }
    } catch (const StormloomError& error) {
      if (code_ == ExitCode::Done) code_ = error.exitCode();
      report(job, "failed", error.what());
      writeWholeFile(failureFile(job), error.what());
    }
    return true;
  }

  std::vector<std::string> wordsOf(const BatchJob& job) const {
    std::vector<std::string> words = job.words;
    words.insert(words.end(), engineWords_.begin(), engineWords_.end());
    return words;
  }

  /// Outputs by their bare names: the same job in another folder is the same file.
  std::vector<std::string> recordedWords(const BatchJob& job) const {
    std::vector<std::string> words = wordsOf(job);
    for (std::size_t i = 1; i < words.size(); ++i)
      if (words[i - 1] == "--out" || words[i - 1] == "--animate")
        words[i] = fs::path(words[i]).filename().string();
    return words;
  }

  void make(const BatchJob& job) const {
    std::vector<std::string> words = wordsOf(job);
    words.push_back("--overwrite");  // what is there is this job's own, or nobody's any more
    runInside(session_, {words, "stormloom-cli " + quotedForShell(recordedWords(job))},
              Console([](const Json&) {}));
  }

  /// The results of this very job from an earlier run, all of them. Another file of such a name is
  /// not replaced.
  bool isThere(const BatchJob& job) const {
    bool all = true;
    for (const std::string& file : filesOf(job)) all = isThere(job, file) && all;
    return all;
  }

  bool isThere(const BatchJob& job, const std::string& file) const {
    if (!fs::exists(file)) return false;
    const auto receipt = receiptOf(file);
    const Command command = commandNamed(job.words.front());
    const std::vector<Option> known = withCommonOptions(command.options);
    const std::vector<std::string> words = wordsOf(job);
    const Arguments arguments = parseArguments(known, {words.begin() + 1, words.end()});
    const bool same = receipt && receipt->command == command.name &&
                      receipt->options == arguments.recordedOptions(known) &&
                      inputsAreTheSame(*receipt);
    if (!same && !session_.arguments.has("--overwrite"))
      throw UsageError(
          file +
          ": a file of this name is there and is no result of this job. Remove it, add "
          "--overwrite, or choose another folder with \"out\".");
    return same;
  }

  bool inputsAreTheSame(const Receipt& receipt) const {
    for (const ReceiptInput& input : receipt.inputs)
      if (!fs::is_regular_file(input.path) || session_.bench.hashOf(input.path) != input.sha256)
        return false;
    return true;
  }

  void report(const BatchJob& job, const char* state, const std::string& error) const {
    Json line = job.facts;
    line.set("file", job.file);
    line.set("state", state);
    if (!error.empty()) line.set("error", error);
    printLine(line);
  }

  /// Waits for what others make, and makes it where they died.
  void finishOthers() {
    for (bool waiting = true; waiting;) {
      waiting = false;
      for (std::size_t index = 0; index < done_.size(); ++index)
        if (!done_[index] && !finished(index) && !tryJob(index)) waiting = true;
      stopHere(session_);
      if (waiting) std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  }

  /// Made by another process meanwhile, whole as soon as it has its name, or failed there.
  bool finished(std::size_t index) {
    const BatchJob& job = plan_.jobs[index];
    if (!hasAllFiles(job) && !failedMeanwhile(job)) return false;
    done_[index] = true;
    return true;
  }

  bool failedMeanwhile(const BatchJob& job) const {
    std::error_code absent;
    const auto time = fs::last_write_time(failureFile(job), absent);
    return !absent && time >= begun_;
  }

  const Session& session_;
  BatchPlan plan_;
  Claims claims_;
  fs::file_time_type begun_ = fs::file_time_type::clock::now() - std::chrono::seconds(1);
  std::vector<bool> done_;
  std::vector<std::string> engineWords_;
  ExitCode code_ = ExitCode::Done;
};

BatchPlan planFrom(const Session& session) {
  const Arguments& arguments = session.arguments;
  const std::string& path = arguments.positionals().front();
  std::error_code failure;
  if (!fs::is_directory(path, failure)) {
    BatchPlan plan = planFromFile(path);
    if (arguments.has("--out"))
      throw UsageError("The job file says where results go; leave --out out.");
    return plan;
  }
  Json settings = Json::object({{"out", fs::absolute(arguments.required("--out")).string()},
                                {"n", arguments.numbers("--n", -4.0, 4.0)},
                                {"seeds", arguments.numbers("--seeds", 0.0, 9e15)},
                                {"members", arguments.integer("--members", 1, 256)}});
  Json models = Json::array();
  std::string word;
  for (const char c : arguments.text("--models") + ",") {
    if (c == ',')
      models.push(std::exchange(word, {}));
    else
      word += c;
  }
  settings.set("models", models);
  return planFromFolder(path, settings);
}

/// Starts the other workers of this host: the same command line with a number. They end with us.
std::vector<pid_t> startWorkers(const Session& session, int workers) {
  std::vector<pid_t> children;
  const pid_t parent = getpid();
  for (int k = 1; k < workers; ++k) {
    const std::string number = std::to_string(k) + "/" + std::to_string(workers);
    std::vector<std::string> words = {"stormloom-cli", "batch"};
    for (const std::string& word : session.arguments.positionals()) words.push_back(word);
    for (const auto& [name, value] : session.arguments.all())
      if (name != "--workers") {
        words.push_back(name);
        if (!value.empty()) words.push_back(value);
      }
    words.insert(words.end(), {"--worker", number});
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const pid_t child = fork();
    if (child == 0) {
      prctl(PR_SET_PDEATHSIG, SIGTERM);
      if (getppid() != parent) _exit(int(ExitCode::Cancelled));
      execv("/proc/self/exe", arguments.data());
      _exit(int(ExitCode::DeviceOrMemory));
    }
    if (child > 0) children.push_back(child);
  }
  return children;
}

/// "2/4": the third of four.
std::pair<int, int> workerNumber(const std::string& text) {
  int worker = 0;
  int workers = 1;
  if (std::sscanf(text.c_str(), "%d/%d", &worker, &workers) != 2 || worker < 0 || worker >= workers)
    throw UsageError("--worker needs K/N, not \"" + text + "\".");
  return {worker, workers};
}

ExitCode run(const Session& session) {
  std::signal(SIGPIPE, SIG_IGN);  // whoever read the lines may have gone; the results still count
  BatchPlan plan = planFrom(session);
  std::error_code failure;
  fs::create_directories(plan.out, failure);
  if (!fs::is_directory(plan.out))
    throw IoError(plan.out + ": the folder for the results cannot be made. Choose another.");
  int workers = session.arguments.integer("--workers", 0, 256);
  if (sharedFromOutside()) workers = 1;
  if (workers == 0) workers = std::max(1, visibleGpus());
  int worker = 0;
  std::vector<pid_t> children;
  if (session.arguments.has("--worker"))
    std::tie(worker, workers) = workerNumber(session.arguments.text("--worker"));
  else
    children = startWorkers(session, workers);
  BatchRun batch(session, std::move(plan));
  const auto share = shareJobs(int(batch.size()), worker, workers);
  batch.work(*share, worker);
  ExitCode code = batch.code();
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    if (code == ExitCode::Done && WIFEXITED(status)) code = ExitCode(WEXITSTATUS(status));
  }
  share->meet();
  if (share->rank() == 0 && worker == 0) batch.writeList();
  return code;
}

}  // namespace

Command batchCommand() {
  return {
      "batch",
      "JOB.json|FOLDER",
      "Many events, models, intensities and seeds; goes on where it was interrupted.",
      "JOB.json: {\"out\": \"results\", \"events\": [{\"name\": \"a\", \"paths\": [\"radar/a\"], "
      "\"at\": [\"2019-06-10T00:24:00Z\"],\n\"box\": \"auto\"}], \"models\": [\"extrapolation\", "
      "\"prediff\"], \"n\": [-2, 0, 2], \"seeds\": [1, 2], \"members\": 1,\n\"animate\": "
      "\".mp4\"}. Of a folder every file or folder in it is an event. Each result gives a line of "
      "JSON at once;\nresults.jsonl lists all at the end. Under mpirun or Slurm the jobs are "
      "shared between the ranks:\nmpirun -n 8 stormloom-cli batch job.json (Open MPI wants --allow-run-as-root from root).",
      {{"--out", "FOLDER", "Of a folder of events: where results go.", "", "", true},
       {"--models", "LIST", "Of a folder of events.", "prediff"},
       {"--n", "LIST", "Of a folder of events.", "0"},
       {"--seeds", "LIST", "Of a folder of events.", "1"},
       {"--members", "M", "Of a folder of events.", "1"},
       {"--workers", "K", "Processes on this host; 0: one for each GPU.", "0"},
       {"--worker", "K/N", "This process is one of N (used by the program itself).", ""}},
      {"batch job.json",
       "batch /data/events --out results --n -2,0,2 --models extrapolation,prediff"},
      1,
      1,
      run};
}

}  // namespace stormloom::cli
