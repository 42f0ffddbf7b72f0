// A name that is not resolved in time. The resolver of this program is replaced: one name takes as long
// as the test wants, every other is looked up as usual.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <netdb.h>

#include <atomic>
#include <string_view>
#include <thread>

#include "core/host/curl_transport.h"

namespace {

constexpr std::string_view kSlowName = "slow.test";
std::atomic<bool> let_go{false};
std::atomic<int> resolving{0};

}  // namespace

extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** result) {
  using Resolve = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto real = reinterpret_cast<Resolve>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  if (node == nullptr || node != kSlowName) return real(node, service, hints, result);
  ++resolving;
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!let_go && std::chrono::steady_clock::now() < patience)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  --resolving;
  return EAI_AGAIN;
}

namespace holdfast::host {
namespace {

using namespace std::chrono_literals;

TEST(CurlTransport, ANameServerThatKeepsSilentHoldsNoRequestPastItsDeadline) {
  CurlTransport transport("http://slow.test:1");
  const CancelFlag never = false;
  const Time deadline = Time(std::chrono::steady_clock::now().time_since_epoch()) + 100ms;
  const SendResult result =
      transport.send({.method = "GET", .target = "/", .body = {}, .elements = {}}, deadline, never);
  EXPECT_EQ(result.outcome, SendResult::Outcome::not_sent);
  EXPECT_EQ(result.error.code, Code::timeout);
  EXPECT_EQ(resolving, 1) << "it was still being resolved";
  let_go = true;
  while (resolving > 0) std::this_thread::sleep_for(1ms);
}

}  // namespace
}  // namespace holdfast::host
