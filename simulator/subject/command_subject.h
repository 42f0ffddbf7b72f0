// Another program as a subject: any tracker, in any language, that reads records as JSON lines on
// its standard input and delivers them to the upstream under their references.
//
//   "subject": { "kind": "command", "command": ["python3", "tracker.py"] }
//
//   HOLDFAST_DIR          a directory on the faulted mount, which exists
//   HOLDFAST_URL          the upstream, "http://127.0.0.1:41231"
//   HOLDFAST_LEDGER_FD    a descriptor for JSON lines of its own: what is durable, what was dropped
//
// A record is accepted when its line is in the pipe; a full pipe makes the caller wait. A program
// that writes no ledger is judged by the upstream alone. End of input asks it to finish; it must
// then end with code 0. LIVE only. docs/formats.md has the lines.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "core/base/mutex.h"
#include "simulator/subject/child_program.h"
#include "simulator/subject/subject.h"

namespace holdfast::subject {

class CommandSubject final : public Subject {
 public:
  CommandSubject(const Environment& env, scenario::Subject settings, Observer& observer)
      : env_(env), settings_(std::move(settings)), observer_(observer) {}
  ~CommandSubject() override;

  Status start() override;
  std::unique_ptr<Caller> make_caller(std::uint32_t producer) override;
  bool drained() const override { return true; }
  Status health() const override;
  void interrupt() override { interrupted_.store(true); }
  Status stop(Duration within) override;
  std::optional<Stats> stats() const override { return std::nullopt; }

 private:
  friend class CommandCaller;

  Status make_directory();
  void read_ledger();
  void take(std::string_view line);
  void note_problem(const std::string& problem);
  const std::string& directory() const { return settings_.options.spool.directory; }

  Environment env_;
  scenario::Subject settings_;
  Observer& observer_;
  std::unique_ptr<ChildProgram> child_;
  std::unique_ptr<Task> reader_;
  std::atomic<bool> interrupted_{false};
  std::atomic<bool> child_gone_{false};
  std::uint64_t lines_ = 0;  // of the ledger, so far
  mutable base::Mutex mutex_;
  std::string problem_;  // the first; guarded by the mutex
};

}  // namespace holdfast::subject
