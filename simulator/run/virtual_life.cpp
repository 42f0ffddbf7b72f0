#include "simulator/run/virtual_life.h"

#include <fmt/format.h>

#include "simulator/memory/arena.h"
#include "simulator/subject/load_driver.h"

namespace holdfast::run {
namespace {

constexpr Duration kOpenAgain = std::chrono::milliseconds(20);

// Each life draws from streams of its own.
std::string node_name(const std::string& tracker, std::uint32_t life) {
  return life == 0 ? tracker : fmt::format("{}/{}", tracker, life + 1);
}

}  // namespace

VirtualLife::VirtualLife(world::VirtualWorld& world, const Run& run, Number number)
    : world_(world),
      run_(run),
      number_(number),
      node_(world.environment(node_name(run.name, number.own))),
      transport_(node_.transport),
      env_{node_.clock, node_.scheduler, node_.files, transport_, node_.random, node_.log},
      observer_(run.ledger, run.start, run.on_claim),
      sampler_(run.scenario),
      stop_(node_.scheduler.make_event()) {
  observer_.when_breaker(run.on_breaker);
  task_ = node_.scheduler.spawn("main", [this] {
    status_ = live();
    subject_.reset();
    ended_ = true;
  });
}

VirtualLife::~VirtualLife() {
  if (!ended_) kill();
}

Status VirtualLife::live() {
  subject_ = subject::make_subject(env_, run_.subject, observer_);
  if (auto opened = open(); !opened) return opened;
  subject::LoadDriver driver(env_,
                             {.load = run_.scenario.load,
                              .seed = run_.seed,
                              .incarnation = number_.incarnation,
                              .goes_on = number_.own > 0,
                              .first_reference = run_.first_reference,
                              .after_call = [this] { world::VirtualWorld::ring_filled(node_); }},
                             run_.schedule, run_.ledger, *subject_);
  auto load = env_.scheduler.spawn("load", [&] {
    driver.run(run_.start, run_.start + run_.scenario.length());
    load_done_ = true;
  });
  await_stop();
  driver.cancel();
  subject_->interrupt();
  load->join(kNever);
  close();
  return {};
}

Status VirtualLife::open() {
  const Time deadline = env_.clock.now() + kOpenWithin;
  for (;;) {
    auto started = subject_->start();
    if (started || env_.clock.now() >= deadline) return started;
    env_.scheduler.sleep_until(env_.clock.now() + kOpenAgain);
  }
}

void VirtualLife::await_stop() {
  while (!stop_asked_) stop_->wait_until(stop_->ticket(), kNever);
}

// Records left for the next life are no reason to doubt the books; a worker left behind is.
void VirtualLife::close() {
  const auto stopped = subject_->stop(kCloseWithin);
  const memory::Allocating outside(nullptr);  // the note outlives this node
  if (!stopped) note_ = stopped.error().message;
  stats_ = subject_->stats();
  closed_ = !stats_ || stats_->detached_workers == 0;
}

void VirtualLife::ask_to_stop() {
  stop_asked_ = true;
  stop_->notify();
}

// What the subject was, nobody may look at any more: not even to destroy it.
void VirtualLife::kill() {
  world_.kill(node_);
  (void)subject_.release();
  ended_ = true;
}

void VirtualLife::sample() {
  if (!subject_) return;
  if (auto stats = subject_->stats()) sampler_.sample(*stats);
}

SubjectReport VirtualLife::report() {
  SubjectReport report;
  report.stats = stats_;
  report.closed = closed_;
  if (run_.scenario.subject.kind == scenario::SubjectKind::holdfast) {
    report.bounds = sampler_.bounds();
    report.bounds.push_back(in_flight_bound(run_.scenario, transport_));
  }
  report.breaker = observer_.breaker_changes();
  for (auto& change : report.breaker) change.tracker = run_.tracker;
  return report;
}

}  // namespace holdfast::run
