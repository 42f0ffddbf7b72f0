// A world with a disk and an upstream, for the tests of its parts.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "simulator/world/virtual/virtual_world.h"

namespace holdfast::world {

using namespace std::chrono_literals;

inline constexpr Time kStart = VirtualWorld::start();

struct TestWorld {
  explicit TestWorld(WorldSettings settings = {}, upstream::UpstreamSettings service = {})
      : model(service, settings.seed,
              [this](Time at, const RequestElement& element, bool duplicate) {
                applied.push_back({at, element.reference, duplicate});
              }),
        world(std::move(settings), injector, model) {}

  struct Applied {
    Time at;
    std::uint64_t reference;
    bool duplicate;
  };

  // Runs the body on a fiber, to its end.
  void run(std::function<void()> body) { EXPECT_TRUE(world.run(std::move(body), Time(1h))); }
  MemoryDisk& disk() { return world.disk(); }
  Time now() const { return world.clock().now(); }
  void arm(faultfs::Rule rule) { injector.arm({.rules = {std::move(rule)}}, now()); }

  faultfs::Injector injector{1};
  std::vector<Applied> applied;
  upstream::UpstreamModel model;
  VirtualWorld world;
};

inline Bytes bytes_of(const std::string& text) { return as_bytes(text); }

// Why it failed; nothing when it did not. (To ask a success for its error is undefined, and in a test often
// gives the error of the line before.)
template <class T>
std::optional<Code> code_of(const Result<T>& result) {
  return result ? std::nullopt : std::optional(result.error().code);
}

}  // namespace holdfast::world
