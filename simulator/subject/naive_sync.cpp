#include "simulator/subject/naive_sync.h"

#include <filesystem>

namespace holdfast::subject {
namespace {

constexpr Duration kRetryPause = std::chrono::milliseconds(100);

}  // namespace

class NaiveSyncCaller final : public Caller {
 public:
  explicit NaiveSyncCaller(NaiveSync& subject) : subject_(subject) {}

  oracle::CallOutcome call(const UsageRecord& record) override {
    const WallTime now = subject_.env_.clock.wall();
    Request request = subject_.send_.request_for(record);
    const bool done = subject_.persist([&] { return subject_.file_.add(record, now).has_value(); }) &&
                      subject_.persist([&] { return subject_.send_.once(request); });
    return done ? oracle::CallOutcome::accepted : oracle::CallOutcome::failed;
  }

 private:
  NaiveSync& subject_;
};

NaiveSync::NaiveSync(const Environment& env, const Options& options, Patience patience)
    : env_(env),
      directory_(options.spool.directory),
      patience_(patience),
      file_(options.spool.directory + "/usage.json"),
      send_(env, options.delivery.timeout) {}

Status NaiveSync::start() {
  std::error_code problem;
  std::filesystem::create_directories(directory_, problem);
  if (problem) return fail(error_of_errno(problem.value(), "make the directory " + directory_));
  return {};
}

std::unique_ptr<Caller> NaiveSync::make_caller(std::uint32_t) {
  return std::make_unique<NaiveSyncCaller>(*this);
}

template <class Attempt>
bool NaiveSync::persist(Attempt attempt) {
  while (!send_.interrupted()) {
    if (attempt()) return true;
    if (patience_ == Patience::one_try) return false;
    env_.scheduler.sleep_until(env_.clock.now() + kRetryPause);
  }
  return false;
}

}  // namespace holdfast::subject
