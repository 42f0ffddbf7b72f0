// A file descriptor that is closed at the end.
//
//   Descriptor file(::open(path, O_RDONLY | O_CLOEXEC));
//   if (!file) ... errno ...
//   ::read(*file, ...);
//
// One owner; moved, not copied.
#pragma once

#include <unistd.h>

#include <utility>

namespace holdfast::faultfs {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }

  explicit operator bool() const { return number_ >= 0; }
  int operator*() const { return number_; }

 private:
  int number_ = -1;
};

}  // namespace holdfast::faultfs
