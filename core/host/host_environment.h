// The real machine as an Environment.
//
//   host::HostEnvironment host("http://127.0.0.1:8053");
//   auto tracker = Tracker::open(host.environment(), options);
//
// Must outlive every tracker opened with it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/env/environment.h"

namespace holdfast::host {

class HostEnvironment {
 public:
  // Without a seed, randomness comes from the operating system.
  explicit HostEnvironment(std::string endpoint, std::optional<std::uint64_t> seed = std::nullopt,
                           Log::Level least = Log::Level::warning);
  ~HostEnvironment();
  HostEnvironment(const HostEnvironment&) = delete;
  HostEnvironment& operator=(const HostEnvironment&) = delete;

  Environment environment();

 private:
  struct Ports;
  std::unique_ptr<Ports> ports_;
};

}  // namespace holdfast::host
