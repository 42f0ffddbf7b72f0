// The subject of a LIVE run through its lives: started, killed or asked to stop, started again, ended;
// and what each life left behind, written into the run's record.
//
//   SubjectLives lives(settings, record);
//   lives.begin();                        // the first life; ready when it returns
//   lives.kill(since_start());            // -9
//   lives.ask_to_stop(since_start());     // in order; start_again() kills it if it has not ended
//   lives.start_again();                  // the next life; does not wait for it
//   lives.pause(); lives.resume();
//   lives.shift_wall(-1h, "ntp");         // counts the event as fired when the subject has answered;
//   lives.shift_wall(0s, "");             // right again
//   lives.end();                          // in order, at the end of the run, paused or not
//
// A life that ends without orders breaks the law of isolation: watch() notes it, and hears what the
// subject answers. The destructor kills what still runs. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "simulator/oracle/run_record.h"
#include "simulator/run/subject_report_json.h"
#include "simulator/world/live/subject_process.h"

namespace holdfast::run {

class SubjectLives {
 public:
  struct Settings {
    // The command line of a life, by its number.
    std::function<std::vector<std::string>(std::uint16_t incarnation)> command;
    std::string log;     // what the lives say on standard error
    std::string report;  // where a life that ends in order leaves its SubjectReport
  };

  SubjectLives(Settings settings, oracle::RunRecord& record)
      : settings_(std::move(settings)), record_(record) {}

  Status begin();
  void kill(Duration at);
  void ask_to_stop(Duration at);
  Status start_again();
  void pause();
  void resume();
  void shift_wall(Duration shift, const std::string& event);
  void watch();
  // What a person should know: why there is no report, say; "" when there is nothing to tell.
  std::string end();

  std::uint16_t incarnation() const { return incarnation_; }
  bool died() const { return record_.isolation && record_.isolation->died; }

 private:
  world::SubjectProcess& process();  // of the present life
  Status spawn();
  void note_death();
  void hear();
  void end_stopped_life();
  std::string take_report(world::SubjectProcess::Exit exit);
  void add(const SubjectReport& report);

  Settings settings_;
  oracle::RunRecord& record_;
  std::unique_ptr<world::SubjectProcess> process_;  // null between two lives
  std::uint16_t incarnation_ = 0;
  std::optional<Duration> stop_asked_;             // of the present life
  std::map<std::string, std::string> unanswered_;  // order -> the event that gave it
};

}  // namespace holdfast::run
