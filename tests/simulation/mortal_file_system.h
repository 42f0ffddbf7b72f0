// A file system for a program that is killed: from one instant on none of its calls does anything. What
// it had done until then stays as it is, as after kill -9; only its files are closed, so that its locks
// are free.
//
//   MortalFileSystem files(env.files);
//   files.die_after(17);                // calls, counted from now; or files.die() at once
//
// The program goes on and sees a disk that answers EIO to everything: close it and forget what it says.
#pragma once

#include <cerrno>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/env/file_system.h"
#include "simulator/world/virtual/harness_scope.h"

namespace holdfast {

class MortalFileSystem final : public FileSystem {
 public:
  explicit MortalFileSystem(FileSystem& inner) : inner_(inner) {}

  void die_after(std::uint64_t calls) { left_ = calls; }
  void die() { left_ = 0; }
  bool dead() const { return left_ == 0; }
  std::uint64_t calls() const { return calls_; }

  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override {
    if (!lives()) return gone();
    auto file = inner_.open(path, mode);
    if (!file) return fail(file.error());
    return std::make_unique<MortalFile>(*this, std::move(*file));
  }
  Status rename(const std::string& from, const std::string& to) override {
    return lives() ? inner_.rename(from, to) : gone();
  }
  Status remove(const std::string& path) override { return lives() ? inner_.remove(path) : gone(); }
  Status make_directory(const std::string& path) override {
    return lives() ? inner_.make_directory(path) : gone();
  }
  Status remove_directory(const std::string& path) override {
    return lives() ? inner_.remove_directory(path) : gone();
  }
  Result<std::vector<std::string>> list(const std::string& path) override {
    if (!lives()) return gone();
    return inner_.list(path);
  }
  Result<FileStat> stat(const std::string& path) override {
    if (!lives()) return gone();
    return inner_.stat(path);
  }
  Status sync_directory(const std::string& path) override {
    return lives() ? inner_.sync_directory(path) : gone();
  }
  Result<Space> space(const std::string& path) override {
    if (!lives()) return gone();
    return inner_.space(path);
  }

 private:
  class MortalFile final : public File {
   public:
    MortalFile(MortalFileSystem& owner, std::unique_ptr<File> inner)
        : owner_(owner), inner_(std::move(inner)) {}
    Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override {
      if (!owner_.lives()) return gone();
      return inner_->read_at(offset, into);
    }
    Result<std::size_t> write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
      if (!owner_.lives()) return gone();
      return inner_->write_at(offset, bytes);
    }
    Status allocate(std::uint64_t offset, std::uint64_t length) override {
      return owner_.lives() ? inner_->allocate(offset, length) : gone();
    }
    Status truncate(std::uint64_t size) override { return owner_.lives() ? inner_->truncate(size) : gone(); }
    Result<std::uint64_t> size() override {
      if (!owner_.lives()) return gone();
      return inner_->size();
    }
    Status sync_data() override { return owner_.lives() ? inner_->sync_data() : gone(); }
    Status sync() override { return owner_.lives() ? inner_->sync() : gone(); }
    Result<bool> try_lock() override {
      if (!owner_.lives()) return gone();
      return inner_->try_lock();
    }
    Status close() override { return inner_->close(); }  // the system does that for the dead

   private:
    MortalFileSystem& owner_;
    std::unique_ptr<File> inner_;
  };

  static std::unexpected<Error> gone() { return fail(Code::io, "the program was killed", EIO); }
  bool lives() {
    const world::HarnessScope scope;
    if (left_ == 0) return false;
    ++calls_;
    --left_;
    return true;
  }

  FileSystem& inner_;
  std::uint64_t left_ = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t calls_ = 0;
};

}  // namespace holdfast
