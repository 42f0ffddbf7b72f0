#include "core/usage/book_json.h"

#include <cstdio>
#include <fstream>
#include <iterator>

#include "core/base/crc32c.h"
#include "tests/unit/core/usage/usage_fixture.h"

namespace holdfast::usage {
namespace {

// The book of the worked example in docs/usage-file-format.md.
Book example() {
  Book book;
  book.life(0x0123456789abcdefULL, kBounds)
      .totals.add(kToday - 1, {"claude-3-5-haiku", "anthropic", "review"}, used(3), kBounds);
  book.fold(0x0123456789abcdefULL, kBounds);
  book.generation = 42;
  Life& life = book.life(0xfedcba9876543210ULL, kBounds);
  life.counted.insert(1);
  life.counted.insert(5);
  life.totals.add(kToday, {"gpt-4o-mini", "openai", "chat"}, used(2), kBounds);
  return book;
}

TEST(BookJson, ReadsBackWhatItWrote) {
  const auto read = parse_book(book_text(example(), kWall));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, example());
  EXPECT_EQ(*parse_book(book_text({}, kWall)), Book{});
}

TEST(BookJson, KeepsNamesOfAnyKind) {
  for (const std::string name : {"", "\"\\\n\t", "\xF0\x9F\x98\x80", "</script>", "constructor", "a\x01z"}) {
    Book book;
    book.life(1, kBounds).totals.add(kToday, {name, name, name}, used(1), kBounds);
    const auto read = parse_book(book_text(book, kWall));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, book);
  }
}

// DF-28, S-12: every cut and every flipped bit is noticed; none reads as another book or as an empty one.
TEST(BookJson, NoDamageGoesUnnoticed) {
  const std::string text = book_text(example(), kWall);
  for (std::size_t size = 0; size + 1 < text.size(); ++size)
    EXPECT_FALSE(parse_book(text.substr(0, size))) << "cut to " << size;
  for (std::size_t bit = 0; bit < 8 * text.size(); ++bit) {
    std::string damaged = text;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    const auto read = parse_book(damaged);
    if (read) {
      EXPECT_EQ(*read, example()) << "bit " << bit;
    }
  }
}

// S-12: valid JSON of another shape is corrupt, with the reason, even when its checksum is right.
TEST(BookJson, AnotherShapeIsCorruptAndSaysWhere) {
  const auto message_of = [](std::string_view from, std::string_view to) {
    std::string text = book_text(example(), kWall);
    text.replace(text.find(from), from.size(), to);
    // Sealed anew, so that only the shape is wrong.
    const auto begin = text.find("\"usage\":") + 8;
    const std::string usage = text.substr(begin, text.rfind('}') - begin);
    char digits[9];
    std::snprintf(digits, sizeof digits, "%08x", crc32c(as_bytes(usage)));
    text.replace(text.find("\"checksum\":\"") + 12, 8, digits);
    const auto read = parse_book(text);
    EXPECT_FALSE(read) << to;
    if (read) return std::string();
    EXPECT_EQ(read.error().code, Code::corrupted);
    return read.error().message;
  };
  EXPECT_EQ(message_of("\"records\":2", "\"records\":-2"), "\"records\" is no whole number");
  EXPECT_EQ(message_of("\"records\":2", "\"records\":2.5"), "\"records\" is no whole number");
  EXPECT_EQ(message_of("\"records\":2,", ""), "\"records\" is missing");
  EXPECT_EQ(message_of("\"2026-11-25\"", "\"2026-11-31\""), "\"2026-11-31\" is no day like 2026-11-25");
  EXPECT_EQ(message_of("\"counted\":[[1,1],[5,5]]", "\"counted\":5"), "\"counted\" is no list");
  for (const char* intervals :
       {"7", "[7]", "[1,2,3]", "[1,-2]", "[\"1\",2]", "[0,2]", "[3,2]", "[2,4],[4,6]", "[5,6],[1,2]"})
    EXPECT_EQ(message_of("[[1,1],[5,5]]", "[" + std::string(intervals) + "]"),
              "\"counted\" holds no rising intervals");
  EXPECT_EQ(message_of("\"closed\":false", "\"closed\":0"), "\"closed\" is neither true nor false");
  EXPECT_EQ(message_of("fedcba9876543210", "fedcba987654321"),
            "an epoch has sixteen hexadecimal digits, not \"fedcba987654321\"");
  EXPECT_EQ(message_of("\"lives\":1,\"epochs\"", "\"lives\":0,\"epochs\""),
            "\"epochs\" names more lives than there were");
  EXPECT_EQ(message_of("\"model\":\"gpt-4o-mini\"", "\"model\":null"), "\"model\" is no text");
}

TEST(BookJson, OtherJsonIsNoUsageFile) {
  for (const char* text : {"", "{}", "[]", "null", "7", "{\"sessions\":[],\"daily_totals\":{}}",
                           "{\"usage\":[]}", "{\"usage\":{}}"})
    EXPECT_EQ(parse_book(text).error().code, Code::corrupted) << text;
  std::string deep(100'000, '[');
  EXPECT_EQ(parse_book(deep).error().code, Code::corrupted);
}

// A file of a later program is not damaged: it is left alone.
TEST(BookJson, ALaterVersionIsNotCalledCorrupt) {
  std::string text = book_text(example(), kWall);
  text.replace(text.find("\"version\":1"), 11, "\"version\":2");
  EXPECT_EQ(parse_book(text).error().code, Code::unsupported);
}

TEST(BookJson, TheDocumentShowsTheTextThatIsWritten) {
  std::ifstream file(HOLDFAST_SOURCE_DIR "/docs/usage-file-format.md");
  const std::string document(std::istreambuf_iterator<char>(file), {});
  EXPECT_NE(document.find(book_text(example(), kWall)), std::string::npos) << book_text(example(), kWall);
}

}  // namespace
}  // namespace holdfast::usage
