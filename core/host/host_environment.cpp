#include "core/host/host_environment.h"

#include <random>

#include "core/host/curl_transport.h"
#include "core/host/posix_file_system.h"
#include "core/host/spdlog_log.h"
#include "core/host/system_clock.h"
#include "core/host/thread_scheduler.h"

namespace holdfast::host {
namespace {

std::uint64_t seed_of_the_machine() {
  std::random_device device;
  return (static_cast<std::uint64_t>(device()) << 32) | device();
}

}  // namespace

struct HostEnvironment::Ports {
  Ports(std::string endpoint, std::uint64_t seed, Log::Level least)
      : transport(std::move(endpoint)), log(clock, least), random(seed) {}

  SystemClock clock;
  ThreadScheduler scheduler;
  PosixFileSystem files;
  CurlTransport transport;
  SpdlogLog log;
  Random random;
};

HostEnvironment::HostEnvironment(std::string endpoint, std::optional<std::uint64_t> seed, Log::Level least)
    : ports_(std::make_unique<Ports>(std::move(endpoint), seed ? *seed : seed_of_the_machine(), least)) {}

HostEnvironment::~HostEnvironment() = default;

Environment HostEnvironment::environment() {
  return {.clock = ports_->clock,
          .scheduler = ports_->scheduler,
          .files = ports_->files,
          .transport = ports_->transport,
          .random = ports_->random,
          .log = ports_->log};
}

}  // namespace holdfast::host
