#include "core/usage/book.h"

#include <algorithm>
#include <tuple>

namespace holdfast::usage {
namespace {

// What of one life two books know is a part of the other's: a life only ever counts on.
bool knows_less(const Life& life, const Life& other) {
  const auto extent = [](const Life& l) { return std::tuple(l.counted.size(), l.closed); };
  return extent(life) < extent(other);
}

// The shorter history ends with a fold that the longer one has made too, if it still remembers so far.
bool grew_from(const Book& longer, const Book& shorter) {
  if (shorter.folds == 0 || longer.folds - shorter.folds >= Book::kMaxFolded) return true;
  return longer.is_folded(shorter.folded.back());
}

}  // namespace

Life& Book::life(std::uint64_t epoch, const Bounds& bounds) {
  const auto found = std::ranges::find(lives, epoch, &Life::epoch);
  if (found != lives.end()) return *found;
  if (lives.size() >= kMaxLives) {
    const auto closed = std::ranges::find(lives, true, &Life::closed);
    fold(closed != lives.end() ? closed->epoch : lives.front().epoch, bounds);
  }
  return lives.emplace_back(Life{.epoch = epoch, .counted = {}, .totals = {}});
}

const Life* Book::find(std::uint64_t epoch) const {
  const auto found = std::ranges::find(lives, epoch, &Life::epoch);
  return found == lives.end() ? nullptr : &*found;
}

bool Book::is_folded(std::uint64_t epoch) const { return std::ranges::find(folded, epoch) != folded.end(); }

bool Book::is_over(std::uint64_t epoch) const {
  const Life* life = find(epoch);
  return is_folded(epoch) || (life != nullptr && life->closed);
}

void Book::fold(std::uint64_t epoch, const Bounds& bounds) {
  const auto life = std::ranges::find(lives, epoch, &Life::epoch);
  if (life == lives.end()) return;
  history.add(life->totals, bounds);
  lives.erase(life);
  ++folds;
  folded.push_back(epoch);
  if (folded.size() > kMaxFolded) folded.erase(folded.begin());
}

Totals Book::totals(const Bounds& bounds) const {
  Totals all = history;
  for (const Life& life : lives) all.add(life.totals, bounds);
  return all;
}

Sums Book::sum() const {
  Sums sum = history.sum();
  for (const Life& life : lives) sum += life.totals.sum();
  return sum;
}

bool merge(Book& into, const Book& from, const Bounds& bounds) {
  const bool from_is_longer = from.folds > into.folds;
  if (!grew_from(from_is_longer ? from : into, from_is_longer ? into : from)) return false;
  into.generation = std::max(into.generation, from.generation);
  if (from_is_longer) {
    into.history = from.history;
    into.folds = from.folds;
    into.folded = from.folded;
    std::erase_if(into.lives, [&](const Life& life) { return into.is_folded(life.epoch); });
  }
  for (const Life& theirs : from.lives) {
    if (into.is_folded(theirs.epoch)) continue;
    Life& ours = into.life(theirs.epoch, bounds);
    if (knows_less(ours, theirs)) ours = theirs;
  }
  return true;
}

}  // namespace holdfast::usage
