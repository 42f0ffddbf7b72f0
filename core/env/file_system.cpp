#include "core/env/file_system.h"

namespace holdfast {

Status write_all(File& file, std::uint64_t offset, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    auto written = file.write_at(offset, bytes);
    if (!written) return fail(written.error());
    offset += *written;
    bytes = bytes.subspan(*written);
  }
  return {};
}

namespace {
Status read_until_end(File& file, std::vector<std::byte>& content) {
  std::size_t at = 0;
  while (at < content.size()) {
    auto got = file.read_at(at, std::span(content).subspan(at));
    if (!got) return fail(got.error());
    if (*got == 0) break;
    at += *got;
  }
  content.resize(at);
  return {};
}
}  // namespace

Result<std::vector<std::byte>> read_file(FileSystem& files, const std::string& path, std::uint64_t limit) {
  auto file = files.open(path, OpenMode::reading());
  if (!file) return fail(file.error());
  auto size = (*file)->size();
  std::vector<std::byte> content;
  Status status = size ? Status{} : Status{fail(size.error())};
  if (size && *size > limit)
    status = fail(Code::invalid, path + " is larger than " + std::to_string(limit) + " bytes");
  if (status) {
    content.resize(*size);
    status = read_until_end(**file, content);
  }
  auto closed = (*file)->close();
  if (!status) return fail(status.error());
  if (!closed) return fail(closed.error());
  return content;
}

namespace {
std::string parent_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// A directory that is there may have been made by a life that was killed before its name was durable. Who may
// not read its parent has not made it.
Status make_name_durable(FileSystem& files, const std::string& path) {
  auto synced = files.sync_directory(parent_of(path));
  if (!synced && synced.error().code == Code::permission) return {};
  return synced;
}
}  // namespace

Status make_directories(FileSystem& files, const std::string& path) {
  for (std::size_t at = 1; at <= path.size(); ++at) {
    if (at != path.size() && path[at] != '/') continue;
    auto prefix = path.substr(0, at);
    auto stat = files.stat(prefix);
    if (!stat || !stat->is_directory) {
      auto made = files.make_directory(prefix);
      if (!made && made.error().code != Code::exists) return made;
      if (!made) return fail(Code::wrong_kind, prefix + " exists and is not a directory");
    }
    if (auto durable = make_name_durable(files, prefix); !durable) return durable;
  }
  return {};
}

}  // namespace holdfast
