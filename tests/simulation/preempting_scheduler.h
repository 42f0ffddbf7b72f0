// A scheduler whose events take a millisecond to give a ticket: between looking at its state and
// taking a ticket a worker is interrupted, every time. What is notified meanwhile must not be missed.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "core/env/clock.h"
#include "core/env/scheduler.h"

namespace holdfast {

class PreemptingScheduler final : public Scheduler {
 public:
  PreemptingScheduler(Scheduler& inner, const Clock& clock) : inner_(inner), clock_(clock) {}

  std::unique_ptr<Task> spawn(std::string name, std::function<void()> body) override {
    return inner_.spawn(std::move(name), std::move(body));
  }
  std::unique_ptr<Event> make_event() override {
    return std::make_unique<SlowTicket>(inner_, clock_, inner_.make_event());
  }
  void sleep_until(Time when) override { inner_.sleep_until(when); }
  void idle_until(Time tick, Time latest) override { inner_.idle_until(tick, latest); }

 private:
  class SlowTicket final : public Event {
   public:
    SlowTicket(Scheduler& scheduler, const Clock& clock, std::unique_ptr<Event> inner)
        : scheduler_(scheduler), clock_(clock), inner_(std::move(inner)) {}
    std::uint64_t ticket() const override {
      scheduler_.sleep_until(clock_.now() + std::chrono::milliseconds(1));
      return inner_->ticket();
    }
    void notify() override { inner_->notify(); }
    bool wait_until(std::uint64_t ticket, Time deadline) override {
      return inner_->wait_until(ticket, deadline);
    }

   private:
    Scheduler& scheduler_;
    const Clock& clock_;
    std::unique_ptr<Event> inner_;
  };

  Scheduler& inner_;
  const Clock& clock_;
};

}  // namespace holdfast
