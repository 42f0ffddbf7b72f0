// The keys of records that arrived. Sequences come nearly in order, so a word holds sixty-four neighbours: a
// table of single keys would cost a run a cache miss or two a record.
//
//   if (!keys.insert(element.key)) ... a duplicate ...
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>

#include "core/base/random.h"
#include "core/env/transport.h"

namespace holdfast::upstream {

class KeySet {
 public:
  // Whether it is new.
  bool insert(const RecordKey& key) {
    std::uint64_t& word = words_[word_of(key)];
    const bool fresh = (word & bit_of(key)) == 0;
    word |= bit_of(key);
    size_ += fresh ? 1 : 0;
    return fresh;
  }

  bool contains(const RecordKey& key) const {
    const auto found = words_.find(word_of(key));
    return found != words_.end() && (found->second & bit_of(key)) != 0;
  }

  std::size_t size() const { return size_; }

 private:
  static constexpr std::uint64_t kBits = 64;

  struct Hash {
    std::size_t operator()(const RecordKey& key) const noexcept {
      return mix64(key.epoch ^ mix64(key.sequence));
    }
  };

  static RecordKey word_of(const RecordKey& key) { return {key.epoch, key.sequence / kBits}; }
  static std::uint64_t bit_of(const RecordKey& key) { return std::uint64_t{1} << (key.sequence % kBits); }

  std::unordered_map<RecordKey, std::uint64_t, Hash> words_;
  std::size_t size_ = 0;
};

}  // namespace holdfast::upstream
