#include "faultfs/trial/promise_check.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

namespace holdfast::faultfs {
namespace {

namespace fs = std::filesystem;

PromisedName::Kind kind_of(const fs::file_status& status) {
  switch (status.type()) {
    case fs::file_type::regular: return PromisedName::file;
    case fs::file_type::directory: return PromisedName::directory;
    case fs::file_type::symlink: return PromisedName::symlink;
    default: return PromisedName::other;
  }
}

class Check {
 public:
  explicit Check(fs::path directory) : directory_(std::move(directory)) {}

  void name(const PromisedName& promised) {
    const auto status = status_of(promised.path);
    if (!fs::exists(status)) return tell("{}: the name was durable, and is missing", promised.path);
    const auto kind = kind_of(status);
    if (kind != promised.kind)
      tell("{}: was a {}, and is a {}", promised.path, to_string(promised.kind), to_string(kind));
  }
  void gone(const std::string& path) {
    if (fs::exists(status_of(path))) tell("{}: its removal was durable, and it is back", path);
  }
  void file(const PromisedFile& promised) {
    std::error_code error;
    const auto size = fs::file_size(directory_ / promised.path, error);
    if (error) return;  // told with its name
    if (promised.size && *promised.size != size)
      tell("{}: {} bytes were durable, and {} are there", promised.path, *promised.size, size);
    std::ifstream bytes(directory_ / promised.path, std::ios::binary);
    for (const auto& run : promised.runs) compare(promised.path, bytes, run);
  }
  std::vector<std::string> take() { return std::move(broken_); }

 private:
  fs::path directory_;
  std::vector<std::string> broken_;

  fs::file_status status_of(const std::string& path) const {
    std::error_code ignored;
    return fs::symlink_status(directory_ / path, ignored);
  }

  void compare(const std::string& path, std::ifstream& bytes, const WrittenSectors::Run& run) {
    std::vector<char> found(run.end - run.offset);
    bytes.clear();
    bytes.seekg(static_cast<std::streamoff>(run.offset));
    bytes.read(found.data(), static_cast<std::streamsize>(found.size()));
    found.resize(static_cast<std::size_t>(bytes.gcount()));
    const bool whole = found.size() == run.end - run.offset;
    if (!whole || checksum_of_run(std::as_bytes(std::span(found))) != run.crc32c)
      tell("{}: bytes {}-{} were durable, and {}", path, run.offset, run.end,
           whole ? "are others" : "are not all there");
  }

  template <class... Values>
  void tell(fmt::format_string<Values...> format, Values&&... values) {
    broken_.push_back(fmt::format(format, std::forward<Values>(values)...));
  }
};

}  // namespace

std::vector<std::string> broken_promises(const Promise& promise, const std::string& directory) {
  Check check(directory);
  for (const auto& name : promise.names) check.name(name);
  for (const auto& path : promise.gone) check.gone(path);
  for (const auto& file : promise.files) check.file(file);
  return check.take();
}

}  // namespace holdfast::faultfs
