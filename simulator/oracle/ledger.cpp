#include "simulator/oracle/ledger.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <new>

#include "core/base/check.h"

namespace holdfast::oracle {

// The first bytes of a ledger file; the entries follow, and a file of zero bytes after the header is
// a ledger in which nothing has happened yet.
struct Ledger::Header {
  static constexpr std::uint64_t kMagic = 0x31524744'454c4648ULL;  // "HFLEDGR1"
  static constexpr std::uint32_t kVersion = 1;

  std::uint64_t magic;
  std::uint32_t version;
  std::uint32_t entry_bytes;
  std::uint64_t capacity;
  std::atomic<std::uint64_t> size;
  std::atomic<std::int64_t> start_ns;
  std::uint64_t reserved[3];
};

namespace {

constexpr std::size_t kHeaderBytes = 64;
constexpr std::uint64_t kMaxCapacity = std::uint64_t{1} << 32;

std::size_t bytes_for(std::uint64_t capacity) { return kHeaderBytes + capacity * sizeof(LedgerEntry); }

// A descriptor that closes itself; a mapping outlives it.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

std::unexpected<Error> os_failure(int os_error, const std::string& path) {
  return fail(error_of_errno(os_error, "ledger " + path));
}

std::unexpected<Error> not_a_ledger(const std::string& path, const char* why) {
  return fail(Code::corrupted, "ledger " + path + ": " + why);
}

Result<void*> map_file(int fd, std::size_t bytes, const std::string& path) {
  void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (memory == MAP_FAILED) return os_failure(errno, path);
  return memory;
}

}  // namespace

Ledger::Ledger(void* memory, std::size_t bytes, bool mapped)
    : memory_(memory), bytes_(bytes), mapped_(mapped), capacity_(header()->capacity) {
  static_assert(sizeof(Header) == kHeaderBytes);
  HOLDFAST_CHECK(bytes_ == bytes_for(capacity_), "a ledger is exactly its header and its entries");
}

Ledger::~Ledger() {
  if (mapped_) {
    ::munmap(memory_, bytes_);
  } else {
    std::free(memory_);
  }
}

std::unique_ptr<Ledger> Ledger::in_memory(std::uint64_t capacity) {
  HOLDFAST_CHECK(capacity <= kMaxCapacity, "a ledger's capacity is at most 2^32 records");
  void* memory = std::calloc(1, bytes_for(capacity));
  HOLDFAST_CHECK(memory != nullptr, "there is memory for the ledger");
  new (memory) Header{Header::kMagic, Header::kVersion, sizeof(LedgerEntry), capacity, 0, 0, {}};
  return std::unique_ptr<Ledger>(new Ledger(memory, bytes_for(capacity), false));
}

Result<std::unique_ptr<Ledger>> Ledger::create_file(const std::string& path, std::uint64_t capacity) {
  if (capacity > kMaxCapacity) return fail(Code::invalid, "ledger " + path + ": more than 2^32 records");
  const Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (file.get() < 0) return os_failure(errno, path);
  // Real blocks, so that a full disk is an error here and not a SIGBUS later.
  const int allocated = ::posix_fallocate(file.get(), 0, static_cast<off_t>(bytes_for(capacity)));
  if (allocated != 0) return os_failure(allocated, path);
  auto memory = map_file(file.get(), bytes_for(capacity), path);
  if (!memory) return fail(memory.error());
  new (*memory) Header{Header::kMagic, Header::kVersion, sizeof(LedgerEntry), capacity, 0, 0, {}};
  return std::unique_ptr<Ledger>(new Ledger(*memory, bytes_for(capacity), true));
}

Result<std::unique_ptr<Ledger>> Ledger::open_file(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (file.get() < 0) return os_failure(errno, path);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return os_failure(errno, path);
  const auto bytes = static_cast<std::size_t>(status.st_size);
  if (bytes < kHeaderBytes) return not_a_ledger(path, "shorter than its header");
  auto memory = map_file(file.get(), bytes, path);
  if (!memory) return fail(memory.error());
  const char* wrong = nullptr;
  const auto* header = static_cast<const Header*>(*memory);
  if (header->magic != Header::kMagic) {
    wrong = "not a ledger";
  } else if (header->version != Header::kVersion || header->entry_bytes != sizeof(LedgerEntry)) {
    wrong = "written by another version";
  } else if (header->capacity > kMaxCapacity || bytes != bytes_for(header->capacity)) {
    wrong = "its size does not fit its capacity";
  } else if (header->size.load() > header->capacity) {
    wrong = "it claims more entries than it holds";
  }
  if (wrong != nullptr) {
    ::munmap(*memory, bytes);
    return not_a_ledger(path, wrong);
  }
  return std::unique_ptr<Ledger>(new Ledger(*memory, bytes, true));
}

std::uint64_t Ledger::size() const { return header()->size.load(std::memory_order_acquire); }

void Ledger::set_size(std::uint64_t size) {
  HOLDFAST_CHECK(size <= capacity_, "a ledger holds at most its capacity");
  header()->size.store(size, std::memory_order_release);
}

std::uint64_t Ledger::claim() {
  auto next = header()->size.load(std::memory_order_relaxed);
  while (next < capacity_ &&
         !header()->size.compare_exchange_weak(next, next + 1, std::memory_order_acq_rel)) {
  }
  return next;
}

LedgerEntry& Ledger::entry(std::uint64_t reference) {
  HOLDFAST_CHECK(reference < capacity_, "a reference names an entry of the ledger");
  return entries()[reference];
}

const LedgerEntry& Ledger::entry(std::uint64_t reference) const {
  HOLDFAST_CHECK(reference < capacity_, "a reference names an entry of the ledger");
  return entries()[reference];
}

std::int64_t Ledger::start_ns() const { return header()->start_ns.load(std::memory_order_acquire); }
void Ledger::set_start_ns(std::int64_t start_ns) {
  header()->start_ns.store(start_ns, std::memory_order_release);
}

Ledger::Header* Ledger::header() const { return static_cast<Header*>(memory_); }

LedgerEntry* Ledger::entries() const {
  return reinterpret_cast<LedgerEntry*>(static_cast<std::byte*>(memory_) + kHeaderBytes);
}

}  // namespace holdfast::oracle
