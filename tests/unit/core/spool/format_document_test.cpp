// docs/spool-format.md shows a segment byte by byte: these are the bytes that the code writes.
#include <fstream>
#include <iterator>

#include "core/ingest/record_frame.h"
#include "core/spool/segment_writer.h"
#include "tests/unit/core/spool/spool_fixture.h"

namespace holdfast::spool {
namespace {

ByteBuffer record_frame(std::uint64_t reference, std::string_view model) {
  const UsageRecord record{.time_ns = 1'767'225'600'000'000'000,
                           .input_tokens = 812,
                           .output_tokens = 64,
                           .latency_us = 91'000,
                           .cost_nanousd = 160'200,
                           .reference = reference,
                           .model = model,
                           .provider = "openai",
                           .operation = "chat"};
  ByteBuffer bytes(ingest::frame_size(record));
  ingest::write_frame(record, bytes.data());
  return bytes;
}

// "0040  a1 b2 ...", sixteen bytes a line.
std::string hex_of(Bytes bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  const auto put = [&](std::uint64_t value, int digits) {
    while (digits-- > 0) text += kDigits[(value >> (4 * digits)) & 0xf];
  };
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    if (at % 16 == 0) {
      if (at > 0) text += '\n';
      put(at, 4);
      text += ' ';
    }
    text += ' ';
    put(std::to_integer<std::uint64_t>(bytes[at]), 2);
  }
  return text + "\n";
}

TEST(SpoolFormatDocument, ShowsTheBytesThatAreWritten) {
  SpoolWorld world;
  world.run([&] {
    auto writer =
        SegmentWriter::create(world.env.files, kDirectory, {.id = 42, .epoch = 0x0123456789abcdefULL});
    ASSERT_TRUE(writer) << writer.error().message;
    const auto first = record_frame(1000, "gpt-4o-mini");
    const auto second = record_frame(1001, "claude");
    const std::vector<PendingFrame> frames{{7, first}, {8, second}};
    EXPECT_EQ((*writer)->commit(frames).durable, 2U);
    EXPECT_TRUE((*writer)->finish());

    std::ifstream file(HOLDFAST_SOURCE_DIR "/docs/spool-format.md");
    const std::string document(std::istreambuf_iterator<char>(file), {});
    const std::string dump = hex_of(*world.world.disk().visible_bytes(path_of(42)));
    EXPECT_NE(document.find(dump), document.npos) << "the document should show:\n" << dump;
  });
}

}  // namespace
}  // namespace holdfast::spool
