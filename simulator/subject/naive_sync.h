// The controls with a file, as the older trackers had it: each call reads the whole usage file,
// changes it and writes it back under one lock, never syncs it, then sends its record and waits for
// the answer.
//
//   naive-sync    a failure of either returns at once: the caller has lost the record
//   naive-retry   each is tried again, 100 ms later, until it succeeds: the caller waits as long
//
// Real files, so LIVE only. Nothing is ever claimed durable.
#pragma once

#include "simulator/subject/single_send.h"
#include "simulator/subject/subject.h"
#include "simulator/subject/whole_file_json.h"

namespace holdfast::subject {

class NaiveSync final : public Subject {
 public:
  enum class Patience : std::uint8_t { one_try, for_ever };

  NaiveSync(const Environment& env, const Options& options, Patience patience);

  Status start() override;
  std::unique_ptr<Caller> make_caller(std::uint32_t producer) override;
  bool drained() const override { return true; }
  void interrupt() override { send_.interrupt(); }
  Status stop(Duration) override { return {}; }
  std::optional<Stats> stats() const override { return std::nullopt; }

 private:
  friend class NaiveSyncCaller;

  // Whether `attempt` succeeded, tried as often as the patience lasts.
  template <class Attempt>
  bool persist(Attempt attempt);

  Environment env_;
  std::string directory_;
  Patience patience_;
  WholeFile file_;
  SingleSend send_;
};

}  // namespace holdfast::subject
