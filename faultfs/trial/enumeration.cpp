#include "faultfs/trial/enumeration.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "faultfs/model/errnos.h"

namespace holdfast::faultfs {
namespace {

// Nobody hears what these answer.
bool is_heard(Operation operation) {
  return operation != Operation::release && operation != Operation::releasedir;
}

std::vector<int> errors_of(const PointChoice& choice, Operation operation) {
  std::vector<int> errors;
  if (choice.errors.empty())
    for (const auto name : answers_of(operation)) errors.push_back(errno_from(name).value());
  for (const int error : choice.errors)
    if (may_answer(operation, error)) errors.push_back(error);
  return errors;
}

std::string name_of(const FailurePoint& point) {
  const std::string where = point.file_class.empty() ? "the root" : point.file_class;
  return std::string(to_string(point.operation)) + " " + std::to_string(point.nth) + " of " + where + ": " +
         errno_name(point.error);
}

// A rule's name has a bound; a class has a longer one.
constexpr std::size_t kLongestName = 200;

Status make_plan(FailurePoint& point, const PathClasses& classes, const PointChoice& choice) {
  Rule rule{.name = name_of(point).substr(0, kLongestName)};
  rule.when.operations = {point.operation};
  if (!choice.persistent) rule.when.nth = point.nth;
  rule.effect.error = ErrorEffect{point.error};
  if (auto aimed = classes.aim(rule.when, point.file_class); !aimed) return aimed;
  point.plan.rules.push_back(std::move(rule));
  return {};
}

// Hands out the points to threads and takes in what they found.
class Enumeration {
 public:
  using Tell = std::function<void(std::size_t, const PointResult&)>;
  Enumeration(Workshop& workshop, const Trial& reference, const std::vector<FailurePoint>& points,
              const Tell& tell)
      : workshop_(workshop), reference_(reference), points_(points), tell_(tell), results_(points.size()) {}

  Enumerated run(std::size_t jobs) {
    {
      std::vector<std::jthread> helpers;
      for (std::size_t i = 1; i < std::min(jobs, points_.size()); ++i)
        helpers.emplace_back([this] { work(); });
      work();
    }
    std::erase_if(results_, [](const PointResult& result) { return result.point == nullptr; });
    return {std::move(results_), failure_};
  }

 private:
  Workshop& workshop_;
  const Trial& reference_;
  const std::vector<FailurePoint>& points_;
  const Tell& tell_;
  std::vector<PointResult> results_;
  std::atomic<std::size_t> next_{0};
  std::mutex mutex_;
  std::size_t done_ = 0;
  std::optional<Error> failure_;

  bool has_failed() {
    const std::lock_guard lock(mutex_);
    return failure_.has_value();
  }

  void work() {
    for (std::size_t i = next_++; i < points_.size() && !has_failed(); i = next_++) {
      auto trial = run_trial(workshop_, {.plan = points_[i].plan});
      const std::lock_guard lock(mutex_);
      if (!trial) {
        if (!failure_) failure_ = trial.error();
        return;
      }
      results_[i] = judge(points_[i], *trial);
      tell_(++done_, results_[i]);
    }
  }

  PointResult judge(const FailurePoint& point, const Trial& trial) const {
    return {.point = &point,
            .reached = !trial.fault_log.empty(),
            .why = why_not_survived(workshop_.options(), trial, reference_),
            .program = trial.program,
            .errors = trial.errors};
  }
};

}  // namespace

Result<std::vector<FailurePoint>> points_to_fail(const CoverageReport& seen, const PathClasses& classes,
                                                 const PointChoice& choice) {
  std::vector<FailurePoint> points;
  for (const CoveragePoint& found : seen.points) {
    if (!is_heard(found.operation)) continue;
    for (const int error : errors_of(choice, found.operation)) {
      const std::uint64_t last = choice.every ? found.requests : 1;
      if (points.size() + last > kMostPoints)
        return fail(Code::invalid, "more than " + std::to_string(kMostPoints) +
                                       " points would fail; name fewer --errors, leave --every out, or fold "
                                       "files with --class");
      for (std::uint64_t nth = 1; nth <= last; ++nth) {
        FailurePoint point{found.file_class, found.operation, error, nth};
        if (auto made = make_plan(point, classes, choice); !made) return fail(made.error());
        points.push_back(std::move(point));
      }
    }
  }
  return points;
}

Enumerated enumerate(Workshop& workshop, const Trial& reference, const std::vector<FailurePoint>& points,
                     std::size_t jobs, const std::function<void(std::size_t, const PointResult&)>& tell) {
  return Enumeration(workshop, reference, points, tell).run(jobs);
}

}  // namespace holdfast::faultfs
