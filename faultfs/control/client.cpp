#include "faultfs/control/client.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace holdfast::faultfs {

Result<ControlClient> ControlClient::connect(const std::string& socket_path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_path.size() >= sizeof address.sun_path) {
    return fail(Code::invalid, "the path of the control socket is too long: " + socket_path);
  }
  std::memcpy(address.sun_path, socket_path.data(), socket_path.size());
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return fail(error_of_errno(errno, "make a socket"));
  LineSocket socket(descriptor);  // non-blocking: a full backlog is an error, not a hang
  if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const int error = errno;
    return fail(Code::unavailable,
                "no faultfs answers at " + socket_path + " (" + ::strerror(error) + "); is it mounted?",
                error);
  }
  return ControlClient(std::move(socket));
}

Result<Answer> ControlClient::ask(const Request& request) {
  const bool walks = request.verb == Verb::power_cut || request.verb == Verb::promised;
  const auto time = walks ? kPowerCutTime : kAnswerTime;
  const auto deadline = std::chrono::steady_clock::now() + time;
  const std::string line = print_request(request);
  if (line.size() > kLongestRequest)
    return fail(Code::invalid, "the plan is too large for the control socket");
  if (auto sent = socket_.send_line(line, deadline); !sent) return fail(sent.error());
  auto answer = socket_.receive_line(kLongestAnswer, deadline);
  if (!answer) return fail(answer.error());
  return parse_answer(*answer);
}

Result<std::string> ControlClient::load(const FaultPlan& plan) {
  auto answer = ask({.verb = Verb::load, .plan = plan});
  if (!answer) return fail(answer.error());
  return answer->warning;
}

Status ControlClient::clear() {
  auto answer = ask({Verb::clear});
  return answer ? Status{} : fail(answer.error());
}

Result<std::uint64_t> ControlClient::restore() {
  auto answer = ask({Verb::restore});
  if (!answer) return fail(answer.error());
  return answer->restored;
}

Result<PowerCutReport> ControlClient::cut_power(const PowerCutRequest& cut) {
  auto answer = ask({.verb = Verb::power_cut, .cut = cut});
  if (!answer) return fail(answer.error());
  return std::move(answer->power_cut);
}

Result<UnsyncedReport> ControlClient::unsynced() {
  auto answer = ask({Verb::unsynced});
  if (!answer) return fail(answer.error());
  return std::move(answer->unsynced);
}

Result<Promise> ControlClient::promised() {
  auto answer = ask({Verb::promised});
  if (!answer) return fail(answer.error());
  return std::move(answer->promise);
}

Result<std::string> ControlClient::status() {
  auto answer = ask({Verb::status});
  if (!answer) return fail(answer.error());
  return answer->status;
}

Result<std::string> ControlClient::fault_log() {
  auto answer = ask({Verb::log});
  if (!answer) return fail(answer.error());
  return answer->file;
}

Result<std::vector<std::string>> ControlClient::log() {
  auto answer = ask({Verb::log});
  if (!answer) return fail(answer.error());
  return answer->lines;
}

Result<CoverageReport> ControlClient::coverage() {
  auto answer = ask({Verb::coverage});
  if (!answer) return fail(answer.error());
  return std::move(answer->coverage);
}

Result<TraceLines> ControlClient::trace(const Trigger& when) {
  auto answer = ask({.verb = Verb::trace, .when = when});
  if (!answer) return fail(answer.error());
  return TraceLines{std::move(answer->lines), answer->dropped};
}

Status ControlClient::stop() {
  auto answer = ask({Verb::stop});
  return answer ? Status{} : fail(answer.error());
}

}  // namespace holdfast::faultfs
