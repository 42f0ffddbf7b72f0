// Speaks to a running faultfs.
//
//   auto client = ControlClient::connect(*control_socket_for("/mnt/spool"));
//   client->load(plan);                     // active when this returns
//   client->clear();
//
// One thread at a time. Every call has a deadline of kAnswerTime (cut_power and promised of kPowerCutTime);
// after Code::timeout or Code::unavailable the connection is of no more use.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "faultfs/control/line_socket.h"
#include "faultfs/control/protocol_json.h"

namespace holdfast::faultfs {

class ControlClient {
 public:
  static constexpr auto kAnswerTime = std::chrono::seconds(5);
  static constexpr auto kPowerCutTime = std::chrono::seconds(60);  // the whole tree may be walked

  static Result<ControlClient> connect(const std::string& socket_path);

  // What the rules cannot reach, as a sentence; empty when they reach everything.
  Result<std::string> load(const FaultPlan& plan);
  Status clear();
  // Undoes damage; how many places were put back.
  Result<std::uint64_t> restore();
  // Takes what is not durable, and every open file. Of a mount with --power-cut.
  Result<PowerCutReport> cut_power(const PowerCutRequest& cut = {});
  // What is not durable now. Of a mount with --power-cut.
  Result<UnsyncedReport> unsynced();
  // What was promised to be durable. Of a mount with --power-cut.
  Result<Promise> promised();
  // The state of the mount, as a JSON object.
  Result<std::string> status();
  // The file of the fault log; empty when the mount keeps it in memory.
  Result<std::string> fault_log();
  // The newest lines of the fault log, when the mount keeps it in memory.
  Result<std::vector<std::string>> log();
  // What was asked of the mount so far.
  Result<CoverageReport> coverage();
  // The requests since it was called last; the first call begins the trace. Call it at least every second.
  // Of the coming ones those that `when` means.
  Result<TraceLines> trace(const Trigger& when = {});
  // Asks the daemon to unmount and end.
  Status stop();

 private:
  explicit ControlClient(LineSocket socket) : socket_(std::move(socket)) {}
  LineSocket socket_;

  Result<Answer> ask(const Request& request);
};

}  // namespace holdfast::faultfs
